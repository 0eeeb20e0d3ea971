#pragma once

#include <string>

#include "config/address/nats_urls.hpp"

namespace meme::io {

/// Why the servers of a list of addresses cannot be reached: " (host:port: Connection refused)".
/// The NATS library says only that no server is available, so this tries each address again, for a
/// fraction of a second (the name server may take longer). Empty if it finds no reason.
std::string why_unreachable(const config::nats_urls& servers);

} // namespace meme::io
