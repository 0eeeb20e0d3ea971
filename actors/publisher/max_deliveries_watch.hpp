#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <vector>

namespace meme {

/// What the server says of a work queue and of the consumer that reads it, at one moment.
struct queue_counts {
  std::uint64_t messages = 0;        ///< in the stream, as far as they are the consumer's
  std::uint64_t pending = 0;         ///< never delivered
  std::uint64_t ack_pending = 0;     ///< delivered, not acknowledged: in work, or to come again
  std::uint64_t delivered_up_to = 0; ///< the highest place in the stream that was delivered
  std::uint64_t acknowledged_to = 0; ///< nothing up to this place waits for acknowledgement
};

/// Messages that neither wait nor are in work. The counts are not of one moment: on a busy queue
/// they may contradict each other for a while.
inline std::uint64_t unaccounted(const queue_counts& counts) {
  const auto known = counts.pending + counts.ack_pending;
  return counts.messages > known ? counts.messages - known : 0;
}

/// The place up to which a message that is still in the stream waits for no acknowledgement. The
/// server does not list what it waits for; but with nothing outstanding it is nothing at all, and
/// else nothing up to the acknowledgement floor.
inline std::uint64_t settled_up_to(const queue_counts& counts) {
  return counts.ack_pending == 0 ? counts.delivered_up_to : counts.acknowledged_to;
}

/// Finds the messages that a server has given up: delivered as often as the consumer's max_deliver
/// allows, never acknowledged, never to be delivered again. The server says so once, to whoever
/// listens at that moment; this class finds them when it was nobody.
///
/// A message that is in the stream at or below `settled_up_to` in one review and still there in
/// the next has reached max_deliver. One review is not enough: an acknowledged message takes a
/// moment to be removed.
class max_deliveries_watch {
public:
  /// `present`: places of the messages up to `settled_up_to(counts)`, in order. Returns those that
  /// have reached max_deliver.
  std::vector<std::uint64_t> review(const queue_counts& counts,
                                    const std::vector<std::uint64_t>& present) {
    if (counts.delivered_up_to < delivered_up_to_)
      suspects_.clear(); // stream or consumer were made again: the places mean other messages
    delivered_up_to_ = counts.delivered_up_to;
    std::vector<std::uint64_t> result;
    for (const auto place : present)
      if (suspects_.count(place) > 0)
        result.push_back(place);
    suspects_ = {present.begin(), present.end()};
    remember(unaccounted(counts));
    return result;
  }

  /// Whether some message is to be looked at again soon.
  bool suspects_some() const { return !suspects_.empty(); }

  /// Messages that were unaccounted for in each of the last reviews: what a busy queue only seems
  /// to have passes meanwhile. 0 before there were so many reviews.
  std::uint64_t lasting() const {
    return recent_.size() < reviews_kept ? 0 : *std::min_element(recent_.begin(), recent_.end());
  }

private:
  static constexpr std::size_t reviews_kept = 3;

  void remember(std::uint64_t count) {
    recent_.push_back(count);
    if (recent_.size() > reviews_kept)
      recent_.erase(recent_.begin());
  }

  std::set<std::uint64_t> suspects_;
  std::vector<std::uint64_t> recent_;
  std::uint64_t delivered_up_to_ = 0;
};

} // namespace meme
