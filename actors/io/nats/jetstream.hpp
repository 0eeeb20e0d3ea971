#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "actors/io/nats/jetstream_info.hpp"
#include "actors/io/nats/nats_connection.hpp"

namespace meme::io {

/// A message as a stream keeps it.
struct stored_message {
  bus_message_ptr message;
  std::int64_t stored_at_ns = 0; ///< Unix time in nanoseconds
};

/// Where a message is, without its data.
struct message_place {
  std::uint64_t sequence = 0;
  std::string subject;
};

/// An answer of JetStream that is an error.
class api_error : public std::runtime_error {
public:
  api_error(const std::string& words, int code) : std::runtime_error(words), code_(code) {}

  /// Whether the same request will always get it: its code is one of HTTP's 4xx, not 5xx.
  bool is_final() const { return code_ >= 400 && code_ < 500; }

private:
  int code_;
};

/// JetStream's administration, blocking for up to `patience` a call. Every member throws
/// std::runtime_error with the server's text, except if something just does not exist. Members that
/// use `ask` report a refused permission at once, with the subject's name.
class jetstream {
public:
  jetstream(natsConnection* connection, std::string inbox_prefix,
            std::chrono::milliseconds patience);

  std::optional<stream_info> find_stream(const std::string& name);

  /// The name of the stream that captures a subject; empty: none does.
  std::string stream_of(const std::string& subject);

  void create_stream(const stream_config& wanted);

  std::optional<consumer_info> find_consumer(const std::string& stream, const std::string& name);
  void create_consumer(const std::string& stream, const consumer_config& wanted);

  /// Creates a missing stream or consumer from a configuration in the server's format. Throws
  /// api_error if the server refuses.
  void restore_stream(const std::string& name, const std::string& configuration);
  void restore_consumer(const std::string& stream, const std::string& name,
                        const std::string& configuration);

  std::optional<stored_message> find_message(const std::string& stream, std::uint64_t sequence);
  void delete_message(const std::string& stream, std::uint64_t sequence);

  /// The first message on `subject` (wildcards are allowed) at or after a place in the stream;
  /// nothing if there is none.
  std::optional<message_place> next_message(const std::string& stream, std::uint64_t sequence,
                                            const std::string& subject = ">");

  /// How many messages a stream has on subjects that match `filter`.
  std::uint64_t count_messages(const std::string& stream, const std::string& filter);

  /// Returns when a stream has acknowledged the message: true, or false if the stream already had a
  /// message with the same Nats-Msg-Id.
  bool publish(const std::string& subject, std::string_view data, const header_list& headers);

private:
  /// Sends a request to the API itself, because nats.c's structures lack some fields, and because
  /// the library does not distinguish a refused request from a slow one. The reply may be an error.
  std::string ask(const std::string& call, const std::string& request);

  /// Throws unless `status` is NATS_OK, with the server's refusal if that is the cause.
  void check_call(natsStatus status, const char* doing) const;

  natsConnection* connection_;
  std::string inbox_prefix_;
  jsOptions options_{};
  nats_ptr<jsCtx> context_;
};

} // namespace meme::io
