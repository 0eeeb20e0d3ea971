#pragma once

#include <string>
#include <vector>

#include "actors/io/nats/jetstream_info.hpp"
#include "config/options.hpp"

namespace meme {

/// The value of max_ack_pending that the service gives a consumer of its own.
constexpr std::int64_t wanted_ack_pending = 20'000;

/// What is to be said of a stream or consumer that somebody else may have configured.
struct check_result {
  std::string refusal;                  ///< why it cannot be served; empty: it can
  std::vector<std::string> differences; ///< served all the same, each to be said once
};

/// Whether messages that are published on `subject` are stored in the stream.
bool captures(const io::stream_config& stream, const std::string& subject);

/// Whether what another stream has on `subject` comes in from it.
bool passes(const io::stream_feed& feed, const std::string& subject);

/// Whose result, error or dead letter a stream stores that is, or feeds, the one of requests.
struct loop {
  std::string subject;
  std::string consequence; ///< for a person: "answers would become requests"
};

/// All of them; empty: the stream stores nothing that the service publishes by itself.
std::vector<loop> find_loops(const io::stream_config& stream, const config::nats_options& nats);

/// Compares a stream with what the service needs. Reads nothing but its arguments.
check_result check_stream(const io::stream_info& found, const config::options& options);

/// The same for a consumer of that stream.
check_result check_consumer(const io::consumer_info& found, const io::stream_config& stream,
                            const config::options& options);

} // namespace meme
