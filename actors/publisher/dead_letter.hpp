#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "actors/base/wall_clock.hpp"
#include "actors/io/nats/jetstream.hpp"
#include "actors/io/nats/nats_connection.hpp"
#include "actors/metrics/metrics.hpp"
#include "actors/publisher/max_deliveries_watch.hpp"
#include "config/options.hpp"
#include "messages/delivery.hpp"
#include "messages/subjects/publish_rules.hpp"

namespace meme {

/// The subject on which the server says that it has given a message up: it was delivered as often
/// as the consumer's max_deliver allows and not acknowledged. In a work queue such a message stays
/// for ever, unseen. (With our own consumer, whose limit is -1, it cannot happen.)
std::string max_deliveries_subject(const config::nats_options& nats);

struct dead_letter_config {
  config::nats_options nats;
  request_limits limits; ///< of the requests that are read for their ids
  metrics_ptr metrics;
  meme::wall_clock wall_clock;
};

/// How far a message has been moved to the dead letters, over several attempts.
struct burial {
  unsigned tries = 0;
  /// When the message that was answered was stored, Unix time in nanoseconds; 0: not answered yet.
  std::int64_t answered_ns = 0;
};

/// Counts the messages of a stream that belong to a consumer. Blocks for a round trip for each of
/// the consumer's filters where some seem to be unaccounted for; throws as `io::jetstream` does.
queue_counts count_queue(io::jetstream& api, const io::stream_info& stream,
                         const io::consumer_info& consumer);

/// Whether a message of this stream that was delivered and is not in work any more has reached
/// max_deliver. In a stream that other consumers read too, or below the place where a consumer
/// began, it may wait for something else.
bool may_strand(const io::stream_config& stream, const io::consumer_config& consumer);

/// The places of the oldest messages of the consumer up to `last`, a hundred at most. Blocks for a
/// round trip each.
std::vector<std::uint64_t> places_up_to(io::jetstream& api, const io::stream_info& stream,
                                        const io::consumer_info& consumer, std::uint64_t last);

/// Puts a message that reached max_deliver among the dead letters, answers it with an error, and
/// removes it once the server is known to have both. Blocks for a few round trips; throws
/// std::runtime_error where one fails, with the message still in the stream: to be tried again with
/// the same `so_far`. A message that is not there any more is no error. False: another process has
/// made a dead letter of it a moment ago and is at it; it is left alone.
bool move_to_dead_letters(io::nats_connection& link, const dead_letter_config& config,
                          const max_deliveries_advisory& which, const publish_rules& rules,
                          burial& so_far);

} // namespace meme
