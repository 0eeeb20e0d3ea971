#pragma once

#include <string>

#include "client/nats.hpp"
#include "client/request.hpp"

namespace meme::client {

/// The request as the queue takes it, to be answered on `reply_to` too.
std::string encode(const request_settings& settings, const std::string& reply_to);

/// Publishes into the queue and returns only once the server has stored it. Throws where it has
/// not.
void enqueue(natsConnection& connection, const std::string& subject, const std::string& request);

} // namespace meme::client
