#include "actors/generator/providers/retry_after.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ctime>
#include <iomanip>
#include <locale>
#include <sstream>
#include <string>

namespace meme {

namespace {

using std::chrono::milliseconds;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t";
  const auto first = text.find_first_not_of(blank);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

/// Cuts `text` before the first `separator`, removes both from it and returns the part, trimmed.
std::string_view take_part(std::string_view& text, char separator) {
  const auto at = std::min(text.find(separator), text.size());
  const auto part = trimmed(text.substr(0, at));
  text.remove_prefix(std::min(at + 1, text.size()));
  return part;
}

/// A decimal number of seconds, clamped.
std::optional<milliseconds> parse_seconds(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789.") != text.npos)
    return std::nullopt;
  double seconds = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seconds, std::chars_format::fixed);
  if (error == std::errc::result_out_of_range)
    return longest_retry_after;
  if (error != std::errc{} || stop != end)
    return std::nullopt;
  const auto longest = static_cast<double>(longest_retry_after.count());
  return milliseconds{static_cast<std::int64_t>(std::min(std::ceil(seconds * 1'000), longest))};
}

} // namespace

std::optional<std::int64_t> parse_http_date(std::string_view header) {
  header = trimmed(header);
  constexpr const char* forms[] = {
      "%a, %d %b %Y %H:%M:%S GMT", // RFC 5322
      "%A, %d-%b-%y %H:%M:%S GMT", // RFC 850
      "%a %b %e %H:%M:%S %Y",      // asctime
  };
  for (const auto* form : forms) {
    // std::get_time takes half a date for a whole one: what it has read must be spelled alike.
    std::istringstream in{std::string(header)};
    std::ostringstream out;
    in.imbue(std::locale::classic());
    out.imbue(std::locale::classic());
    std::tm broken_down{};
    in >> std::get_time(&broken_down, form);
    out << std::put_time(&broken_down, form);
    if (!in.fail() && out.str() == header)
      return timegm(&broken_down);
  }
  return std::nullopt;
}

std::optional<milliseconds> parse_retry_after(std::string_view header, std::int64_t answered_at_s) {
  header = trimmed(header);
  if (const auto seconds = parse_seconds(header))
    return seconds;
  const auto date = parse_http_date(header);
  if (!date)
    return std::nullopt;
  const std::chrono::seconds wait{*date - answered_at_s};
  return std::clamp<milliseconds>(wait, milliseconds{0}, longest_retry_after);
}

std::optional<milliseconds> parse_rate_limit(std::string_view header) {
  std::optional<milliseconds> longest;
  while (!header.empty()) {
    auto item = take_part(header, ',');
    take_part(item, ';'); // the policy's name
    bool exhausted = true;
    std::optional<milliseconds> reset;
    while (!item.empty()) {
      auto value = take_part(item, ';');
      const auto name = take_part(value, '=');
      if (name == "r")
        exhausted = value == "0";
      else if (name == "t")
        reset = parse_seconds(value);
    }
    if (exhausted && reset)
      longest = std::max(longest.value_or(milliseconds{0}), *reset);
  }
  return longest;
}

} // namespace meme
