#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace meme {

/// Where an actor takes the time of day from. Tests hand in another one. Monotonic time is the
/// actor system's clock (`self->clock()`), which tests turn by hand.
using wall_clock = std::function<std::chrono::system_clock::time_point()>;

/// Seconds since 1970 in UTC.
inline std::int64_t unix_time_s(const wall_clock& clock) {
  return std::chrono::duration_cast<std::chrono::seconds>(clock().time_since_epoch()).count();
}

} // namespace meme
