#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "config/options.hpp"
#include "messages/bus.hpp"
#include "messages/outcome.hpp"
#include "messages/request.hpp"
#include "messages/subjects/publish_rules.hpp"

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

/// Where answers may go, as far as the configuration says; what the streams keep is found later.
publish_rules make_publish_rules(const config::nats_options& nats);

/// A request without an id gets one from where its message is: `<stream>-<stream sequence>`.
intake read_intake(const bus_message& message, std::uint64_t stream_sequence,
                   const std::string& stream, const request_limits& limits,
                   const publish_rules& rules);

} // namespace meme
