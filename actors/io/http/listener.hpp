#pragma once

#include <cstdint>
#include <string>

#include "actors/io/unique_fd.hpp"

namespace meme::io {

/// Binds and listens. `port` 0 picks a free one. Throws std::system_error that names the address.
unique_fd listen_on(const std::string& host, std::uint16_t port);

/// Where a listening socket can be reached: `host:port`, `[host]:port` for IPv6.
std::string local_address(const unique_fd& socket);

} // namespace meme::io
