#include "config/address/url.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

#include "config/address/host_port.hpp"

namespace meme::config {

namespace {

/// RFC 3986, section 3.1; clients of Redis know schemes such as redis+sentinel.
bool is_scheme_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '-' || c == '.';
}

/// Whether all of `text` is printable ASCII without spaces, the only characters a URL may have.
bool is_graphic(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9')
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

} // namespace

expected<url> parse_url(std::string_view text) {
  if (text.empty())
    return malformed("is empty");
  if (!is_graphic(text))
    return malformed("contains a space, a line break or another character that no URL has");
  const auto mark = text.find("://");
  if (mark == text.npos || mark == 0
      || !std::all_of(text.begin(), text.begin() + mark, is_scheme_character))
    return malformed("has no scheme");
  url result;
  result.scheme = text.substr(0, mark);
  for (char& c : result.scheme)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  text.remove_prefix(mark + 3);
  const auto end = std::min(text.find_first_of("/?#"), text.size());
  const auto rest = text.substr(end);
  const auto path_end = std::min(rest.find_first_of("?#"), rest.size());
  result.path = rest.substr(0, path_end);
  result.suffix = rest.substr(path_end);
  text = text.substr(0, end);
  // The last one: clients are known to forget to encode an @ in a password.
  if (const auto at = text.rfind('@'); at != text.npos) {
    const auto user_info = text.substr(0, at);
    const auto colon = std::min(user_info.find(':'), user_info.size());
    const auto user = percent_decode(user_info.substr(0, colon));
    const auto password = percent_decode(user_info.substr(std::min(colon + 1, user_info.size())));
    if (!user || !password)
      return malformed("has a % in its user or password that two hexadecimal digits do not follow");
    result.has_user = true;
    result.user = *user;
    result.password = *password;
    text.remove_prefix(at + 1);
  }
  auto place = parse_host_and_maybe_port(text);
  if (!place)
    return place.error();
  result.host = std::move(place->host);
  result.port = place->port;
  return result;
}

expected<url> parse_http_url(std::string_view text) {
  auto result = parse_url(text);
  if (result) {
    if (result->scheme != "http" && result->scheme != "https")
      return malformed("has a scheme other than http:// and https://");
    if (result->has_user)
      return malformed("has a user or password");
    if (result->suffix.find('#') != std::string::npos)
      return malformed("has a fragment (#), which no server would see");
  }
  return result;
}

error check_password_encoding(std::string_view text) {
  const auto mark = text.find("://");
  if (mark == text.npos)
    return {};
  text.remove_prefix(mark + 3);
  const auto end = std::min(text.find_first_of("/?#"), text.size());
  if (text.find('@', end) == text.npos)
    return {};
  return malformed("has a /, ? or # in its user or password: write %2F, %3F or %23 for it");
}

std::string without_secrets(std::string_view text, std::string_view mark) {
  const auto scheme = text.find("://");
  if (scheme == text.npos)
    return std::string{mark};
  const auto host = scheme + 3;
  const auto end = std::min(text.find_first_of("/?#", host), text.size());
  const auto suffix = std::min(text.find_first_of("?#", end), text.size());
  const auto at = text.substr(0, end).rfind('@');
  const auto place = at == text.npos ? host : at + 1;
  std::string result{text.substr(0, host)};
  if (at != text.npos && !mark.empty())
    result.append(mark).append(1, '@');
  result += text.substr(place, suffix - place);
  if (suffix < text.size() && !mark.empty())
    result.append(1, text[suffix]).append(mark);
  return result;
}

} // namespace meme::config
