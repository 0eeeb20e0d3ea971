#pragma once

#include <chrono>
#include <string>

#include "actors/io/nats/nats_connection.hpp"

namespace meme::io {

/// The reason of the last refusal by the connection's server; empty: none.
std::string last_refusal(natsConnection* connection);

/// Sends a request and waits up to `timeout` for its reply. Throws nats_refused as soon as the
/// server refuses the request or the reply's inbox; the library's own requests would wait for the
/// whole time. Throws std::runtime_error if there is no reply.
nats_message_ptr ask(natsConnection* connection, const std::string& inbox_prefix,
                     const std::string& subject, const std::string& request,
                     std::chrono::milliseconds timeout);

} // namespace meme::io
