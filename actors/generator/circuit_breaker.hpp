#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "actors/base/backoff.hpp"

namespace meme {

struct breaker_options {
  std::size_t consecutive_failures = 5; ///< so many in a row open it
  std::size_t min_calls = 20;           ///< in a window, before the rate counts
  double failure_rate = 0.5;            ///< of a window's calls, above it the breaker opens
  std::chrono::milliseconds window{10'000};
  std::chrono::milliseconds pause_base{1'000}; ///< first pause; doubles while probes fail, jittered
  std::chrono::milliseconds pause_cap{60'000};
  /// How long a retried probe waits for an untried request to take its place.
  std::chrono::milliseconds grace{1'000};
  /// After this many failed retried probes it is in doubt whether the model or the requests are at
  /// fault.
  std::size_t doubtful_probes = 2;
  /// This many fresh probes may fail before their pauses grow beyond the second pause: more of the
  /// untried requests may be ones that always fail. The number bounds how many requests an outage
  /// takes from the queue at once.
  std::size_t quick_probes = 40;
};

/// Keeps calls away from a model that is down (M. Nygard, Release It!, 2007: Circuit Breaker).
///
///   closed     calls go through; failures in a row, or their share in a window, open it
///   open       no calls for a pause
///   half-open  a call goes through as a probe: a success closes the breaker, a failure opens it
///              again for a longer pause
///
/// Requests may be at fault instead of the model, so there are two kinds of probes, each with a
/// pause of its own:
///
///   fresh    a request that has not failed. Its failure is the model's, and lengthens both pauses.
///   retried  a request that failed before. Its failure may be its own, and lengthens only the
///            pause of retried probes. So requests that always fail cannot keep an untried one
///            from being the probe, however often they fail.
///
/// `wants_fresh` says when retried probes are not worth much: few requests failed at all, or
/// several probes with retried ones failed. The caller then takes an untried request from the
/// queue; until one is there a retried one waits for `grace`.
///
/// Windows follow each other (they do not slide): two counters instead of a history. What a failure
/// is, the caller decides: being told to come back later is none, the model is well.
class circuit_breaker {
public:
  using time_point = std::chrono::steady_clock::time_point;
  enum class state { closed, open, half_open };
  enum class probe { none, fresh, retried };

  explicit circuit_breaker(breaker_options options) : options_(options) {}

  /// Whether a call for a request that has (not) failed before may begin at `now`.
  bool may_call(time_point now, bool failed_before) const {
    if (!open_)
      return true;
    if (failed_before)
      return !fresh_under_way_ && !retried_under_way_ && now >= retried_at_;
    return !fresh_under_way_ && now >= fresh_at_;
  }

  /// A call begins. Its end is to be reported with the kind of probe that is returned.
  probe began(bool failed_before) {
    if (!open_)
      return probe::none;
    (failed_before ? retried_under_way_ : fresh_under_way_) = true;
    return failed_before ? probe::retried : probe::fresh;
  }

  void succeeded(time_point now, probe ended) {
    if (!open_) {
      count(now, false);
      in_a_row_ = requests_in_a_row_ = 0;
    } else if (ended != probe::none) {
      *this = circuit_breaker{options_};
    } else if (!refused_) {
      // The call began before the breaker opened. The model may have gone down since, so the
      // success does not close the breaker. But it is a reason to probe at once, with a request
      // that has not failed.
      fresh_at_ = std::min(fresh_at_, now);
      doubtful_ = true;
    }
  }

  /// A call failed. `first` unless this request has failed since the model's last success.
  template <class Rng>
  void failed(time_point now, probe ended, bool first, Rng& rng) {
    if (open_) {
      probe_failed(now, ended, rng);
      return;
    }
    count(now, true);
    ++in_a_row_;
    requests_in_a_row_ += first ? 1 : 0;
    const auto too_often =
        calls_ >= options_.min_calls
        && static_cast<double>(failures_) > options_.failure_rate * static_cast<double>(calls_);
    if (in_a_row_ >= options_.consecutive_failures || too_often) {
      doubtful_ = requests_in_a_row_ < options_.consecutive_failures;
      open(now, rng);
    }
  }

  /// Opens at once: the model refuses every request, so any request is an equally good probe.
  template <class Rng>
  void trip(time_point now, probe ended, Rng& rng) {
    end_probe(ended);
    if (open_ && ended == probe::none)
      return;
    refused_ = true;
    doubtful_ = false;
    open(now, rng);
  }

  /// A probe has ended without telling anything (its client died).
  void probe_lost(probe lost) { end_probe(lost); }

  state current() const {
    if (!open_)
      return state::closed;
    return fresh_under_way_ || retried_under_way_ ? state::half_open : state::open;
  }

  /// While open: whether the next probe should be a request that has not been tried.
  bool wants_fresh() const { return open_ && doubtful_; }

  time_point fresh_at() const { return fresh_at_; }     ///< when a fresh probe may begin
  time_point retried_at() const { return retried_at_; } ///< when a retried probe may begin

private:
  void end_probe(probe ended) {
    if (ended == probe::fresh)
      fresh_under_way_ = false;
    else if (ended == probe::retried)
      retried_under_way_ = false;
  }

  /// Starts the pauses of both kinds of probes: as far as is known, the model is at fault.
  template <class Rng>
  void open(time_point now, Rng& rng) {
    open_ = true;
    in_a_row_ = requests_in_a_row_ = 0;
    calls_ = failures_ = 0;
    const auto quick = doubtful_ && fresh_pauses_ > 0 && quick_probes_++ < options_.quick_probes;
    fresh_at_ = now + pause(quick ? 1 : fresh_pauses_, rng);
    fresh_pauses_ += quick ? 0 : 1;
    retried_pauses_ = fresh_pauses_;
    retried_at_ = doubtful_ ? fresh_at_ + options_.grace : fresh_at_;
  }

  template <class Rng>
  void probe_failed(time_point now, probe ended, Rng& rng) {
    end_probe(ended);
    if (ended == probe::fresh) {
      open(now, rng);
      return;
    }
    if (ended == probe::none)
      return; // the call began before the breaker opened
    retried_at_ = now + pause(retried_pauses_++, rng);
    if (doubtful_)
      return;
    fresh_at_ = retried_at_;
    fresh_pauses_ = retried_pauses_;
    doubtful_ = !refused_ && ++retried_failures_ >= options_.doubtful_probes;
    if (doubtful_)
      retried_at_ += options_.grace;
  }

  template <class Rng>
  std::chrono::milliseconds pause(unsigned before, Rng& rng) const {
    return equal_jitter(options_.pause_base, options_.pause_cap, before, rng);
  }

  void count(time_point now, bool failure) {
    if (now - window_began_ >= options_.window) {
      window_began_ = now;
      calls_ = failures_ = 0;
    }
    ++calls_;
    failures_ += failure ? 1 : 0;
  }

  breaker_options options_;
  bool open_ = false;
  bool refused_ = false;  ///< opened by `trip`
  bool doubtful_ = false; ///< the requests that failed may be at fault
  bool fresh_under_way_ = false;
  bool retried_under_way_ = false;
  time_point fresh_at_{};
  time_point retried_at_{};
  time_point window_began_{};
  std::size_t calls_ = 0;             ///< in this window
  std::size_t failures_ = 0;          ///< in this window
  std::size_t in_a_row_ = 0;          ///< failures since the last success
  std::size_t requests_in_a_row_ = 0; ///< different requests among them
  std::size_t retried_failures_ = 0;  ///< failed probes since it was closed
  std::size_t quick_probes_ = 0;      ///< since it was closed
  unsigned fresh_pauses_ = 0;         ///< since it was closed
  unsigned retried_pauses_ = 0;       ///< since the last failure of a fresh probe
};

} // namespace meme
