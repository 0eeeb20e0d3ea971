#pragma once

#include <chrono>
#include <cstddef>

namespace meme {

/// Which of many equal events get a log line: the first `per_second` of each second. The others are
/// counted, and the next line says how many there were.
class line_limit {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit line_limit(std::size_t per_second) : per_second_(per_second) {}

  /// Whether an event at `now` gets a line.
  bool allows(time_point now) {
    if (now - second_began_ >= std::chrono::seconds{1}) {
      second_began_ = now;
      lines_ = 0;
    }
    if (lines_ >= per_second_) {
      ++left_out_;
      return false;
    }
    ++lines_;
    return true;
  }

  /// Events without a line since the last call of this.
  std::size_t take_left_out() {
    auto result = left_out_;
    left_out_ = 0;
    return result;
  }

private:
  std::size_t per_second_;
  time_point second_began_{};
  std::size_t lines_ = 0;
  std::size_t left_out_ = 0;
};

} // namespace meme
