#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nats/nats.h>

namespace meme::io {

/// Another stream that a stream takes its messages from.
struct stream_feed {
  std::string name;
  std::vector<std::string> filters; ///< only messages on these subjects; empty: all
  bool external = false;            ///< of another account or domain: it cannot be looked at
};

/// The parts of a stream's configuration that the service uses.
struct stream_config {
  std::string name;
  std::vector<std::string> subjects;
  jsRetentionPolicy retention = js_WorkQueuePolicy;
  jsStorageType storage = js_FileStorage;
  bool discards_new = false; ///< a full stream refuses new messages instead of dropping old ones
  bool discards_new_per_subject = false; ///< the same for `max_messages_per_subject`
  std::int64_t max_messages = -1;        ///< -1: no limit
  std::int64_t max_bytes = -1;           ///< of the whole stream; -1: no limit
  std::int64_t max_messages_per_subject = -1;
  std::int64_t max_message_bytes = -1;          ///< of one message; -1: no limit
  std::chrono::nanoseconds max_age{0};          ///< 0: no limit
  std::chrono::nanoseconds duplicate_window{0}; ///< a Nats-Msg-Id seen within it is a repeat
  bool confirms_nothing = false;                ///< sends no PubAck
  bool sealed = false;                          ///< takes and deletes nothing
  std::vector<stream_feed> feeds;               ///< its sources, or the one that it mirrors
  std::string transform_source;                 ///< subjects that are renamed on the way in …
  std::string transform_destination;            ///< … and their new names; empty: none

  /// Whether a limit drops messages that were never delivered.
  bool forgets() const;
  /// Whether messages come from elsewhere than what is published to `subjects`.
  bool is_fed() const { return !feeds.empty() || !transform_destination.empty(); }
};

/// A stream as the server describes it.
struct stream_info {
  stream_config config;
  std::string configuration; ///< the whole of it, JSON as the server writes it
  std::uint64_t messages = 0;
  std::uint64_t first_sequence = 0;
  bool leaderless = false; ///< of a cluster, and no server leads it
};

/// The parts of a durable consumer's configuration that the service uses.
struct consumer_config {
  std::string name;
  bool push = false;
  jsAckPolicy ack_policy = js_AckExplicit;
  std::chrono::nanoseconds ack_wait = std::chrono::seconds{30};
  std::int64_t max_deliver = -1; ///< -1: no limit
  std::int64_t max_ack_pending = 20'000;
  std::int64_t max_request_batch = 0;              ///< 0: no limit
  std::chrono::nanoseconds max_request_expires{0}; ///< 0: no limit
  bool has_backoff = false;
  std::vector<std::string> filters; ///< filter_subject or filter_subjects
  bool only_new = false;            ///< skips messages that are older than the consumer
  bool headers_only = false;        ///< delivers no bodies
  std::chrono::nanoseconds inactive_threshold{0}; ///< deleted after so long without use; 0: never
  std::vector<std::string> priority_groups;       ///< each pull has to name one of them
  std::string priority_policy;                    ///< empty or "none": no groups are used
};

/// A consumer as the server describes it.
struct consumer_info {
  consumer_config config;
  std::string configuration;         ///< the whole of it, JSON as the server writes it
  std::uint64_t pending = 0;         ///< messages that were never delivered
  std::uint64_t ack_pending = 0;     ///< delivered, and not acknowledged yet
  std::uint64_t delivered_up_to = 0; ///< the highest place in the stream that was delivered
  std::uint64_t acknowledged_to = 0; ///< no message up to this place waits for acknowledgement
  bool paused = false;
  std::string paused_until; ///< RFC 3339 as the server writes it; empty: not said
  bool leaderless = false;
};

/// Read the reply of $JS.API.STREAM.INFO and $JS.API.CONSUMER.INFO. nats.c's own structures lack
/// newer features of the server (filter_subjects, pauses, priority groups), so these functions read
/// the JSON. A field that is absent or has another type keeps its default. They return nothing if
/// the reply describes no stream or consumer.
std::optional<stream_info> read_stream_info(std::string_view reply);
std::optional<consumer_info> read_consumer_info(std::string_view reply);

} // namespace meme::io
