#include "messages/text/utf8.hpp"

#include <iterator>

#include <boost/locale/utf.hpp>

#include "messages/text/printable.hpp"

namespace meme {

namespace {

using utf8 = boost::locale::utf::utf_traits<char>;

constexpr char32_t replacement_character = 0xFFFD;
constexpr char32_t ellipsis = 0x2026;

} // namespace

char32_t take_code_point(std::string_view& text) {
  auto position = text.begin();
  const auto decoded = utf8::decode(position, text.end());
  if (decoded == boost::locale::utf::illegal || decoded == boost::locale::utf::incomplete) {
    // The decoder may have read past the fault, e.g. a quotation mark after a lead byte.
    text.remove_prefix(1);
    return invalid_code_point;
  }
  text.remove_prefix(static_cast<std::size_t>(position - text.begin()));
  return decoded;
}

bool is_space(char32_t c) {
  if (c < 0x80)
    return c == ' ' || (c >= '\t' && c <= '\r');
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028
         || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029;
}

std::string clean_text(std::string_view bytes, std::size_t max_chars) {
  std::string result;
  std::size_t chars = 0;
  std::size_t before_last = 0; // where the last code point that fits begins
  bool gap = false;
  const auto append = [&](char32_t c) {
    if (chars++ == max_chars) {
      result.resize(before_last);
      utf8::encode(ellipsis, std::back_inserter(result));
      return false;
    }
    before_last = result.size();
    utf8::encode(c, std::back_inserter(result));
    return true;
  };
  while (!bytes.empty() && max_chars > 0) {
    const auto c = take_code_point(bytes);
    if (c != invalid_code_point && (is_space(c) || is_control(c))) {
      gap = !result.empty();
      continue;
    }
    if (gap && !append(' '))
      break;
    gap = false;
    if (!append(is_printable(c) ? c : replacement_character))
      break;
  }
  return result;
}

} // namespace meme
