#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meme {

/// What JetStream says of one delivery. It is read from the delivery's acknowledgement subject:
///     $JS.ACK.<stream>.<consumer>.<deliveries>.<stream seq>.<consumer seq>.<time>.<pending>
///     $JS.ACK.<domain>.<account hash>.<stream>.<consumer>.<deliveries>.<stream seq>.…[.<token>]
/// (NATS ADR-15; servers of the 2.x line send the first form, the second is announced).
struct delivery_info {
  std::string stream;
  std::string consumer;
  std::uint64_t deliveries = 0;      ///< how often it was delivered, this time included; from 1
  std::uint64_t stream_sequence = 0; ///< its place in the stream
  std::int64_t timestamp_ns = 0;     ///< when the stream stored it, Unix time in nanoseconds
  std::uint64_t pending = 0;         ///< messages that wait behind it

  std::string message_key() const; ///< see `make_message_key`
};

/// The same for each delivery of the same message, different for any other one, even after the
/// stream was made anew: `<stream>:<stream sequence>:<timestamp>`. `timestamp_ns` is when the
/// stream stored it, Unix time in nanoseconds.
std::string make_message_key(std::string_view stream, std::uint64_t stream_sequence,
                             std::int64_t timestamp_ns);

/// Returns nothing for a subject that is not of either form.
std::optional<delivery_info> parse_ack_subject(std::string_view subject);

/// A message that the server has given up: it was delivered as often as the consumer allows.
struct max_deliveries_advisory {
  std::uint64_t stream_sequence = 0; ///< its place in the stream
  std::uint64_t deliveries = 0;      ///< 0: not said
};

/// Reads the server's advisory (io.nats.jetstream.advisory.v1.max_deliver); nothing where it is
/// none.
std::optional<max_deliveries_advisory> parse_max_deliveries_advisory(std::string_view advisory);

} // namespace meme
