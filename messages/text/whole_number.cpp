#include "messages/text/whole_number.hpp"

#include <charconv>
#include <string>
#include <system_error>

namespace meme {

namespace {

/// The number of digits of 2^64 - 1.
constexpr std::size_t most_digits = 20;

/// The exponent; clamped where no number with so many digits could be in range.
std::optional<std::int64_t> read_exponent(std::string_view text) {
  constexpr std::int64_t beyond_all = 1'000'000'000;
  if (!text.empty() && text.front() == '+')
    text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (stop != text.data() + text.size())
    return std::nullopt;
  if (error == std::errc::result_out_of_range)
    return text.front() == '-' ? -beyond_all : beyond_all;
  if (error != std::errc{})
    return std::nullopt;
  return value;
}

} // namespace

std::optional<std::uint64_t> read_whole_number(std::string_view spelling) {
  const auto is_negative = !spelling.empty() && spelling.front() == '-';
  spelling.remove_prefix(is_negative ? 1 : 0);
  std::int64_t exponent = 0;
  if (const auto at = spelling.find_first_of("eE"); at != spelling.npos) {
    const auto read = read_exponent(spelling.substr(at + 1));
    if (!read)
      return std::nullopt;
    exponent = *read;
    spelling = spelling.substr(0, at);
  }
  std::string digits(spelling);
  if (const auto point = digits.find('.'); point != digits.npos) {
    exponent -= static_cast<std::int64_t>(digits.size() - point - 1);
    digits.erase(point, 1);
  }
  if (digits.empty() || digits.find_first_not_of("0123456789") != digits.npos)
    return std::nullopt;
  digits.erase(0, digits.find_first_not_of('0')); // all of them where it is 0
  if (digits.empty())
    return 0; // -0 as well
  const auto zeros = digits.size() - 1 - digits.find_last_not_of('0');
  digits.resize(digits.size() - zeros);
  exponent += static_cast<std::int64_t>(zeros);
  if (is_negative || exponent < 0 || digits.size() > most_digits
      || exponent > static_cast<std::int64_t>(most_digits - digits.size()))
    return std::nullopt;
  digits.append(static_cast<std::size_t>(exponent), '0');
  std::uint64_t value = 0;
  const auto error = std::from_chars(digits.data(), digits.data() + digits.size(), value).ec;
  return error == std::errc{} ? std::optional{value} : std::nullopt;
}

} // namespace meme
