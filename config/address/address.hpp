#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace meme::config {

/// Why a text is not what it should be: a verb and what follows, such as "has no host". It never
/// quotes the text, which may hold a password.
struct malformed {
  std::string reason;
};

template <class T>
using parsed = std::variant<T, malformed>;

/// A place to listen at or to connect to.
struct host_port {
  std::string host; ///< a name, or an IPv4 or IPv6 address, the latter without brackets
  std::uint16_t port = 0;
};

/// Reads `host:port` or `[IPv6]:port`; port 0 is allowed, for listening.
parsed<host_port> parse_host_port(std::string_view text);

/// The parts of `scheme://user:password@host:port/rest` (RFC 3986, section 3).
struct url_parts {
  std::string scheme;    ///< lower case
  bool has_user = false; ///< whether there is an `@`
  std::string user;      ///< percent-decoded, as is the password
  std::string password;
  std::string host;       ///< without brackets
  std::uint16_t port = 0; ///< 0: none given
  std::string rest;       ///< path, query and fragment, as they stand
};

/// CAF's own URI parser is of no use here: that of 0.17 refuses `user:password@`.
parsed<url_parts> parse_url(std::string_view text);

/// What `redis[s]://[[user]:password@]host[:port][/database]` says; `valkey[s]://` is the same.
struct redis_address {
  std::string host;
  std::uint16_t port = 6379;
  std::string user;     ///< empty: Redis' default user
  std::string password; ///< secret; empty: no AUTH
  std::uint32_t database = 0;
  bool tls = false; ///< rediss://
};

parsed<redis_address> parse_redis_url(std::string_view url);

/// The address for logs, without user and password: `redis://host:6379/2`.
std::string describe(const redis_address& address);

/// Splits a list such as `nats://a:4222, tls://user:password@b`. Each address is checked and comes
/// back as it stands, without the white space around it; there is at least one.
parsed<std::vector<std::string>> parse_nats_urls(std::string_view list);

/// A list of `parse_nats_urls` as people may see it: separated by ", ", without users, passwords
/// and tokens. Empty for a list that is malformed.
std::string without_users(std::string_view nats_urls);

/// Reads `http[s]://host[:port][/path][?query]`. A user or a password is refused: the
/// Authorization header belongs to the token.
parsed<url_parts> parse_http_url(std::string_view url);

} // namespace meme::config
