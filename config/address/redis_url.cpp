#include "config/address/redis_url.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "config/address/host_port.hpp"
#include "config/address/url.hpp"

namespace meme::config {

namespace {

/// Why a scheme is not one of a single Redis; empty: it is.
std::string redis_scheme_problem(const std::string& scheme) {
  if (scheme == "redis" || scheme == "rediss" || scheme == "valkey" || scheme == "valkeys")
    return {};
  if (scheme.find("sentinel") != scheme.npos)
    return "asks for Sentinel, which this service does not speak: give the address of the Redis "
           "that stores (a Service or a proxy that follows the primary)";
  if (scheme.find("cluster") != scheme.npos)
    return "asks for a Redis cluster, which this service does not speak: give the address of a "
           "single Redis";
  if (scheme == "unix" || scheme.find("socket") != scheme.npos)
    return "asks for a Unix socket, which this service does not use: give a host and a port";
  return "has a scheme other than redis:// and rediss://";
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

parsed<redis_address> parse_redis_url(std::string_view text) {
  if (auto problem = unencoded_password_problem(text); !problem.empty())
    return malformed{std::move(problem)};
  auto read = parse_url(text);
  if (auto* bad = std::get_if<malformed>(&read)) {
    const auto scheme = text.substr(0, std::min(text.find("://"), text.size()));
    auto problem = redis_scheme_problem(std::string{scheme});
    // Sentinel's addresses are often lists, which would be the smaller fault.
    return scheme.size() < text.size() && problem.find("asks") == 0 ? malformed{problem} : *bad;
  }
  auto& parts = std::get<url>(read);
  if (auto problem = redis_scheme_problem(parts.scheme); !problem.empty())
    return malformed{std::move(problem)};
  if (!parts.user.empty() && parts.password.empty())
    return malformed{"has a user without a password"};
  redis_address result;
  result.tls = parts.scheme == "rediss" || parts.scheme == "valkeys";
  result.host = std::move(parts.host);
  result.user = std::move(parts.user);
  result.password = std::move(parts.password);
  if (parts.port != 0)
    result.port = parts.port;
  const auto database = parts.suffix.empty() ? parse_database(parts.path) : std::nullopt;
  if (!database)
    return malformed{"has something other than /database behind its host"};
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
