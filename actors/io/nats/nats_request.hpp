#pragma once

#include <chrono>
#include <string>

#include "actors/io/nats/nats_connection.hpp"

namespace meme::io {

/// Why the connection's server has last refused something, in words of ours; empty: it has not.
std::string last_refusal(natsConnection* connection);

/// Sends a request and waits for its reply: for up to `timeout`, and no longer than until the
/// server says that it does not permit the request or the reply's inbox (then it throws
/// nats_refused), where the library's own requests wait for the whole time. Throws
/// std::runtime_error where there is no reply.
nats_message_ptr ask(natsConnection* connection, const std::string& inbox_prefix,
                     const std::string& subject, const std::string& request,
                     std::chrono::milliseconds timeout);

} // namespace meme::io
