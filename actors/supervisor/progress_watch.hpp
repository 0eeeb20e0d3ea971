#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>

#include "messages/stage.hpp"

namespace meme {

/// How long a stage may take before it counts as standing still.
struct progress_limits {
  std::chrono::milliseconds stall_after{60'000};
  std::chrono::milliseconds redis_cache{500};     ///< what a look-up may take by itself
  std::chrono::milliseconds model{120'000};       ///< what a call may take by itself
  std::chrono::milliseconds recompressor{60'000}; ///< what a picture may take by itself
  std::chrono::milliseconds consumer{20'000};     ///< how old the count of waiting messages may be
};

/// Finds the stage that stands still.
///
/// A stage is to blame when somebody waits for it, none of the jobs has moved for longer than the
/// stage may take, and the stage itself waits for nothing: if it does, the one that it waits for is
/// looked at instead. So a cache that waits for a generator that waits for a slow model is no
/// fault, and neither is a generator that holds its jobs for a reason of its own (the circuit
/// breaker is open, the model asked for quiet): it says so. A word that is older than a few beats
/// counts no more: whoever gave it may hang.
class progress_watch {
public:
  using time_point = std::chrono::steady_clock::time_point;

  struct verdict {
    pipeline_stage where = pipeline_stage::consumer;
    std::size_t jobs = 0;
    std::chrono::milliseconds still_for{0};
  };

  progress_watch(progress_limits limits, std::chrono::milliseconds beat)
      : limits_(limits), word_lasts_(3 * beat) {}

  void report(const stage_load& load, time_point now) {
    auto& known = words_.at(index(load.waits_for));
    known.load = load;
    known.given = now;
  }

  /// Whoever waited for `where` is gone: what it said is void.
  void forget(pipeline_stage where) { words_.at(index(where)) = {}; }

  /// The first stage, from the model and NATS towards the queue, that stands still; nothing while
  /// none does.
  std::optional<verdict> judge(time_point now) const {
    for (const auto where :
         {pipeline_stage::model_client, pipeline_stage::redis_cache, pipeline_stage::recompressor,
          pipeline_stage::generator, pipeline_stage::cache, pipeline_stage::confirmation,
          pipeline_stage::publisher, pipeline_stage::byte_budget, pipeline_stage::consumer,
          pipeline_stage::ingress})
      if (stands_still(where, now))
        return verdict{where, word(where).load.jobs, word(where).load.still_for};
    return {};
  }

private:
  struct report_kept {
    stage_load load;
    time_point given{};
  };

  static std::size_t index(pipeline_stage where) { return static_cast<std::size_t>(where); }
  const report_kept& word(pipeline_stage where) const { return words_.at(index(where)); }

  bool is_busy(pipeline_stage where, time_point now) const {
    return word(where).load.jobs > 0 && now - word(where).given <= word_lasts_;
  }

  bool stands_still(pipeline_stage where, time_point now) const {
    return is_busy(where, now) && word(where).load.still_for > limit(where)
           && where != pipeline_stage::held && !waits_itself(where, now);
  }

  bool waits_itself(pipeline_stage where, time_point now) const {
    switch (where) {
    case pipeline_stage::cache:
      return is_busy(pipeline_stage::redis_cache, now) || is_busy(pipeline_stage::recompressor, now)
             || is_busy(pipeline_stage::generator, now);
    case pipeline_stage::generator:
      return is_busy(pipeline_stage::model_client, now) || is_busy(pipeline_stage::held, now);
    case pipeline_stage::publisher:
      return is_busy(pipeline_stage::confirmation, now);
    default:
      return false;
    }
  }

  std::chrono::milliseconds limit(pipeline_stage where) const {
    switch (where) {
    case pipeline_stage::redis_cache:
      return limits_.stall_after + limits_.redis_cache;
    case pipeline_stage::recompressor:
      return limits_.stall_after + limits_.recompressor;
    case pipeline_stage::model_client:
      return limits_.stall_after + limits_.model;
    case pipeline_stage::consumer:
      return limits_.stall_after + limits_.consumer;
    default:
      return limits_.stall_after;
    }
  }

  progress_limits limits_;
  std::chrono::milliseconds word_lasts_;
  std::array<report_kept, stage_count> words_{};
};

} // namespace meme
