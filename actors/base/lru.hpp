#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace meme {

/// A cache bounded by bytes, that forgets what was not asked for the longest and what has expired.
/// `Value` is cheap to copy, e.g. a shared pointer.
///
/// The textbook structure: a list in order of use, newest first, and a hash table from key to list
/// node. Looking up moves a node to the front, making room drops nodes from the back; both take
/// constant time. Expired entries cost their bytes until they are asked for or have moved to the
/// back: finding them earlier would need a second order.
///
/// An entry larger than a quarter of the bound is not kept: one picture must not empty the cache.
template <class Value>
class lru_cache {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// What an entry costs beside its value and key: list node, table node, bucket and the headers
  /// of their allocations (estimate for a 64-bit machine).
  static constexpr std::size_t overhead_bytes = 192;

  /// With `max_bytes` 0 nothing is kept.
  explicit lru_cache(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  lru_cache(const lru_cache&) = delete;
  lru_cache& operator=(const lru_cache&) = delete;

  /// The value under `key` unless it is absent or has expired at `now`.
  std::optional<Value> get(std::string_view key, time_point now) {
    const auto found = index_.find(key);
    if (found == index_.end())
      return std::nullopt;
    if (found->second->expires_at <= now) {
      drop(found->second);
      return std::nullopt;
    }
    order_.splice(order_.begin(), order_, found->second);
    return found->second->value;
  }

  /// Keeps `value`, which costs `bytes`, until `expires_at`; what was under `key` is gone in any
  /// case. Returns whether it is kept.
  bool put(std::string key, Value value, std::size_t bytes, time_point expires_at) {
    if (const auto old = index_.find(key); old != index_.end())
      drop(old->second);
    const auto extra = key.size() + overhead_bytes;
    const auto most = max_bytes_ / 4;
    if (extra > most || bytes > most - extra)
      return false;
    const auto cost = bytes + extra;
    while (bytes_ > max_bytes_ - cost)
      drop(std::prev(order_.end()));
    order_.push_front({std::move(key), std::move(value), cost, expires_at});
    // A view of the node's own key, that stays where it is: lookups need no string (C++17's
    // unordered_map cannot look up by another type).
    index_.emplace(order_.front().key, order_.begin());
    bytes_ += cost;
    return true;
  }

  std::size_t size() const { return order_.size(); }

  /// Bytes in use, the estimated overhead included.
  std::size_t bytes() const { return bytes_; }

private:
  struct entry {
    std::string key;
    Value value;
    std::size_t cost;
    time_point expires_at;
  };

  using iterator = typename std::list<entry>::iterator;

  void drop(iterator which) {
    bytes_ -= which->cost;
    index_.erase(which->key);
    order_.erase(which);
  }

  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::list<entry> order_; // newest first
  std::unordered_map<std::string_view, iterator> index_;
};

} // namespace meme
