#include "actors/generator/model_client.hpp"

#include <algorithm>

#include "actors/base/resilience.hpp"
#include "actors/pictures/charged_picture.hpp"

namespace meme {

model_client::model_client(caf::actor_config& actor, model_client_config config)
    : loop_actor(actor), config_(std::move(config)), provider_(make_provider(config_.options)) {
  install_handlers(this, name());
}

model_client::behavior_type model_client::make_behavior() {
  auto& options = config_.options;
  io::http_limits limits;
  limits.timeout = options.timeout;
  limits.connect_timeout = options.connect_timeout;
  limits.stall_timeout = options.stall_timeout;
  limits.max_body_bytes = options.max_body_bytes;
  limits.budget = config_.budget;
  // No more in all than messages in work: there may be no descriptors for them.
  const auto in_flight = config_.max_in_flight;
  const auto share = std::max<std::size_t>(in_flight / options.workers, 1);
  limits.max_connections = static_cast<long>(
      options.max_connections != 0 ? std::min(options.max_connections, in_flight) : share);
  http_ = std::make_unique<io::http_client>(loop(), limits);
  return {
      [this](peers_ptr& peers) { peers_ = std::move(peers); },
      [this](measure_mailbox request) { report_mailbox(this, request); },
      [this](const call& order) { start(order); },
  };
}

void model_client::on_exit() {
  config_.metrics->calls_in_flight.Decrement(static_cast<double>(http_ ? http_->transfers() : 0));
  http_.reset();
  peers_.reset(); // it holds a reference to this actor
}

void model_client::start(const call& order) {
  auto request = provider_->build_request(*order.spec);
  request.is_confidential = !config_.options.allow_insecure_token;
  config_.metrics->calls.Increment();
  config_.metrics->calls_in_flight.Increment();
  auto begun = loop().now();
  http_->post(std::move(request), [this, number = order.number, begun](io::http_reply reply) {
    auto took = loop().now() - begun;
    finish(number, std::move(reply), std::chrono::duration_cast<std::chrono::milliseconds>(took));
  });
}

void model_client::finish(std::uint64_t number, io::http_reply reply,
                          std::chrono::milliseconds took) {
  auto& metrics = *config_.metrics;
  metrics.calls_in_flight.Decrement();
  metrics.calls.Increment(reply.redirects); // each was a POST, too
  metrics.generation_duration_s.Observe(std::chrono::duration<double>(took).count());
  called end;
  end.number = number;
  end.verdict = provider_->read_reply(reply, unix_time_s(config_.wall_clock));
  if (end.verdict.kind == verdict_kind::picture) {
    reply.body.resize(end.verdict.picture_bytes); // without the bytes behind the picture's end
    end.picture = charged(config_.budget, {end.verdict.type, std::move(reply.body)});
  }
  if (peers_->generator)
    send(peers_->generator, std::move(end));
}

model_client_actor spawn_model_client(caf::local_actor* parent, model_client_config config) {
  return parent->spawn<model_client, caf::detached>(std::move(config));
}

} // namespace meme
