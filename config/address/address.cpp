#include "config/address/address.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <arpa/inet.h>

namespace meme::config {

namespace {

bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// RFC 3986, section 3.1; clients of Redis know schemes such as redis+sentinel.
bool is_scheme_character(char c) {
  return is_alnum(c) || c == '+' || c == '-' || c == '.';
}

/// Whether all of `text` is printable ASCII without spaces, the only characters a URL may have.
bool is_graphic(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number result{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return result;
}

bool is_ip(int family, const std::string& text) {
  unsigned char buffer[sizeof(in6_addr)];
  return inet_pton(family, text.c_str(), buffer) == 1;
}

/// Labels of letters, digits, hyphens and the underscores that cluster names have (RFC 1123,
/// section 2.1). A name that ends in a number can only be an IPv4 address.
bool is_host(const std::string& host) {
  constexpr std::size_t max_name = 253;
  constexpr std::size_t max_label = 63;
  if (host.empty() || host.size() > max_name)
    return false;
  std::string_view rest = host;
  if (rest.back() == '.')
    rest.remove_suffix(1);
  std::string_view label;
  do {
    const auto dot = std::min(rest.find('.'), rest.size());
    label = rest.substr(0, dot);
    rest.remove_prefix(std::min(dot + 1, rest.size()));
    if (label.empty() || label.size() > max_label)
      return false;
    if (!std::all_of(label.begin(), label.end(),
                     [](char c) { return is_alnum(c) || c == '-' || c == '_'; }))
      return false;
  } while (!rest.empty());
  return !std::all_of(label.begin(), label.end(), is_digit) || is_ip(AF_INET, host);
}

int hex_digit(char c) {
  if (is_digit(c))
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    const int high = i + 1 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0)
      return std::nullopt;
    result += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return result;
}

/// A host, and behind it perhaps a colon and a port.
struct authority {
  std::string host;
  std::optional<std::string_view> port;
};

parsed<authority> split_authority(std::string_view text, bool needs_port) {
  authority result;
  if (!text.empty() && text.front() == '[') {
    const auto close = text.find(']');
    if (close == text.npos)
      return malformed{"has a [ without a ]"};
    result.host = text.substr(1, close - 1);
    if (!is_ip(AF_INET6, result.host))
      return malformed{"has something other than an IPv6 address in its brackets"};
    text.remove_prefix(close + 1);
    if (!text.empty() && text.front() != ':')
      return malformed{"has something other than a port behind its ]"};
  } else {
    const auto colon = std::min(text.find(':'), text.size());
    result.host = text.substr(0, colon);
    text.remove_prefix(colon);
    if (result.host.empty())
      return malformed{"has no host"};
    if (text.find(':', 1) != text.npos)
      return malformed{"has too many colons (an IPv6 address stands in brackets)"};
  }
  if (!text.empty())
    result.port = text.substr(1);
  else if (needs_port)
    return malformed{"has no port"};
  if (!is_ip(AF_INET6, result.host) && !is_host(result.host))
    return malformed{"has a host that is neither a name nor an address"};
  return result;
}

parsed<std::uint16_t> parse_port(std::string_view text, std::uint16_t least) {
  const auto port = parse_number<std::uint16_t>(text);
  if (!port || *port < least)
    return malformed{"has a port outside " + std::to_string(least) + "..65535"};
  return *port;
}

} // namespace

parsed<host_port> parse_host_port(std::string_view text) {
  auto place = split_authority(text, true);
  if (auto* bad = std::get_if<malformed>(&place))
    return *bad;
  auto& [host, port_text] = std::get<authority>(place);
  const auto port = parse_port(*port_text, 0);
  if (auto* bad = std::get_if<malformed>(&port))
    return *bad;
  return host_port{std::move(host), std::get<std::uint16_t>(port)};
}

parsed<url_parts> parse_url(std::string_view text) {
  if (text.empty())
    return malformed{"is empty"};
  if (!is_graphic(text))
    return malformed{"contains a space, a line break or another character that no URL has"};
  const auto mark = text.find("://");
  if (mark == text.npos || mark == 0
      || !std::all_of(text.begin(), text.begin() + mark, is_scheme_character))
    return malformed{"has no scheme"};
  url_parts result;
  result.scheme = text.substr(0, mark);
  for (char& c : result.scheme)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  text.remove_prefix(mark + 3);
  const auto end = std::min(text.find_first_of("/?#"), text.size());
  result.rest = text.substr(end);
  text = text.substr(0, end);
  // The last one: clients are known to forget to encode an @ in a password.
  if (const auto at = text.rfind('@'); at != text.npos) {
    const auto user_info = text.substr(0, at);
    const auto colon = std::min(user_info.find(':'), user_info.size());
    const auto user = percent_decode(user_info.substr(0, colon));
    const auto password = percent_decode(user_info.substr(std::min(colon + 1, user_info.size())));
    if (!user || !password)
      return malformed{"has a % in its user or password that two hexadecimal digits do not follow"};
    result.has_user = true;
    result.user = *user;
    result.password = *password;
    text.remove_prefix(at + 1);
  }
  auto place = split_authority(text, false);
  if (auto* bad = std::get_if<malformed>(&place))
    return *bad;
  auto& [host, port_text] = std::get<authority>(place);
  result.host = std::move(host);
  if (port_text) {
    const auto port = parse_port(*port_text, 1);
    if (auto* bad = std::get_if<malformed>(&port))
      return *bad;
    result.port = std::get<std::uint16_t>(port);
  }
  return result;
}

namespace {

/// A "/", "?" or "#" in a password ends what RFC 3986 takes for the authority. The @ behind it
/// tells that the writer did not mean it so: no address of ours has an @ behind its host.
bool has_unencoded_password(std::string_view text) {
  const auto mark = text.find("://");
  if (mark == text.npos)
    return false;
  text.remove_prefix(mark + 3);
  const auto end = std::min(text.find_first_of("/?#"), text.size());
  return text.find('@', end) != text.npos;
}

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

} // namespace

parsed<redis_address> parse_redis_url(std::string_view text) {
  if (has_unencoded_password(text))
    return malformed{"has a /, ? or # in its user or password: write %2F, %3F or %23 for it"};
  auto url = parse_url(text);
  if (auto* bad = std::get_if<malformed>(&url)) {
    const auto scheme = text.substr(0, std::min(text.find("://"), text.size()));
    auto problem = redis_scheme_problem(std::string{scheme});
    // Sentinel's addresses are often lists, which would be the smaller fault.
    return scheme.size() < text.size() && problem.find("asks") == 0 ? malformed{problem} : *bad;
  }
  auto& parts = std::get<url_parts>(url);
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
  if (parts.rest.empty() || parts.rest == "/")
    return result;
  constexpr std::uint32_t max_database = 0x7fff'ffff; // Redis reads an int
  const auto database = parse_number<std::uint32_t>(std::string_view{parts.rest}.substr(1));
  if (parts.rest.front() != '/' || !database || *database > max_database)
    return malformed{"has something other than /database behind its host"};
  result.database = *database;
  return result;
}

std::string describe(const redis_address& address) {
  const auto brackets = address.host.find(':') != std::string::npos;
  auto result = std::string{address.tls ? "rediss://" : "redis://"};
  result += brackets ? '[' + address.host + ']' : address.host;
  result += ':' + std::to_string(address.port);
  if (address.database != 0)
    result += '/' + std::to_string(address.database);
  return result;
}

parsed<std::vector<std::string>> parse_nats_urls(std::string_view list) {
  std::vector<std::string> result;
  while (true) {
    const auto comma = std::min(list.find(','), list.size());
    auto item = list.substr(0, comma);
    item.remove_prefix(std::min(item.find_first_not_of(' '), item.size()));
    item = item.substr(0, item.find_last_not_of(' ') + 1);
    if (has_unencoded_password(item))
      return malformed{"has a /, ? or # in its user or password: write %2F, %3F or %23 for it"};
    const auto url = parse_url(item);
    if (auto* bad = std::get_if<malformed>(&url))
      return *bad;
    const auto& parts = std::get<url_parts>(url);
    if (parts.scheme == "ws" || parts.scheme == "wss")
      return malformed{"asks for WebSocket, which this service does not speak"};
    if (parts.scheme != "nats" && parts.scheme != "tls")
      return malformed{"has a scheme other than nats:// and tls://"};
    if (!parts.rest.empty() && parts.rest != "/")
      return malformed{"has something behind its host and port"};
    result.emplace_back(item);
    if (comma == list.size())
      return result;
    list.remove_prefix(comma + 1);
  }
}

std::string without_users(std::string_view nats_urls) {
  const auto servers = parse_nats_urls(nats_urls);
  std::string result;
  if (const auto* list = std::get_if<std::vector<std::string>>(&servers))
    for (const auto& server : *list) {
      const auto host = server.find("://") + 3;
      const auto at = server.rfind('@');
      result += (result.empty() ? "" : ", ") + server.substr(0, host)
                + server.substr(at == server.npos ? host : at + 1);
    }
  return result;
}

parsed<url_parts> parse_http_url(std::string_view text) {
  auto url = parse_url(text);
  if (auto* parts = std::get_if<url_parts>(&url)) {
    if (parts->scheme != "http" && parts->scheme != "https")
      return malformed{"has a scheme other than http:// and https://"};
    if (parts->has_user)
      return malformed{"has a user or password"};
    if (parts->rest.find('#') != std::string::npos)
      return malformed{"has a fragment (#), which no server would see"};
  }
  return url;
}

} // namespace meme::config
