#pragma once

#include <memory>

#include "actors/base/wall_clock.hpp"
#include "actors/generator/providers/provider.hpp"
#include "actors/io/byte_budget.hpp"
#include "actors/io/http/http_client.hpp"
#include "actors/io/loop_actor.hpp"
#include "actors/metrics/metrics.hpp"
#include "config/options.hpp"
#include "messages/interfaces.hpp"

namespace meme {

struct model_client_config {
  config::generator_options options;
  std::size_t max_in_flight = 0; ///< messages in work at once, of the whole process
  metrics_ptr metrics;
  std::shared_ptr<io::byte_budget> budget;
  meme::wall_clock wall_clock;
};

/// Speaks HTTP with the model: one POST for each call, thousands at a time on this actor's thread.
/// It makes no decisions: the provider says what a call and its reply look like, the generator when
/// to try again.
class model_client final : public io::loop_actor<model_client_actor::base> {
public:
  model_client(caf::actor_config& actor, model_client_config config);

  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "model-client"; }

private:
  void start(const call& order);
  void finish(std::uint64_t number, io::http_reply reply, std::chrono::milliseconds took);

  model_client_config config_;
  provider_ptr provider_; ///< the wire format
  peers_ptr peers_ = std::make_shared<peers>();
  std::unique_ptr<io::http_client> http_;
};

model_client_actor spawn_model_client(caf::local_actor* parent, model_client_config config);

} // namespace meme
