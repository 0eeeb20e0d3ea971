#pragma once

#include <string>
#include <variant>

#include "actors/io/bus.hpp"
#include "config/options.hpp"
#include "messages/outcome.hpp"
#include "messages/request.hpp"

namespace meme {

/// A message from the queue, read: what any answer to it needs, good or bad, and the request, or
/// why it cannot be served.
struct intake {
  std::string request_id; ///< the client's, or a derived one
  std::string prompt;
  std::string reply_to; ///< from the request or the header Meme-Reply-To; empty: none
  std::string traceparent;
  std::variant<meme_request, failure> request;
};

/// `derived_id` is the id of a request that has none of its own.
intake read_intake(const io::bus_message& message, std::string derived_id,
                   const config::options& options);

/// The id of a request that has none: where its message is in the stream.
std::string derived_request_id(const std::string& stream, std::uint64_t stream_sequence);

} // namespace meme
