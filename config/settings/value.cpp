#include "config/settings/value.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <type_traits>
#include <utility>
#include <vector>

#include <caf/atom.hpp>
#include <caf/timespan.hpp>

namespace meme::config {

namespace {

using caf::config_value;
using caf::timespan;

const std::string out_of_range = "is out of range";

struct time_unit {
  std::string_view name;
  timespan length;
};

/// The units of CAF's files, so that a time reads the same wherever it stands. Largest first.
constexpr std::array<time_unit, 6> time_units = {{{"h", std::chrono::hours{1}},
                                                  {"min", std::chrono::minutes{1}},
                                                  {"s", seconds{1}},
                                                  {"ms", milliseconds{1}},
                                                  {"us", std::chrono::microseconds{1}},
                                                  {"ns", timespan{1}}}};

// -- from text to one of CAF's values ---------------------------------------------------------

struct conversion {
  std::string reason; ///< empty: there is a value
  config_value value;
};

/// Reads a number at the start of `text` and takes it off.
template <class Number>
std::errc take_number(std::string_view& text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error;
}

conversion read_integer(std::string_view text) {
  std::int64_t number = 0;
  const auto error = take_number(text, number);
  if (error == std::errc::invalid_argument || !text.empty())
    return {"is not a whole number", {}};
  if (error == std::errc::result_out_of_range)
    return {out_of_range, {}};
  return {"", config_value{number}};
}

conversion read_real(std::string_view text) {
  double number = 0;
  const auto error = take_number(text, number);
  if (error == std::errc::invalid_argument || !text.empty() || !std::isfinite(number))
    return {"is not a number", {}};
  if (error == std::errc::result_out_of_range)
    return {out_of_range, {}};
  return {"", config_value{number}};
}

conversion read_time(std::string_view text) {
  std::int64_t number = 0;
  const auto error = take_number(text, number);
  if (error == std::errc::invalid_argument)
    return {"is not a time", {}};
  if (error == std::errc{} && text.empty())
    return {"", config_value{number}};
  for (const auto& unit : time_units) {
    if (text != unit.name)
      continue;
    const auto most = timespan::max() / unit.length;
    if (error != std::errc{} || number > most || number < -most)
      return {out_of_range, {}};
    return {"", config_value{number * unit.length}};
  }
  return {error == std::errc{} || !text.empty() ? "is not a time" : out_of_range, {}};
}

conversion read_list(std::string_view text) {
  config_value::list items;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    items.emplace_back(std::string{text.substr(0, comma)});
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return {"", config_value{std::move(items)}};
}

struct text_reader {
  std::string_view text;

  conversion operator()(std::string*) const { return {"", config_value{std::string{text}}}; }
  conversion operator()(bool*) const {
    if (text != "true" && text != "false")
      return {"is neither true nor false", {}};
    return {"", config_value{text == "true"}};
  }
  conversion operator()(std::uint32_t*) const { return read_integer(text); }
  conversion operator()(std::uint64_t*) const { return read_integer(text); }
  conversion operator()(double*) const { return read_real(text); }
  conversion operator()(milliseconds*) const { return read_time(text); }
  conversion operator()(seconds*) const { return read_time(text); }
  conversion operator()(model_map*) const { return read_list(text); }

  template <class T>
  conversion operator()(std::optional<T>*) const {
    return (*this)(static_cast<T*>(nullptr));
  }
};

// -- from one of CAF's values to the target ---------------------------------------------------

bool is_choice(std::string_view choices, std::string_view word) {
  while (!choices.empty()) {
    const auto bar = std::min(choices.find('|'), choices.size());
    if (choices.substr(0, bar) == word)
      return true;
    choices.remove_prefix(std::min(bar + 1, choices.size()));
  }
  return false;
}

/// Each returns why the value is refused; nothing once it is stored.
struct store {
  const setting& row;
  const config_value& value;

  bool in_range(double number) const { return number >= row.least && number <= row.most; }

  std::string operator()(std::string* target) const {
    std::string text;
    if (auto* given = caf::get_if<std::string>(&value))
      text = *given;
    else if (auto* atom = caf::get_if<caf::atom_value>(&value); atom && !row.choices.empty())
      text = caf::to_string(*atom);
    else
      return "is not text in double quotes";
    if (!row.choices.empty() && !is_choice(row.choices, text))
      return "is no such word";
    if (row.check != nullptr)
      if (auto reason = row.check(text); !reason.empty())
        return reason;
    *target = std::move(text);
    return {};
  }

  std::string operator()(bool* target) const {
    auto* given = caf::get_if<bool>(&value);
    if (given == nullptr)
      return "is neither true nor false";
    *target = *given;
    return {};
  }

  std::string operator()(double* target) const {
    double number = 0;
    if (auto* real = caf::get_if<double>(&value))
      number = *real;
    else if (auto* whole = caf::get_if<std::int64_t>(&value))
      number = static_cast<double>(*whole);
    else
      return "is not a number";
    if (!in_range(number))
      return out_of_range;
    *target = number;
    return {};
  }

  template <class T>
  std::enable_if_t<std::is_integral_v<T>, std::string> operator()(T* target) const {
    auto* number = caf::get_if<std::int64_t>(&value);
    if (number == nullptr)
      return "is not a whole number";
    if (!in_range(static_cast<double>(*number)))
      return out_of_range;
    *target = static_cast<T>(*number);
    return {};
  }

