#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace meme {

/// How many calls at a time the model takes: additive increase, multiplicative decrease (D.-M. Chiu
/// and R. Jain, 1989; TCP's congestion avoidance).
///
/// It starts at the most that is allowed, for most models take it, falls to 0.7 of itself each time
/// the model says that it is overloaded, and grows by one each time as many calls as the limit have
/// succeeded. Refusals of calls that began before the last decrease are that decrease's news and
/// do not count again; growth needs the limit to be in use, or it would say nothing.
///
/// A gradient on latency was not chosen: a text-to-image model's latency follows the request
/// (steps, size) more than its load, and it says so when it is overloaded (429).
class concurrency_limit {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit concurrency_limit(std::size_t most)
      : most_(static_cast<double>(most)), limit_(static_cast<double>(most)) {}

  std::size_t limit() const { return static_cast<std::size_t>(limit_); }

  /// A call that was one of `in_flight` succeeded.
  void succeeded(std::size_t in_flight) {
    // Of the whole calls it allows: 8 are never nine tenths of 8.95.
    if (static_cast<double>(in_flight) >= 0.9 * static_cast<double>(limit()))
      limit_ = std::min(most_, limit_ + 1.0 / limit_);
  }

  /// A call that began at `began` was refused for want of capacity.
  void overloaded(time_point began, time_point now) {
    if (began <= last_decrease_)
      return;
    limit_ = std::max(1.0, limit_ * 0.7);
    last_decrease_ = now;
  }

private:
  double most_;
  double limit_;
  time_point last_decrease_{};
};

} // namespace meme
