#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "messages/stage.hpp"

namespace meme {

/// The stage that an item was in when its owner surveyed its items the last time.
using stage_mark = std::optional<pipeline_stage>;

/// Tells, from one look at its items every few seconds, whether the owner's jobs move: nothing is
/// to be counted while they do.
///
///     survey.begin();
///     for (auto& item : items) survey.see(item.mark, stage that the owner waits for with it);
///     auto loads = survey.end(now, {the stages});
///
/// A stage has moved when an item that was in it at the last survey is not in it any more, or when
/// it was empty then.
class stage_survey {
public:
  using time_point = std::chrono::steady_clock::time_point;

  void begin() {
    for (auto& each : entries_)
      each.jobs = each.stayed = 0;
  }

  void see(stage_mark& mark, pipeline_stage where) {
    auto& here = at(where);
    ++here.jobs;
    if (mark == where)
      ++here.stayed;
    mark = where;
  }

  /// For an owner that knows by itself whether a job has left the stage.
  void count(pipeline_stage where, std::size_t jobs, bool some_left) {
    auto& here = at(where);
    here.jobs = jobs;
    here.stayed = some_left ? 0 : here.before;
  }

  std::vector<stage_load> end(time_point now, const std::vector<pipeline_stage>& stages) {
    std::vector<stage_load> result;
    for (const auto where : stages) {
      auto& here = at(where);
      if (here.before == 0 || here.stayed < here.before)
        here.moved = now;
      here.before = here.jobs;
      const auto still = std::chrono::duration_cast<std::chrono::milliseconds>(now - here.moved);
      result.push_back({where, here.jobs, still});
    }
    return result;
  }

private:
  struct entry {
    std::size_t jobs = 0;
    std::size_t stayed = 0; ///< of those that were here at the last survey
    std::size_t before = 0; ///< jobs at the last survey
    time_point moved{};
  };

  entry& at(pipeline_stage where) { return entries_.at(static_cast<std::size_t>(where)); }

  std::array<entry, stage_count> entries_{};
};

} // namespace meme
