#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "config/address/address.hpp"

namespace meme::config {

/// What `redis[s]://[[user]:password@]host[:port][/database]` says; `valkey[s]://` is the same.
struct redis_address {
  std::string host;
  std::uint16_t port = 6379;
  std::string user;     ///< empty: Redis' default user
  std::string password; ///< secret; empty: no AUTH
  std::uint32_t database = 0;
  bool tls = false; ///< rediss://
};

expected<redis_address> parse_redis_url(std::string_view text);

using redis_url = address<redis_address, parse_redis_url>;

/// The address for logs, without user and password: `redis://host:6379/2`.
std::string describe(const redis_address& address);

} // namespace meme::config
