#include "config/sources/file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <stdexcept>
#include <utility>

#include <caf/config.hpp>
#include <caf/detail/parser/read_ini.hpp>
#include <caf/parser_state.hpp>

#include "config/settings/value.hpp"

namespace meme::config {

// The parser is one of CAF's details: another version may have another one.
static_assert(CAF_VERSION == 1706, "see whether read_ini still calls its consumer this way");

namespace {

using parser_state = caf::parser_state<std::string::const_iterator>;

/// What CAF's parser tells of a file as it reads it. A map within a map adds to the key; a value
/// within a list belongs to the list.
class collector {
public:
  explicit collector(const parser_state& parser) : parser_(parser) {}

  void key(std::string name) {
    if (!lists_.empty())
      return; // of a map in a list; the list is refused as a whole
    key_ = std::move(name);
    line_ = parser_.line;
  }

  collector& begin_map() {
    limit_depth();
    if (lists_.empty())
      sections_.push_back(std::exchange(key_, {}));
    else
      lists_.emplace_back();
    return *this;
  }

  /// Runs also while an exception passes, with whatever lists are open then.
  void end_map() {
    if (lists_.empty()) {
      sections_.pop_back();
      return;
    }
    lists_.pop_back();
    if (!lists_.empty())
      lists_.back().emplace_back(caf::config_value::dictionary{});
  }

  collector& begin_list() {
    limit_depth();
    lists_.emplace_back();
    return *this;
  }

  void end_list() {
    auto list = std::move(lists_.back());
    lists_.pop_back();
    value(std::move(list));
  }

  template <class T>
  void value(T&& x) {
    if (lists_.empty())
      entries_.push_back({full_key(), line_, caf::config_value{std::forward<T>(x)}});
    else
      lists_.back().emplace_back(std::forward<T>(x));
  }

  std::vector<file_entry> take() { return std::move(entries_); }

private:
  /// The parser recurses: without a limit, a file of brackets would end the program.
  void limit_depth() const {
    constexpr std::size_t max_depth = 16;
    if (sections_.size() + lists_.size() == max_depth)
      throw std::length_error{"nests more than 16 levels deep"};
  }

  std::string full_key() const {
    std::string result;
    for (const auto& section : sections_)
      if (section != "global") // CAF's name for what stands outside all sections
        result += section + ".";
    return result + key_;
  }

  const parser_state& parser_;
  std::vector<std::string> sections_;
  std::vector<caf::config_value::list> lists_;
  std::string key_;
  int line_ = 0;
  std::vector<file_entry> entries_;
};

/// `line:column: ` of a place in a text, both from 1.
std::string location(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto last_break = before.rfind('\n');
  const auto column = last_break == before.npos ? offset + 1 : offset - last_break;
  return std::to_string(line) + ":" + std::to_string(column) + ": ";
}

std::string syntax_problem(std::string_view text, std::size_t offset) {
  if (offset < text.size() && text[offset] == '#')
    return location(text, offset) + "comments start with ; and not with #";
  if (offset == text.size())
    return location(text, offset) + "ends within a block, a list or a value";
  return location(text, offset)
         + "cannot be read from here; text stands in \"double quotes\", a time has a unit such as "
           "30s, a comment starts with ;";
}

/// CAF's parser takes no carriage return for white space.
std::string without_carriage_returns(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text.substr(i, 2) != "\r\n")
      result += text[i];
  return result;
}

/// Where a time stands that does not fit, or npos. CAF multiplies it by its unit and takes whatever
/// comes out.
std::size_t find_too_long_a_time(std::string_view text) {
  constexpr auto digits = "0123456789";
  constexpr auto units = "hmsinu";
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ';') {
      i = std::min(text.find('\n', i), text.size());
    } else if (text[i] == '"') {
      for (++i; i < text.size() && text[i] != '"' && text[i] != '\n'; ++i)
        i += text[i] == '\\' ? 1 : 0;
    } else if (text[i] >= '0' && text[i] <= '9') {
      const auto unit = std::min(text.find_first_not_of(digits, i), text.size());
      const auto end = std::min(text.find_first_not_of(units, unit), text.size());
      if (end > unit && is_too_long_a_time(text.substr(i, end - i)))
        return i;
      i = end - 1;
    }
  }
  return text.npos;
}

void find_duplicates(file_content& content) {
  std::map<std::string_view, int> lines;
  for (const auto& entry : content.entries) {
    const auto [first, is_new] = lines.emplace(entry.key, entry.line);
    if (!is_new)
      content.problems.push_back(std::to_string(entry.line) + ": " + entry.key + " stands in line "
                                 + std::to_string(first->second) + " already");
  }
}

} // namespace

file_content parse_file(std::string_view raw) {
  const auto text = without_carriage_returns(raw);
  file_content result;
  if (const auto offset = find_too_long_a_time(text); offset != std::string::npos) {
    result.problems.push_back(location(text, offset) + "no time may be so long");
    result.complete = false;
    return result;
  }
  parser_state parser{text.begin(), text.end()};
  collector collected{parser};
  const auto offset = [&] { return static_cast<std::size_t>(parser.i - text.begin()); };
  try {
    caf::detail::parser::read_ini(parser, collected);
    if (parser.code != caf::pec::success)
      result.problems.push_back(syntax_problem(text, offset()));
  } catch (const std::length_error& error) {
    result.problems.push_back(location(text, offset()) + error.what());
  }
  result.complete = result.problems.empty();
  result.entries = collected.take();
  find_duplicates(result);
  return result;
}

expected<std::string> read_file(const std::string& path, std::size_t max_bytes) {
  std::ifstream file{path, std::ios::binary};
  std::string result(max_bytes, '\0');
  file.read(result.data(), static_cast<std::streamsize>(max_bytes));
  if (!file.is_open() || file.bad())
    return error{error_kind::failed, "cannot be read"};
  result.resize(static_cast<std::size_t>(file.gcount()));
  return result;
}

bool is_ours_alone(const std::string& path) {
  const auto is_ours = [](const struct stat& file) {
    return file.st_uid == 0 || file.st_uid == ::geteuid();
  };
  struct stat entry {};
  struct stat file {};
  return ::lstat(path.c_str(), &entry) == 0 && ::stat(path.c_str(), &file) == 0 && is_ours(entry)
         && is_ours(file) && (file.st_mode & S_IWOTH) == 0;
}

} // namespace meme::config
