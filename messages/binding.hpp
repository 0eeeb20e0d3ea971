#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace meme {

/// What stream and consumer are like, as found or made by the provisioner.
struct binding {
  bool usable = false;
  std::string reason; ///< why it is not usable; for a person
  std::chrono::milliseconds ack_wait{30'000};
  std::int64_t max_deliver = -1;            ///< the consumer's own limit; -1: none
  std::chrono::milliseconds max_expires{0}; ///< the longest time of one pull; 0: no limit
  std::size_t max_batch = 0;                ///< the most messages for one pull; 0: no limit
  std::vector<std::string> kept_subjects;   ///< what the streams keep: no reply_to may name it
  std::string group;                        ///< the priority group to pull for; empty: none

  friend bool operator==(const binding& a, const binding& b) {
    return a.usable == b.usable && a.reason == b.reason && a.ack_wait == b.ack_wait
           && a.max_deliver == b.max_deliver && a.max_expires == b.max_expires
           && a.max_batch == b.max_batch && a.kept_subjects == b.kept_subjects
           && a.group == b.group;
  }
  friend bool operator!=(const binding& a, const binding& b) { return !(a == b); }
};

/// What the queue holds, as the provisioner has found it.
struct queue_level {
  std::uint64_t waiting = 0; ///< messages that the consumer could deliver now
};

} // namespace meme
