#pragma once

#include <chrono>
#include <cstddef>
#include <deque>

namespace meme {

/// How often something may be restarted before that is a failure in itself. Erlang/OTP's rule
/// (Design Principles, "Maximum Restart Intensity"): more than `max_restarts` restarts within
/// `period` are too many. The window slides; restarts exactly `period` ago still count, as there.
class restart_intensity {
public:
  using time_point = std::chrono::steady_clock::time_point;

  restart_intensity(std::size_t max_restarts, std::chrono::milliseconds period)
      : max_restarts_(max_restarts), period_(period) {}

  /// Whether one more restart at `now` is within bounds; if so it is counted. `now` never goes
  /// back.
  bool allow(time_point now) {
    while (!restarts_.empty() && now - restarts_.front() > period_)
      restarts_.pop_front();
    if (restarts_.size() >= max_restarts_)
      return false;
    restarts_.push_back(now);
    return true;
  }

private:
  std::size_t max_restarts_;
  std::chrono::milliseconds period_;
  std::deque<time_point> restarts_; // oldest first; at most max_restarts_
};

} // namespace meme
