#include "messages/text/printable.hpp"

#include <algorithm>

#include "messages/text/utf8.hpp"

namespace meme {

namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd"; // U+FFFD

bool is_between(char32_t c, char32_t first, char32_t last) {
  return c >= first && c <= last;
}

/// Bidi_Control of Unicode's PropList, all twelve.
bool is_direction_control(char32_t c) {
  return c == 0x061C || is_between(c, 0x200E, 0x200F) || is_between(c, 0x202A, 0x202E)
         || is_between(c, 0x2066, 0x2069);
}

/// Reserved for a program's own use, so that no text has them.
bool is_noncharacter(char32_t c) {
  return is_between(c, 0xFDD0, 0xFDEF) || (c & 0xFFFE) == 0xFFFE;
}

/// Most texts are printable ASCII, which does not change.
bool is_plain(char c) {
  return c >= ' ' && c <= '~';
}

} // namespace

bool is_printable(char32_t c) {
  return c <= 0x10FFFF && !is_control(c) && !is_direction_control(c) && !is_noncharacter(c)
         && !is_between(c, 0xE0000, 0xE007F);
}

std::string printable(std::string_view bytes) {
  std::string result;
  result.reserve(bytes.size());
  while (!bytes.empty()) {
    const auto plain_end = std::find_if_not(bytes.begin(), bytes.end(), is_plain);
    const auto plain_size = static_cast<std::size_t>(plain_end - bytes.begin());
    result.append(bytes.substr(0, plain_size));
    bytes.remove_prefix(plain_size);
    if (bytes.empty())
      break;
    const auto before = bytes;
    const auto c = take_code_point(bytes);
    if (is_printable(c))
      result.append(before.substr(0, before.size() - bytes.size()));
    else if (c == '\t' || c == '\n' || c == '\r')
      result += ' ';
    else
      result.append(replacement);
  }
  return result;
}

std::string printable_field(std::string_view bytes) {
  auto text = printable(bytes);
  auto is_bare = !text.empty();
  for (auto rest = std::string_view{text}; is_bare && !rest.empty();) {
    const auto c = take_code_point(rest);
    is_bare = c != '"' && c != '\\' && c != '=' && !is_space(c);
  }
  if (is_bare)
    return text;
  std::string result = "\"";
  for (const auto byte : text) {
    if (byte == '"' || byte == '\\')
      result += '\\';
    result += byte;
  }
  return result + '"';
}

} // namespace meme
