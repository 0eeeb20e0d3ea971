#pragma once

#include <string>

namespace meme::io {

/// Why the servers of a list of addresses cannot be reached, as far as another attempt of a
/// fraction of a second shows (the name server may take longer): " (host:port: Connection
/// refused)". The NATS library says only that no server is available. Empty where nothing is found.
std::string why_unreachable(const std::string& urls);

} // namespace meme::io
