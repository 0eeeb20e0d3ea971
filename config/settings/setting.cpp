#include "config/settings/setting.hpp"

#include <algorithm>
#include <cctype>
#include <type_traits>
#include <utility>

#include "config/settings/spelling.hpp"

namespace meme::config {

namespace {

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};

/// The largest whole number that fits, up to 2^53: larger ones have no exact double (and no place
/// in JSON).
template <class T>
double largest() {
  constexpr std::uint64_t exact = std::uint64_t{1} << 53;
  constexpr std::uint64_t most = std::numeric_limits<T>::max();
  return static_cast<double>(most < exact ? most : exact - 1);
}

struct default_bounds {
  setting& row;

  template <class T>
  void operator()(T*) const {
    if constexpr (is_optional<T>::value)
      (*this)(static_cast<typename T::value_type*>(nullptr));
    else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
      row.most = largest<T>();
  }
};

std::string environment_name(std::string_view key) {
  std::string result = "MEME_";
  for (unsigned char c : key)
    result += std::isalnum(c) ? static_cast<char>(std::toupper(c)) : '_';
  return result;
}

std::string listed(std::string_view choices) {
  std::string result;
  for (char c : choices)
    result += c == '|' ? std::string{", "} : std::string{c};
  return result;
}

struct type_words {
  const setting& row;

  std::string bounded(std::string what) const {
    return std::move(what) + ", " + number_text(row.least) + ".." + number_text(row.most);
  }

  std::string time(std::string_view unit_example) const {
    const auto text = [this](double ms) {
      return time_text(milliseconds{static_cast<milliseconds::rep>(ms)}, row.is_plain_seconds);
    };
    const std::string plain = row.is_plain_seconds ? "seconds, or " : "";
    return plain + "a time with its unit (" + std::string{unit_example} + "), " + text(row.least)
           + ".." + text(row.most);
  }

  std::string operator()(const std::string*) const {
    return row.choices.empty() ? row.text_words : "one of " + listed(row.choices);
  }
  std::string operator()(const bool*) const { return "true or false"; }
  std::string operator()(const std::uint32_t*) const { return bounded("a whole number"); }
  std::string operator()(const std::uint64_t*) const {
    return bounded(row.is_size ? "a number of bytes" : "a whole number");
  }
  std::string operator()(const double*) const { return bounded("a number"); }
  std::string operator()(const milliseconds*) const { return time("500ms, 30s, 5min"); }
  std::string operator()(const seconds*) const { return time("30s, 5min, 1h"); }
  std::string operator()(const model_map*) const { return row.text_words; }

  template <class Parts, expected<Parts> (*Parse)(std::string_view)>
  std::string operator()(const address<Parts, Parse>*) const {
    return row.text_words;
  }

  template <class T>
  std::string operator()(const std::optional<T>*) const {
    return (*this)(static_cast<const T*>(nullptr));
  }
};

} // namespace

setting::setting(std::string its_key, slot its_target, std::string its_help)
    : key(std::move(its_key)), target(its_target), help(std::move(its_help)) {
  if (is_command_option())
    alias = key;
  else
    environment = environment_name(key);
  std::visit(default_bounds{*this}, target);
}

setting& setting::contract(std::string its_environment, std::string its_alias, std::string word) {
  environment = std::move(its_environment);
  alias = std::move(its_alias);
  return placeholder(std::move(word));
}

setting& setting::placeholder(std::string word) {
  value_word = std::move(word);
  return *this;
}

setting& setting::or_file() {
  has_file_variable = true;
  return *this;
}

setting& setting::formerly(std::string old_key) {
  auto old_environment = environment_name(old_key);
  former_names.push_back({std::move(old_key), std::move(old_environment)});
  return *this;
}

setting& setting::range(std::uint64_t its_least, std::uint64_t its_most) {
  least = static_cast<double>(its_least);
  most = static_cast<double>(its_most);
  return *this;
}

setting& setting::range(milliseconds its_least, milliseconds its_most) {
  least = static_cast<double>(its_least.count());
  most = static_cast<double>(its_most.count());
  return *this;
}

setting& setting::bytes(std::uint64_t its_least, std::uint64_t its_most) {
  is_size = true;
  return range(its_least, its_most);
}

setting& setting::plain_seconds() {
  is_plain_seconds = true;
  return *this;
}

setting& setting::takes(std::string words, text_check its_check) {
  text_words = std::move(words);
  check = its_check;
  return *this;
}

setting& setting::one_of(std::string words) {
  choices = std::move(words);
  return *this;
}

setting& setting::hidden(secrecy what) {
  hides = what;
  return *this;
}

setting& setting::positional() {
  is_positional = true;
  return *this;
}

setting& setting::required() {
  is_required = true;
  return *this;
}

std::string setting::takes() const {
  return std::visit(type_words{*this}, target);
}

std::string setting::names() const {
  std::string result = environment;
  if (has_file_variable)
    result += ", " + environment + "_FILE";
  return result + ", --" + (alias.empty() ? key : alias);
}

bool setting::is_former_name(std::string_view spelled) const {
  return std::any_of(former_names.begin(), former_names.end(), [&](const former_name& old) {
    return spelled == old.key || spelled == old.environment || spelled == "--" + old.key;
  });
}

std::string setting::section() const {
  return key.substr(0, key.rfind('.'));
}

std::string setting::name() const {
  return key.substr(key.rfind('.') + 1);
}

} // namespace meme::config
