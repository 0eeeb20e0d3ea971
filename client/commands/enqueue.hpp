#pragma once

#include <string>

#include "client/commands/request.hpp"
#include "client/nats.hpp"

namespace meme::client {

/// The request as the queue takes it, to be answered on `reply_to` too.
std::string encode(const request_settings& settings, const std::string& reply_to);

/// Publishes `request` into the queue and returns only once the server has stored it; throws where
/// it has not. The id and the subject for the answer also go into headers: the service then finds
/// them where it cannot read the request, which may be too large. Returns the id under which the
/// service answers where it finds none that it accepts.
std::string enqueue(natsConnection& connection, const std::string& subject,
                    const request_settings& request, const std::string& reply_to);

} // namespace meme::client
