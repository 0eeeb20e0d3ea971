#pragma once

#include <string>

#include "client/connection.hpp"
#include "messages/request.hpp"

namespace meme::client {

/// Publishes `request` into the queue and returns only once the server has stored it; throws where
/// it has not. The id and the subject for the answer also go into headers: the service then finds
/// them where it cannot read the request, which may be too large. Returns the id under which the
/// service answers where it finds none that it accepts.
std::string enqueue(natsConnection& connection, const std::string& subject,
                    const meme_request& request);

} // namespace meme::client
