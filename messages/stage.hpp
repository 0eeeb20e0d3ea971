#pragma once

#include <array>
#include <chrono>
#include <cstddef>

namespace meme {

/// Where a request may stand still: the part of the service that somebody waits for.
enum class pipeline_stage {
  ingress,      ///< it does not say any more what it waits for
  consumer,     ///< messages wait in the queue, permits are free, nothing is delivered
  cache,        ///< the ingress waits for it
  redis_cache,  ///< the cache waits for it
  recompressor, ///< the cache waits for it
  generator,    ///< the cache waits for it
  model_client, ///< the generator waits for it
  held,         ///< by the generator, for a reason: a pause, an open circuit breaker, a quiet time
  publisher,    ///< the ingress waits for it
  confirmation, ///< the publisher waits for NATS: a fence, or a dead letter's acknowledgement
  byte_budget,  ///< nothing is in work, and no room is left for more
};

constexpr std::size_t stage_count = 11;

/// The stage as metrics and /readyz name it.
inline const char* to_string(pipeline_stage where) {
  constexpr std::array<const char*, stage_count> names{
      "ingress",      "consumer", "cache",     "redis-cache",  "recompressor", "generator",
      "model-client", "held",     "publisher", "confirmation", "byte-budget"};
  return names.at(static_cast<std::size_t>(where));
}

/// What one who waits says of the stage that it waits for.
struct stage_load {
  pipeline_stage waits_for = pipeline_stage::consumer;
  std::size_t jobs = 0;
  std::chrono::milliseconds still_for{0}; ///< since a job last moved
};

} // namespace meme
