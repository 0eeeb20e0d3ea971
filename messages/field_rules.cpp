#include "messages/field_rules.hpp"

#include <array>
#include <charconv>
#include <limits>

#include "messages/subjects/subject.hpp"
#include "messages/text/utf8.hpp"
#include "messages/text/whole_number.hpp"

namespace meme {

namespace {

constexpr auto largest_seed = std::numeric_limits<std::uint64_t>::max();

std::string number_text(double value) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return {digits.data(), end};
}

std::string whole_words(std::uint64_t least, std::uint64_t most) {
  return "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
}

/// Code points; each invalid byte counts as one.
std::size_t length_of(std::string_view text) {
  std::size_t chars = 0;
  for (; !text.empty(); ++chars)
    take_code_point(text);
  return chars;
}

/// Whether `text` can be given to a model. The JSON reader lets the escape of a lone low surrogate
/// pass: it shows here as invalid UTF-8.
bool is_prompt(std::string_view text, std::size_t max_chars, bool may_be_blank) {
  bool blank = !may_be_blank;
  for (std::size_t chars = 0; !text.empty(); ++chars) {
    const auto c = take_code_point(text);
    if (c == invalid_code_point || c == 0 || chars == max_chars)
      return false;
    blank = blank && is_space(c);
  }
  return !blank;
}

template <class Int>
bool take_whole(std::string_view spelling, std::uint64_t least, std::uint64_t most,
                std::optional<Int>& target) {
  const auto number = read_whole_number(spelling);
  if (!number || *number < least || *number > most)
    return false;
  target = static_cast<Int>(*number);
  return true;
}

} // namespace

bool is_printable(std::string_view text, std::size_t max_chars) {
  for (std::size_t chars = 0; !text.empty(); ++chars) {
    const auto c = take_code_point(text);
    if (c == invalid_code_point || is_control(c) || chars == max_chars)
      return false;
  }
  return true;
}

std::string flag_rule::words(const request_limits&) const {
  return "true or false";
}

bool flag_rule::take(const json_value& value, const request_limits&, bool& target) const {
  const auto* flag = std::get_if<bool>(&value);
  if (flag != nullptr)
    target = *flag;
  return flag != nullptr;
}

std::string printable_rule::words(const request_limits& limits) const {
  return "a string of up to " + std::to_string(limits.*max_chars) + " printable characters";
}

bool printable_rule::take(const json_value& value, const request_limits& limits,
                          std::string& target) const {
  const auto* text = std::get_if<std::string_view>(&value);
  if (text == nullptr || !is_printable(*text, limits.*max_chars))
    return false;
  target = *text;
  return true;
}

std::string prompt_rule::words(const request_limits& limits) const {
  const auto characters = std::to_string(limits.max_prompt_chars) + " characters without NUL";
  return may_be_blank ? "a string of up to " + characters
                      : "a string of 1 to " + characters + ", not all of them white space";
}

std::string prompt_rule::note(const json_value& value, const request_limits& limits) const {
  const auto* text = std::get_if<std::string_view>(&value);
  const auto chars = text != nullptr ? length_of(*text) : 0;
  return chars > limits.max_prompt_chars ? "; it has " + std::to_string(chars) : "";
}

bool prompt_rule::take(const json_value& value, const request_limits& limits,
                       std::string& target) const {
  const auto* text = std::get_if<std::string_view>(&value);
  if (text == nullptr || !is_prompt(*text, limits.max_prompt_chars, may_be_blank))
    return false;
  target = *text;
  return true;
}

bool prompt_rule::take(const json_value& value, const request_limits& limits,
                       std::optional<std::string>& target) const {
  return take(value, limits, target.emplace());
}

std::string number_rule::words(const request_limits& limits) const {
  return "a number from 0 to " + number_text(limits.*most);
}

bool number_rule::take(const json_value& value, const request_limits& limits,
                       std::optional<double>& target) const {
  const auto* number = std::get_if<json_number>(&value);
  if (number == nullptr)
    return false;
  double read = 0;
  const auto* end = number->spelling.data() + number->spelling.size();
  const auto error = std::from_chars(number->spelling.data(), end, read).ec;
  if (error != std::errc{} || !(read >= 0 && read <= limits.*most))
    return false;
  target = read + 0.0; // makes -0 a 0
  return true;
}

std::string whole_rule::words(const request_limits& limits) const {
  return whole_words(least.in(limits), most.in(limits));
}

bool whole_rule::take(const json_value& value, const request_limits& limits,
                      std::optional<std::uint32_t>& target) const {
  const auto* number = std::get_if<json_number>(&value);
  return number != nullptr
         && take_whole(number->spelling, least.in(limits), most.in(limits), target);
}

std::string seed_rule::words(const request_limits&) const {
  return whole_words(0, largest_seed) + ", or -1 for any";
}

bool seed_rule::take(const json_value& value, const request_limits&,
                     std::optional<std::uint64_t>& target) const {
  const auto* number = std::get_if<json_number>(&value);
  if (number == nullptr)
    return false;
  const auto is_negative = number->spelling.front() == '-';
  if (is_negative && read_whole_number(number->spelling.substr(1)) == std::uint64_t{1})
    return true;
  return take_whole(number->spelling, 0, largest_seed, target);
}

std::string reply_subject_rule::words(const request_limits&) const {
  return "a NATS subject of up to 255 bytes without wildcards, that does not begin with $";
}

bool reply_subject_rule::take(const json_value& value, const request_limits&,
                              std::string& target) const {
  const auto* text = std::get_if<std::string_view>(&value);
  if (text == nullptr || !(text->empty() || valid_reply_subject(*text)))
    return false;
  target = *text;
  return true;
}

} // namespace meme
