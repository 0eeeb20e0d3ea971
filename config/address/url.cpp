#include "config/address/url.hpp"

namespace meme {

namespace {

constexpr std::string_view scheme_end = "://";

/// Cuts `text` before the first of `stops` and returns the part cut off.
std::string_view cut_at_first(std::string_view& text, std::string_view stops) {
  const auto at = text.find_first_of(stops);
  if (at == std::string_view::npos)
    return {};
  const auto tail = text.substr(at);
  text = text.substr(0, at);
  return tail;
}

/// Removes the scheme from `url` and returns it.
std::string_view take_scheme(std::string_view& url) {
  const auto at = url.find(scheme_end);
  if (at == std::string_view::npos)
    return {};
  const auto scheme = url.substr(0, at);
  url.remove_prefix(at + scheme_end.size());
  return scheme;
}

std::string_view without_user(std::string_view authority) {
  return authority.substr(authority.rfind('@') + 1); // npos + 1 is 0
}

} // namespace

url_parts split_url(std::string_view url) {
  url_parts parts;
  parts.scheme = take_scheme(url);
  parts.suffix = cut_at_first(url, "?#");
  parts.path = cut_at_first(url, "/");
  parts.host = without_user(url);
  const auto port = parts.host.rfind(':');
  const auto bracket = parts.host.rfind(']'); // ends an IPv6 address, that has colons of its own
  if (port != std::string_view::npos && (bracket == std::string_view::npos || port > bracket))
    parts.host = parts.host.substr(0, port);
  return parts;
}

std::string shown_url(std::string_view url) {
  std::string shown(take_scheme(url));
  cut_at_first(url, "?#");
  const auto path = cut_at_first(url, "/");
  shown += scheme_end;
  shown += without_user(url);
  shown += path;
  return shown;
}

} // namespace meme