  template <class Rep, class Period>
  std::string operator()(std::chrono::duration<Rep, Period>* target) const {
    using unit = std::chrono::duration<Rep, Period>;
    const auto in_ms = [](auto x) { return std::chrono::duration<double, std::milli>{x}.count(); };
    if (auto* plain = caf::get_if<std::int64_t>(&value)) {
      if (!row.is_plain_seconds)
        return "has no unit";
      if (!in_range(static_cast<double>(*plain) * 1'000))
        return out_of_range;
      *target = seconds{*plain};
      return {};
    }
    auto* time = caf::get_if<timespan>(&value);
    if (time == nullptr)
      return "is not a time";
    if (!in_range(in_ms(*time)))
      return out_of_range;
    if (*time % unit{1} != timespan{0})
      return unit{1} == seconds{1} ? "is not a number of whole seconds"
                                   : "is not a number of whole milliseconds";
    *target = std::chrono::duration_cast<unit>(*time);
    return {};
  }

  std::string operator()(model_map* target) const {
    auto* items = caf::get_if<config_value::list>(&value);
    if (items == nullptr)
      return "is not a list";
    model_map models;
    for (const auto& item : *items) {
      auto* text = caf::get_if<std::string>(&item);
      if (text == nullptr)
        return "holds something other than text";
      if (auto reason = row.check(*text); !reason.empty())
        return reason;
      const auto equals = text->find('=');
      if (!models.emplace(text->substr(0, equals), text->substr(equals + 1)).second)
        return "names a model twice";
    }
    *target = std::move(models);
    return {};
  }

  template <class T>
  std::string operator()(std::optional<T>* target) const {
    T plain{};
    auto reason = (*this)(&plain);
    if (reason.empty())
      *target = std::move(plain);
    return reason;
  }
};

// -- from the target to the file's spelling -----------------------------------------------------

std::string file_string(std::string_view text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '\n')
      result += "\\n";
    else if (c == '\r')
      result += "\\r";
    else if (c == '\t')
      result += "\\t";
    else if (c == '"' || c == '\\')
      (result += '\\') += c;
    else
      result += c;
  }
  return result += '"';
}

struct file_writer {
  const setting& row;

  std::string operator()(const std::string* x) const { return file_string(*x); }
  std::string operator()(const bool* x) const { return *x ? "true" : "false"; }
  std::string operator()(const std::uint32_t* x) const { return std::to_string(*x); }
  std::string operator()(const std::uint64_t* x) const { return std::to_string(*x); }
  std::string operator()(const double* x) const { return number_text(*x); }
  std::string operator()(const milliseconds* x) const {
    return time_text(*x, row.is_plain_seconds);
  }
  std::string operator()(const seconds* x) const { return time_text(*x, row.is_plain_seconds); }

  std::string operator()(const model_map* models) const {
    std::string result;
    for (const auto& [old_name, new_name] : *models)
      result += (result.empty() ? "" : ", ") + file_string(old_name + "=" + new_name);
    return "[" + result + "]";
  }

  template <class T>
  std::string operator()(const std::optional<T>* x) const {
    return *x ? (*this)(&**x) : std::string{};
  }
};

struct quoter {
  std::string operator()(const std::string& x) const { return in_quotes(x); }
  std::string operator()(bool x) const { return x ? "true" : "false"; }
  std::string operator()(std::int64_t x) const { return std::to_string(x); }
  std::string operator()(double x) const { return number_text(x); }
  std::string operator()(caf::atom_value x) const { return "'" + caf::to_string(x) + "'"; }
  std::string operator()(const config_value::list&) const { return "a list"; }
  std::string operator()(const config_value::dictionary&) const { return "a block"; }
  std::string operator()(const caf::uri&) const { return "a <URI>"; }

  std::string operator()(timespan x) const {
    if (x == timespan{0})
      return "0s";
    for (const auto& unit : time_units)
      if (x % unit.length == timespan{0})
        return std::to_string(x / unit.length) + std::string{unit.name};
    return {};
  }
};

} // namespace

std::string assign(const setting& row, std::string_view text) {
  auto read = std::visit(text_reader{text}, row.target);
  return read.reason.empty() ? assign(row, read.value) : read.reason;
}

std::string assign(const setting& row, const config_value& value) {
  return std::visit(store{row, value}, row.target);
}

bool is_too_long_a_time(std::string_view text) {
  return read_time(text).reason == out_of_range;
}

std::string file_text(const setting& row) {
  return std::visit(file_writer{row}, row.target);
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t max_shown = 80;
  std::string result = "\"";
  for (unsigned char c : text.substr(0, max_shown)) {
    if (c >= ' ' && c < 0x7f) {
      result += static_cast<char>(c);
    } else {
      char escaped[5];
      std::snprintf(escaped, sizeof(escaped), "\\x%02x", static_cast<unsigned>(c));
      result += escaped;
    }
  }
  return result + (text.size() > max_shown ? "\"..." : "\"");
}

std::string in_quotes(const config_value& value) {
  return caf::visit(quoter{}, value.get_data());
}

std::string refusal(const std::string& name, const setting& row, const std::string& value,
                    const std::string& reason) {
  const auto shown = row.hides == secrecy::nothing ? value + " " : std::string{};
  return name + ": " + shown + reason + "; it takes " + row.takes();
}

std::string time_text(milliseconds time, bool in_seconds) {
  if (in_seconds && time % seconds{1} == milliseconds{0})
    return std::to_string(time / seconds{1}) + "s";
  return quoter{}(timespan{time});
}

std::string number_text(double number) {
  // Beyond these the digits would not fit, nor help.
  constexpr double least = 1e-5;
  constexpr double most = 1e15;
  const auto size = std::abs(number);
  const auto format = size == 0 || (size >= least && size < most) ? std::chars_format::fixed
                                                                  : std::chars_format::scientific;
  char text[64];
  return {text, std::to_chars(text, text + sizeof(text), number, format).ptr};
}

} // namespace meme::config
