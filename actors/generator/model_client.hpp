#pragma once

#include <memory>

#include "actors/base/context.hpp"
#include "actors/io/http/http_client.hpp"
#include "actors/io/loop_actor.hpp"
#include "actors/metrics/metrics.hpp"
#include "messages/interfaces.hpp"

namespace meme {

/// Speaks HTTP with the model: one POST for each call, thousands at a time on this actor's thread.
/// It makes no decisions; what a reply means is the failure policy's, when to try again the
/// generator's.
class model_client final : public io::loop_actor<model_client_actor::base> {
public:
  model_client(caf::actor_config& config, context_ptr shared);

  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "model-client"; }

private:
  void start(const call& what);
  void finish(std::uint64_t number, io::http_reply reply, std::chrono::milliseconds took);
  model_verdict judge(const io::http_reply& reply) const;

  context_ptr shared_;
  peers_ptr peers_ = std::make_shared<peers>();
  std::unique_ptr<io::http_client> http_;
};

model_client_actor spawn_model_client(caf::local_actor* parent, context_ptr shared);

} // namespace meme
