#pragma once

#include <chrono>
#include <cstddef>

#include "actors/policy/backoff.hpp"

namespace meme::policy {

struct breaker_options {
  std::size_t consecutive_failures = 5; ///< so many in a row open it
  std::size_t min_calls = 20;           ///< in a window, before the rate counts
  double failure_rate = 0.5;            ///< of a window's calls, above it the breaker opens
  std::chrono::milliseconds window{10'000};
  std::chrono::milliseconds pause_base{1'000}; ///< first pause; doubles while probes fail, jittered
  std::chrono::milliseconds pause_cap{60'000};
};

/// Keeps calls away from a model that is down (M. Nygard, Release It!, 2007: Circuit Breaker).
///
///   closed     calls go through; failures in a row, or their share in a window, open it
///   open       no calls for a pause
///   half-open  one call goes through as a probe: a success closes the breaker, a failure opens it
///              again for a longer pause
///
/// Windows follow each other (they do not slide): two counters instead of a history. What a failure
/// is, the caller decides: being told to come back later is none, the model is well.
class circuit_breaker {
public:
  using time_point = std::chrono::steady_clock::time_point;
  enum class state { closed, open, half_open };

  explicit circuit_breaker(breaker_options options) : options_(options) {}

  /// Whether a call may begin at `now`. In half-open state the one that may is the probe.
  bool may_call(time_point now) const {
    return state_ == state::closed || (state_ == state::open && now >= open_until_);
  }

  /// A call begins.
  void began(time_point now) {
    if (state_ == state::open && now >= open_until_)
      state_ = state::half_open;
  }

  void succeeded(time_point now) {
    count(now, false);
    if (state_ == state::open)
      return; // a call from before: the probe decides
    state_ = state::closed;
    in_a_row_ = 0;
    pauses_ = 0;
  }

  template <class Rng>
  void failed(time_point now, Rng& rng) {
    count(now, true);
    ++in_a_row_;
    auto too_many = in_a_row_ >= options_.consecutive_failures
                    || (calls_ >= options_.min_calls
                        && static_cast<double>(failures_)
                               > options_.failure_rate * static_cast<double>(calls_));
    if (state_ == state::half_open || (state_ == state::closed && too_many))
      trip(now, rng);
  }

  /// Opens at once, whatever was counted.
  template <class Rng>
  void trip(time_point now, Rng& rng) {
    if (state_ == state::open)
      return;
    state_ = state::open;
    open_until_ = now + equal_jitter(options_.pause_base, options_.pause_cap, pauses_++, rng);
    in_a_row_ = 0;
    calls_ = failures_ = 0;
  }

  /// The probe has ended without telling anything (its client died, it was not the model's word).
  void probe_lost(time_point now) {
    if (state_ != state::half_open)
      return;
    state_ = state::open;
    open_until_ = now;
  }

  state now_in() const { return state_; }
  time_point open_until() const { return open_until_; }

private:
  void count(time_point now, bool failure) {
    if (now - window_began_ >= options_.window) {
      window_began_ = now;
      calls_ = failures_ = 0;
    }
    ++calls_;
    failures_ += failure ? 1 : 0;
  }

  breaker_options options_;
  state state_ = state::closed;
  time_point open_until_{};
  time_point window_began_{};
  std::size_t calls_ = 0;    ///< in this window
  std::size_t failures_ = 0; ///< in this window
  std::size_t in_a_row_ = 0;
  unsigned pauses_ = 0; ///< since it was closed
};

} // namespace meme::policy
