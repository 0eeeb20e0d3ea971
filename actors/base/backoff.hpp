#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>

namespace meme {

/// Exponential backoff: the longest pause doubles with each failure up to a cap, and jitter spreads
/// those who failed together. Formulas and names are those of M. Brooker, "Exponential Backoff And
/// Jitter" (AWS Architecture Blog, 2015):
///
///     ceiling      = min(cap, base * 2^attempt)
///     full jitter  = random(0, ceiling)                          least work, least time
///     equal jitter = ceiling / 2 + random(0, ceiling / 2)        never comes back at once
///
/// `attempt` counts the failures before this one: 0 for the first pause. Overflow cannot happen,
/// negative durations count as 0. `Rng` is a standard random bit generator.
inline std::chrono::milliseconds backoff_ceiling(std::chrono::milliseconds base,
                                                 std::chrono::milliseconds cap,
                                                 std::uint64_t attempt) {
  constexpr std::chrono::milliseconds none{0};
  base = std::max(base, none);
  cap = std::max(cap, none);
  // base * 2^attempt > cap, without the product
  if (attempt >= 63 || base.count() > cap.count() >> attempt)
    return base == none ? none : cap;
  return base * (std::int64_t{1} << attempt);
}

/// A time between 0 and `longest`, both included.
template <class Rng>
std::chrono::milliseconds random_pause(std::chrono::milliseconds longest, Rng& rng) {
  std::uniform_int_distribution<std::int64_t> pick(0, std::max<std::int64_t>(longest.count(), 0));
  return std::chrono::milliseconds{pick(rng)};
}

template <class Rng>
std::chrono::milliseconds full_jitter(std::chrono::milliseconds base, std::chrono::milliseconds cap,
                                      std::uint64_t attempt, Rng& rng) {
  return random_pause(backoff_ceiling(base, cap, attempt), rng);
}

template <class Rng>
std::chrono::milliseconds equal_jitter(std::chrono::milliseconds base,
                                       std::chrono::milliseconds cap, std::uint64_t attempt,
                                       Rng& rng) {
  const auto ceiling = backoff_ceiling(base, cap, attempt);
  const auto half = ceiling / 2;
  return half + random_pause(ceiling - half, rng);
}

} // namespace meme
