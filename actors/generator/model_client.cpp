#include "actors/generator/model_client.hpp"

#include <algorithm>

#include "actors/base/resilience.hpp"
#include "actors/generator/providers/model_failure.hpp"
#include "actors/pictures/charged_picture.hpp"

namespace meme {

namespace {

transport_error to_policy(io::transfer_error error) {
  switch (error) {
  case io::transfer_error::none:
    return transport_error::none;
  case io::transfer_error::connect:
    return transport_error::connect;
  case io::transfer_error::tls:
    return transport_error::tls;
  case io::transfer_error::timeout:
    return transport_error::timeout;
  case io::transfer_error::stalled:
    return transport_error::stalled;
  case io::transfer_error::cut:
    return transport_error::cut;
  case io::transfer_error::stale:
    return transport_error::stale;
  case io::transfer_error::too_large:
    return transport_error::too_large;
  case io::transfer_error::no_descriptor:
    return transport_error::no_descriptor;
  default:
    return transport_error::other;
  }
}

} // namespace

model_client::model_client(caf::actor_config& actor, model_client_config config)
    : loop_actor(actor), config_(std::move(config)) {
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
      [this](peers_ptr& now) { peers_ = std::move(now); },
      [this](measure_mailbox to) { report_mailbox(this, to); },
      [this](const call& what) { start(what); },
  };
}

void model_client::on_exit() {
  config_.metrics->calls_in_flight.Decrement(static_cast<double>(http_ ? http_->transfers() : 0));
  http_.reset();
  peers_.reset(); // it holds a reference to this actor
}

void model_client::start(const call& what) {
  auto& options = config_.options;
  io::http_request request;
  request.url = what.spec->url;
  request.headers = {"Authorization: Bearer " + options.token, "Accept: " + options.accept,
                     "Content-Type: application/json"};
  request.body = encode_model_request(*what.spec);
  request.is_confidential = !options.allow_insecure_token;
  config_.metrics->calls.Increment();
  config_.metrics->calls_in_flight.Increment();
  auto begun = loop().now();
  http_->post(std::move(request), [this, number = what.number, begun](io::http_reply reply) {
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
  end.verdict = judge(reply);
  if (end.verdict.kind == verdict_kind::picture) {
    reply.body.resize(end.verdict.picture_bytes); // without foreign bytes behind its end
    end.picture = charged(config_.budget, {end.verdict.type, std::move(reply.body)});
  }
  if (peers_->generator)
    send(peers_->generator, std::move(end));
}

model_verdict model_client::judge(const io::http_reply& reply) const {
  model_reply seen;
  seen.transport = to_policy(reply.error);
  seen.transport_text = reply.error_text;
  seen.status = reply.status;
  seen.body = reply.body;
  seen.content_type = reply.content_type;
  seen.date = reply.date;
  seen.location = reply.location;
  seen.retry_after = reply.retry_after;
  seen.rate_limit = reply.rate_limit;
  seen.secret = config_.options.token;
  return classify(seen, unix_time_s(config_.wall_clock));
}

model_client_actor spawn_model_client(caf::local_actor* parent, model_client_config config) {
  return parent->spawn<model_client, caf::detached>(std::move(config));
}

} // namespace meme
