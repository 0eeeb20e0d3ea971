#include "config/address/host_port.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace meme::config {

namespace {

bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
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

/// A host, and behind it perhaps a colon and a port.
struct authority {
  std::string host;
  std::optional<std::string_view> port;
};

expected<authority> split_authority(std::string_view text, bool needs_port) {
  authority result;
  if (!text.empty() && text.front() == '[') {
    const auto close = text.find(']');
    if (close == text.npos)
      return malformed("has a [ without a ]");
    result.host = text.substr(1, close - 1);
    if (!is_ip(AF_INET6, result.host))
      return malformed("has something other than an IPv6 address in its brackets");
    text.remove_prefix(close + 1);
    if (!text.empty() && text.front() != ':')
      return malformed("has something other than a port behind its ]");
  } else {
    const auto colon = std::min(text.find(':'), text.size());
    result.host = text.substr(0, colon);
    text.remove_prefix(colon);
    if (result.host.empty())
      return malformed("has no host");
    if (text.find(':', 1) != text.npos)
      return malformed("has too many colons (an IPv6 address stands in brackets)");
  }
  if (!text.empty())
    result.port = text.substr(1);
  else if (needs_port)
    return malformed("has no port");
  if (!is_ip(AF_INET6, result.host) && !is_host(result.host))
    return malformed("has a host that is neither a name nor an address");
  return result;
}

expected<std::uint16_t> parse_port(std::string_view text, std::uint16_t least) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port < least)
    return malformed("has a port outside " + std::to_string(least) + "..65535");
  return port;
}

expected<host_port> read(std::string_view text, bool needs_port, std::uint16_t least_port) {
  auto place = split_authority(text, needs_port);
  if (!place)
    return place.error();
  auto& [host, port_text] = *place;
  if (!port_text)
    return host_port{std::move(host), 0};
  const auto port = parse_port(*port_text, least_port);
  if (!port)
    return port.error();
  return host_port{std::move(host), *port};
}

} // namespace

expected<host_port> parse_host_port(std::string_view text) {
  return read(text, true, 0);
}

expected<host_port> parse_host_and_maybe_port(std::string_view text) {
  return read(text, false, 1);
}

std::string bracketed(const std::string& host) {
  return host.find(':') == host.npos ? host : '[' + host + ']';
}

} // namespace meme::config
