#include "config/settings/value.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <type_traits>
#include <utility>
#include <vector>

#include <caf/atom.hpp>
#include <caf/timespan.hpp>

#include "config/settings/time_units.hpp"

namespace meme::config {

namespace {

using caf::config_value;
using caf::timespan;

error out_of_range() {
  return {error_kind::out_of_range, "is out of range"};
}

// -- from text to one of CAF's values ---------------------------------------------------------

using conversion = expected<config_value>;

/// Reads a number at the start of `text` and takes it off.
template <class Number>
std::errc take_number(std::string_view& text, Number& number) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return failure;
}

conversion read_integer(std::string_view text) {
  std::int64_t number = 0;
  const auto failure = take_number(text, number);
  if (failure == std::errc::invalid_argument || !text.empty())
    return malformed("is not a whole number");
  if (failure == std::errc::result_out_of_range)
    return out_of_range();
  return config_value{number};
}

conversion read_real(std::string_view text) {
  double number = 0;
  const auto failure = take_number(text, number);
  if (failure == std::errc::invalid_argument || !text.empty() || !std::isfinite(number))
    return malformed("is not a number");
  if (failure == std::errc::result_out_of_range)
    return out_of_range();
  return config_value{number};
}

conversion read_time(std::string_view text) {
  std::int64_t number = 0;
  const auto failure = take_number(text, number);
  if (failure == std::errc::invalid_argument)
    return malformed("is not a time");
  if (failure == std::errc{} && text.empty())
    return config_value{number};
  for (const auto& unit : time_units) {
    if (text != unit.name)
      continue;
    const auto most = timespan::max() / unit.length;
    if (failure != std::errc{} || number > most || number < -most)
      return out_of_range();
    return config_value{number * unit.length};
  }
  return failure == std::errc{} || !text.empty() ? malformed("is not a time") : out_of_range();
}

conversion read_list(std::string_view text) {
  config_value::list items;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    items.emplace_back(std::string{text.substr(0, comma)});
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return config_value{std::move(items)};
}

struct text_reader {
  std::string_view text;

  conversion operator()(std::string*) const { return config_value{std::string{text}}; }
  conversion operator()(bool*) const {
    if (text != "true" && text != "false")
      return malformed("is neither true nor false");
    return config_value{text == "true"};
  }
  conversion operator()(std::uint32_t*) const { return read_integer(text); }
  conversion operator()(std::uint64_t*) const { return read_integer(text); }
  conversion operator()(double*) const { return read_real(text); }
  conversion operator()(milliseconds*) const { return read_time(text); }
  conversion operator()(seconds*) const { return read_time(text); }
  conversion operator()(model_map*) const { return read_list(text); }

  template <class Parts, expected<Parts> (*Parse)(std::string_view)>
  conversion operator()(address<Parts, Parse>*) const {
    return config_value{std::string{text}};
  }

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

/// Each returns why the value is refused; none once it is stored.
struct store {
  const setting& row;
  const config_value& value;

  bool in_range(double number) const { return number >= row.least && number <= row.most; }

  error operator()(std::string* target) const {
    std::string text;
    if (auto* given = caf::get_if<std::string>(&value))
      text = *given;
    else if (auto* atom = caf::get_if<caf::atom_value>(&value); atom && !row.choices.empty())
      text = caf::to_string(*atom);
    else
      return malformed("is not text in double quotes");
    if (!row.choices.empty() && !is_choice(row.choices, text))
      return malformed("is no such word");
    if (row.check != nullptr)
      if (auto refused = row.check(text))
        return refused;
    *target = std::move(text);
    return {};
  }

  error operator()(bool* target) const {
    auto* given = caf::get_if<bool>(&value);
    if (given == nullptr)
      return malformed("is neither true nor false");
    *target = *given;
    return {};
  }

  error operator()(double* target) const {
    double number = 0;
    if (auto* real = caf::get_if<double>(&value))
      number = *real;
    else if (auto* whole = caf::get_if<std::int64_t>(&value))
      number = static_cast<double>(*whole);
    else
      return malformed("is not a number");
    if (!in_range(number))
      return out_of_range();
    *target = number;
    return {};
  }

  template <class T>
  std::enable_if_t<std::is_integral_v<T>, error> operator()(T* target) const {
    auto* number = caf::get_if<std::int64_t>(&value);
    if (number == nullptr)
      return malformed("is not a whole number");
    if (!in_range(static_cast<double>(*number)))
      return out_of_range();
    *target = static_cast<T>(*number);
    return {};
  }

  template <class Rep, class Period>
  error operator()(std::chrono::duration<Rep, Period>* target) const {
    using unit = std::chrono::duration<Rep, Period>;
    const auto in_ms = [](auto x) { return std::chrono::duration<double, std::milli>{x}.count(); };
    if (auto* plain = caf::get_if<std::int64_t>(&value)) {
      if (!row.is_plain_seconds)
        return malformed("has no unit");
      if (!in_range(static_cast<double>(*plain) * 1'000))
        return out_of_range();
      *target = seconds{*plain};
      return {};
    }
    auto* time = caf::get_if<timespan>(&value);
    if (time == nullptr)
      return malformed("is not a time");
    if (!in_range(in_ms(*time)))
      return out_of_range();
    if (*time % unit{1} != timespan{0})
      return malformed(unit{1} == seconds{1} ? "is not a number of whole seconds"
                                             : "is not a number of whole milliseconds");
    *target = std::chrono::duration_cast<unit>(*time);
    return {};
  }

  error operator()(model_map* target) const {
    auto* items = caf::get_if<config_value::list>(&value);
    if (items == nullptr)
      return malformed("is not a list");
    model_map models;
    for (const auto& item : *items) {
      auto* text = caf::get_if<std::string>(&item);
      if (text == nullptr)
        return malformed("holds something other than text");
      if (auto refused = row.check(*text))
        return refused;
      const auto equals = text->find('=');
      if (!models.emplace(text->substr(0, equals), text->substr(equals + 1)).second)
        return malformed("names a model twice");
    }
    *target = std::move(models);
    return {};
  }

  template <class Parts, expected<Parts> (*Parse)(std::string_view)>
  error operator()(address<Parts, Parse>* target) const {
    std::string text;
    if (auto refused = (*this)(&text))
      return refused;
    auto read = address<Parts, Parse>::read(std::move(text));
    if (read)
      *target = std::move(*read);
    return read.error();
  }

  /// An empty text stands for none.
  error operator()(std::optional<http_url>* target) const {
    if (auto* given = caf::get_if<std::string>(&value); given && given->empty()) {
      target->reset();
      return {};
    }
    auto present = target->value_or(http_url{"http://none"});
    auto refused = (*this)(&present);
    if (!refused)
      *target = std::move(present);
    return refused;
  }

  template <class T>
  error operator()(std::optional<T>* target) const {
    T plain{};
    auto refused = (*this)(&plain);
    if (!refused)
      *target = std::move(plain);
    return refused;
  }
};

} // namespace

error assign(const setting& row, std::string_view text) {
  auto read = std::visit(text_reader{text}, row.target);
  return read ? assign(row, *read) : read.error();
}

error assign(const setting& row, const config_value& value) {
  return std::visit(store{row, value}, row.target);
}

bool is_too_long_a_time(std::string_view text) {
  const auto refused = read_time(text).error();
  return refused && refused.kind() == error_kind::out_of_range;
}

} // namespace meme::config
