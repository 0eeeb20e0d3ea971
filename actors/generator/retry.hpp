#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "actors/base/backoff.hpp"
#include "messages/verdict.hpp"

namespace meme {

/// Bounds of the calls within one delivery of a message.
struct retry_limits {
  std::uint32_t max_attempts = 5;
  std::chrono::milliseconds deadline{300'000}; ///< from the first call to the start of the last
  std::chrono::milliseconds base{500};         ///< longest first pause; doubles
  std::chrono::milliseconds cap{30'000};       ///< the longest pause of our own choice
};

struct retry_decision {
  bool again = false;                       ///< call again, after `pause`
  std::chrono::milliseconds pause{0};       ///< before the next call
  bool later = false;                       ///< if not again: a later delivery may succeed
  std::chrono::milliseconds retry_after{0}; ///< the server's word on when; 0: it has none
};

/// A minimum set by a server, plus a little: up to a tenth of it, at least `base`. Who was told the
/// same time must not come back at the same instant.
template <class Rng>
std::chrono::milliseconds spread(std::chrono::milliseconds minimum, std::chrono::milliseconds base,
                                 Rng& rng) {
  return minimum + random_pause(std::max(base, minimum / 10), rng);
}

/// What to do after a call that brought no picture, `failed`. `attempts` counts the calls of this
/// delivery, the failed one included (from 1); `elapsed` is the time since the first began.
///
/// The pause is full jitter, which spreads load best; or what the server asked for, never less,
/// plus a little. A model that says "later" without saying when is given equal jitter: full jitter
/// may come back at once, and calls during a ban lengthen it. A pause that would end past the
/// deadline is not begun: the message goes back to the queue instead, with the server's time.
template <class Rng>
retry_decision decide_retry(const model_verdict& failed, std::uint64_t attempts,
                            std::chrono::milliseconds elapsed, const retry_limits& limits,
                            Rng& rng) {
  retry_decision decision;
  if (failed.kind != verdict_kind::retry && failed.kind != verdict_kind::wait)
    return decision;
  decision.retry_after = failed.retry_after.value_or(std::chrono::milliseconds{0});
  const auto pauses_before = std::max<std::uint64_t>(attempts, 1) - 1;
  if (failed.retry_after)
    decision.pause = spread(*failed.retry_after, limits.base, rng);
  else if (failed.kind == verdict_kind::wait)
    decision.pause = equal_jitter(limits.base, limits.cap, pauses_before, rng);
  else
    decision.pause = full_jitter(limits.base, limits.cap, pauses_before, rng);
  decision.again = attempts < limits.max_attempts && elapsed + decision.pause < limits.deadline;
  decision.later = !decision.again;
  return decision;
}

/// How long a message that is handed back should rest before it is delivered again: equal jitter
/// over its `deliveries` so far (from 1), but not less than `minimum` (a server's word; 0: none).
template <class Rng>
std::chrono::milliseconds redelivery_delay(std::uint64_t deliveries, std::chrono::milliseconds base,
                                           std::chrono::milliseconds cap,
                                           std::chrono::milliseconds minimum, Rng& rng) {
  const auto delay = equal_jitter(base, cap, std::max<std::uint64_t>(deliveries, 1) - 1, rng);
  if (minimum <= std::chrono::milliseconds{0})
    return delay;
  return std::max(delay, spread(minimum, base, rng));
}

/// Since when the time of trying counts for a message that was delivered before, to a process that
/// is not this one or that has forgotten it. When it was first tried is not known. It is not before
/// the stream stored it, `age` before it `arrived` here. It may have waited in the queue for all of
/// that time, so a fifth of `total` is left in any case.
inline std::chrono::steady_clock::time_point
trying_began(std::chrono::steady_clock::time_point arrived, std::chrono::milliseconds age,
             std::chrono::milliseconds total) {
  return arrived - std::clamp(age, std::chrono::milliseconds{0}, total - total / 5);
}

} // namespace meme
