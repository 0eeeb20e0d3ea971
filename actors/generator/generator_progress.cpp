#include "actors/generator/generator.hpp"

namespace meme {

/// For the watch on progress: the calls under way, and what waits here for a good reason. What
/// waits without one is not told, and the generator itself is to blame.
void generator_state::report_stages() {
  auto now = self->clock().now();
  survey.begin();
  for (auto& [number, each] : under_way)
    survey.see(each.mark, pipeline_stage::model_client);
  auto leaves_model_alone =
      draining || now < quiet_until || breaker.current() != circuit_breaker::state::closed;
  std::size_t held = 0;
  for (auto& [key, each] : flights)
    if (each.at == stage::pausing || (each.at == stage::waiting && leaves_model_alone))
      ++held;
  survey.count(pipeline_stage::held, held, false);
  if (known_peers->supervisor)
    self->send(
        known_peers->supervisor,
        progress_report{survey.end(now, {pipeline_stage::model_client, pipeline_stage::held})});
}

} // namespace meme
