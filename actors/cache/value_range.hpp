#pragma once

#include <algorithm>
#include <cstddef>

namespace meme {

/// How many bytes of a value to ask Redis for, when its size is not known. What is asked for is
/// reserved in the byte budget, so that no number of look-ups at once can bring more than the
/// budget holds; to ask for the largest value there may be each time would leave room for a few
/// look-ups only.
///
/// The range is twice the largest value of late: it grows at once, and shrinks by a part in
/// `memory` with each smaller value. A value that does not fit is asked for again, with four times
/// the range.
class value_range {
public:
  explicit value_range(std::size_t max) : max_(max), range_(std::min(max, least)) {}

  /// In bytes; never more than `max`.
  std::size_t next() const { return range_; }

  /// A whole value had so many bytes.
  void found(std::size_t bytes) {
    const auto wanted = std::max(least, 2 * std::min(bytes, max_));
    if (wanted >= range_)
      range_ = wanted;
    else
      range_ -= (range_ - wanted) / memory;
    range_ = std::min(range_, max_);
  }

  /// A value had more than `asked` bytes. Returns whether to ask for it again.
  bool fell_short(std::size_t asked) {
    if (asked >= max_)
      return false;
    range_ = std::max(range_, std::min(max_, 4 * asked));
    return true;
  }

private:
  static constexpr std::size_t least = 64 << 10;
  static constexpr std::size_t memory = 64;

  std::size_t max_;
  std::size_t range_;
};

} // namespace meme
