#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "config/address/address.hpp"

namespace meme::config {

/// A place to listen at or to connect to.
struct host_port {
  std::string host; ///< a name, or an IPv4 or IPv6 address, the latter without brackets
  std::uint16_t port = 0;
};

/// Reads `host:port` or `[IPv6]:port`; port 0 is allowed, for listening.
expected<host_port> parse_host_port(std::string_view text);

/// The same without a port, or with one from 1 on; 0: none was given.
expected<host_port> parse_host_and_maybe_port(std::string_view text);

/// The host as an address spells it: an IPv6 address in brackets.
std::string bracketed(const std::string& host);

/// Where to listen.
using listen_address = address<host_port, parse_host_port>;

} // namespace meme::config
