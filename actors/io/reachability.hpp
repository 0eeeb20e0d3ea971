#pragma once

#include <string>

#include "config/address/nats_urls.hpp"

namespace meme::io {

/// Why the servers of a list of addresses cannot be reached, as far as another attempt of a
/// fraction of a second shows (the name server may take longer): " (host:port: Connection
/// refused)". The NATS library says only that no server is available. Empty where nothing is found.
std::string why_unreachable(const config::nats_urls& servers);

} // namespace meme::io
