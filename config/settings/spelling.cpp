#include "config/settings/spelling.hpp"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <variant>

#include <caf/atom.hpp>
#include <caf/timespan.hpp>

#include "config/settings/time_units.hpp"

namespace meme::config {

namespace {

using caf::config_value;
using caf::timespan;

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
  std::string operator()(const std::optional<http_url>* x) const {
    return file_string(*x ? (*x)->text() : std::string{});
  }
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

  template <class Parts, expected<Parts> (*Parse)(std::string_view)>
  std::string operator()(const address<Parts, Parse>* x) const {
    return file_string(x->text());
  }

  template <class T>
  std::string operator()(const std::optional<T>* x) const {
    return *x ? (*this)(&**x) : std::string{};
  }
};

/// The text of a target that holds one.
struct text_finder {
  std::optional<std::string> operator()(const std::string* x) const { return *x; }
  std::optional<std::string> operator()(const std::optional<http_url>* x) const {
    return *x ? (*x)->text() : std::string{};
  }

  template <class Parts, expected<Parts> (*Parse)(std::string_view)>
  std::optional<std::string> operator()(const address<Parts, Parse>* x) const {
    return x->text();
  }

  template <class T>
  std::optional<std::string> operator()(const T*) const {
    return std::nullopt;
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

std::optional<std::string> plain_text(const setting& row) {
  return std::visit(text_finder{}, row.target);
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
                    const error& reason) {
  const auto shown = row.hides == secrecy::nothing ? value + " " : std::string{};
  return name + ": " + shown + reason.message() + "; it takes " + row.takes();
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
