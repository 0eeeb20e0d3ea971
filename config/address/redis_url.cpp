#include "config/address/redis_url.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "config/address/host_port.hpp"
#include "config/address/url.hpp"

namespace meme::config {

namespace {

/// Whether a scheme is one of a single Redis; `refused` is what Redis has and this service lacks.
error check_redis_scheme(const std::string& scheme) {
  if (scheme == "redis" || scheme == "rediss" || scheme == "valkey" || scheme == "valkeys")
    return {};
  if (scheme.find("sentinel") != scheme.npos)
    return {error_kind::refused,
            "asks for Sentinel, which this service does not speak: give the address of the Redis "
            "that stores (a Service or a proxy that follows the primary)"};
  if (scheme.find("cluster") != scheme.npos)
    return {error_kind::refused,
            "asks for a Redis cluster, which this service does not speak: give the address of a "
            "single Redis"};
  if (scheme == "unix" || scheme.find("socket") != scheme.npos)
    return {error_kind::refused,
            "asks for a Unix socket, which this service does not use: give a host and a port"};
  return malformed("has a scheme other than redis:// and rediss://");
}

/// Of `/database`; empty and `/` are the first one.
std::optional<std::uint32_t> parse_database(std::string_view path) {
  constexpr std::uint32_t most = 0x7fff'ffff; // Redis reads an int
  std::uint32_t result = 0;
  if (path.size() < 2)
    return result;
  path.remove_prefix(1);
  const auto [end, error] = std::from_chars(path.data(), path.data() + path.size(), result);
  if (error != std::errc{} || end != path.data() + path.size() || result > most)
    return std::nullopt;
  return result;
}

} // namespace

expected<redis_address> parse_redis_url(std::string_view text) {
  if (auto problem = check_password_encoding(text))
    return problem;
  auto read = parse_url(text);
  if (!read) {
    const auto scheme = text.substr(0, std::min(text.find("://"), text.size()));
    auto problem = check_redis_scheme(std::string{scheme});
    // Sentinel's addresses are often lists, which would be the smaller fault.
    const auto is_larger =
        scheme.size() < text.size() && problem && problem.kind() == error_kind::refused;
    return is_larger ? problem : read.error();
  }
  auto& parts = *read;
  if (auto problem = check_redis_scheme(parts.scheme))
    return problem;
  if (!parts.user.empty() && parts.password.empty())
    return malformed("has a user without a password");
  redis_address result;
  result.tls = parts.scheme == "rediss" || parts.scheme == "valkeys";
  result.host = std::move(parts.host);
  result.user = std::move(parts.user);
  result.password = std::move(parts.password);
  if (parts.port != 0)
    result.port = parts.port;
  const auto database = parts.suffix.empty() ? parse_database(parts.path) : std::nullopt;
  if (!database)
    return malformed("has something other than /database behind its host");
  result.database = *database;
  return result;
}

std::string describe(const redis_address& address) {
  auto result = std::string{address.tls ? "rediss://" : "redis://"};
  result += bracketed(address.host);
  result += ':' + std::to_string(address.port);
  if (address.database != 0)
    result += '/' + std::to_string(address.database);
  return result;
}

} // namespace meme::config
