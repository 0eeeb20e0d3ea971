#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "actors/base/lru.hpp"

namespace meme {

/// Remembers which requests failed, to tell a request that the model cannot draw from a model that
/// is down. Requests are known by their cache key, so a request that is delivered again, or asked
/// for again by another client, is recognised.
///
///   innocent   none of its calls has failed since its last success
///   suspect    calls failed, and nothing says yet whose fault that is
///   culprit    at least two calls in a row failed, and in between a call for another request
///              succeeded: the fault follows the request
///
/// The table is bounded. An entry expires some time after its last failure.
class suspect_requests {
public:
  using time_point = std::chrono::steady_clock::time_point;
  enum class standing { innocent, suspect, culprit };

  struct record {
    std::uint32_t failures = 0;           ///< in a row
    standing is = standing::innocent;     ///< after the last of them
    std::uint64_t successes_before = 0;   ///< of the model, when it failed for the first time
    std::uint64_t successes_at_last = 0;  ///< of the model, when it failed last
    std::uint32_t failures_in_outage = 0; ///< since the model's last success
  };

  /// One request may not say more than this about the model: fewer than open the breaker.
  static constexpr std::uint32_t votes_of_one_request = 3;
  static constexpr std::size_t max_entries = 4'096;
  static constexpr std::chrono::minutes lifetime{30};

  /// A call for `key` failed. Returns what is known of it now.
  record failed(const std::string& key, time_point now) {
    auto known = get(key, now);
    if (known.failures == 0)
      known.successes_before = successes_;
    if (known.failures == 0 || known.successes_at_last != successes_)
      known.failures_in_outage = 0;
    known.successes_at_last = successes_;
    ++known.failures;
    ++known.failures_in_outage;
    const auto others_succeeded = successes_ > known.successes_before;
    known.is = known.failures > 1 && others_succeeded ? standing::culprit : standing::suspect;
    put(key, known, now);
    return known;
  }

  /// A request that was delivered several times already may be the reason: elsewhere it failed.
  void distrust(const std::string& key, time_point now) {
    if (auto known = get(key, now); known.failures == 0) {
      known.failures = 1;
      known.is = standing::suspect;
      known.successes_before = known.successes_at_last = successes_;
      put(key, known, now);
    }
  }

  /// A call for `key` brought a picture: the model works, and so does this request.
  void succeeded(const std::string& key, time_point now) {
    ++successes_;
    if (get(key, now).failures > 0)
      put(key, {}, now);
  }

  record get(const std::string& key, time_point now) {
    return table_.get(key, now).value_or(record{});
  }

  /// Whether the failure that `after` is the record of says something about the model.
  static bool blames_model(const record& after) {
    return after.is != standing::culprit && after.failures_in_outage <= votes_of_one_request;
  }

private:
  static constexpr std::size_t entry_bytes = 64 + lru_cache<record>::overhead_bytes;

  void put(const std::string& key, const record& known, time_point now) {
    table_.put(key, known, 0, now + lifetime);
  }

  lru_cache<record> table_{max_entries * entry_bytes};
  std::uint64_t successes_ = 0; ///< of the model, whatever was asked for
};

} // namespace meme
