#include "config/loader.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "config/address/clear_text.hpp"
#include "config/conflict.hpp"
#include "config/settings/dump.hpp"
#include "config/settings/help.hpp"
#include "config/settings/spelling.hpp"
#include "config/settings/suggestion.hpp"
#include "config/settings/value.hpp"
#include "config/sources/arguments.hpp"
#include "config/sources/environment.hpp"
#include "config/sources/file.hpp"
#include "config/table.hpp"

namespace meme::config {

namespace {

using action = arguments::action;

constexpr std::size_t max_file_bytes = 1 << 20;
constexpr const char* unnamed = "configuration file";

/// The names under which one setting was given, each with its place.
struct given_names {
  std::vector<std::string> current; ///< in the source that is being read
  std::vector<std::string> former;  ///< in this source and in those before it
  std::size_t former_in_other_sources = 0;
};

class loader {
public:
  loader(options& values, const sources& from, const std::vector<command>& commands)
      : values_(values),
        from_(from),
        commands_(commands),
        table_(table_of(values)),
        origins_(table_.size()),
        given_(table_.size()),
        line_(parse_arguments(from.arguments, table_, commands)) {}

  decision load() {
    switch (line_.asked) {
    case action::help:
      return stop{0, help_text(line_.command_name, commands_, table_), ""};
    case action::long_help:
      return stop{0, long_help_text(table_), ""};
    case action::version:
      return stop{0, version_text(), ""};
    case action::dump_config:
    case action::run:
      break;
    }
    read_config_file();
    check_names();
    read_environment();
    check_names();
    read_command_line();
    check_names();
    check_together();
    if (!problems_.empty())
      return stop{2, "", report()};
    if (line_.asked == action::dump_config)
      return stop{0, dump(table_, origins_), printed_warnings()};
    return run{line_.chosen, std::move(line_.call), config_file_, warnings()};
  }

private:
  // -- one source after the other ---------------------------------------------------------------

  void read_config_file() {
    if (!choose_config_file())
      return;
    // A file in the folder in which the program is started would decide where the token goes and
    // which program is run. So it must be ours alone.
    if (config_file_name_ == unnamed && std::filesystem::path{config_file_}.is_relative()
        && !is_ours_alone(config_file_))
      return file_problem(config_file_name_ + ": " + in_quotes(config_file_)
                          + " belongs to another user or can be written by all; if it is meant, "
                            "--config-file names it");
    const auto text = read_file(config_file_, max_file_bytes + 1);
    const auto refused = text && text->size() > max_file_bytes
                             ? error{error_kind::out_of_range, "has more than a mebibyte"}
                             : text.error();
    if (refused)
      return file_problem(config_file_name_ + ": " + in_quotes(config_file_) + " "
                          + refused.message());
    const auto content = parse_file(*text);
    file_is_doubtful_ = !content.complete;
    for (const auto& line : content.problems)
      problem(config_file_ + ":" + line);
    for (const auto& entry : content.entries)
      take_file_entry(entry);
  }

  /// Returns whether there is one.
  bool choose_config_file() {
    config_file_name_ = "MEME_CONFIG_FILE";
    if (line_.config_file) {
      config_file_name_ = "--config-file";
      config_file_ = *line_.config_file;
      return true;
    }
    if (auto named = variable(config_file_name_)) {
      config_file_ = *named;
      return true;
    }
    config_file_name_ = unnamed;
    for (const auto& file : from_.default_files) {
      std::error_code ignored;
      if (std::filesystem::exists(file, ignored)) {
        config_file_ = file;
        return true;
      }
    }
    return false;
  }

  void take_file_entry(const file_entry& entry) {
    const auto place = config_file_ + ":" + std::to_string(entry.line) + ": ";
    for (std::size_t i = 0; i < table_.size(); ++i) {
      if (table_[i].key != entry.key && !table_[i].is_former_name(entry.key))
        continue;
      const auto refused = assign(table_[i], entry.value);
      return settle(i, entry.key, refused, in_quotes(entry.value), place);
    }
    std::vector<std::string> keys;
    for (const auto& row : table_)
      keys.push_back(row.key);
    problem(place + entry.key + ": is no setting" + suggestion(entry.key, keys));
  }

  void read_environment() {
    for (std::size_t i = 0; i < table_.size(); ++i) {
      const auto& name = table_[i].environment;
      const auto value = variable(name);
      const auto file = table_[i].has_file_variable ? variable(name + "_FILE") : std::nullopt;
      if (value && file) {
        doubtful_.insert(table_[i].key);
        problem(name + " and " + name + "_FILE: are both set; one of them has to go");
      } else if (value) {
        take_text(i, name, *value);
      } else if (file) {
        take_secret_file(i, name + "_FILE", *file);
      }
      for (const auto& old : table_[i].former_names)
        if (const auto old_value = variable(old.environment))
          take_text(i, old.environment, *old_value);
    }
  }

  /// Spaces and line breaks at the end are dropped: most editors write a line break there.
  void take_secret_file(std::size_t row, const std::string& name, const std::string& path) {
    const auto text = read_file(path, max_file_bytes);
    const auto end = text ? text->find_last_not_of(" \t\r\n") : std::string::npos;
    if (end == std::string::npos) {
      const auto refused = text ? malformed("is empty") : text.error();
      doubtful_.insert(table_[row].key);
      return problem(name + ": " + in_quotes(path) + " " + refused.message());
    }
    if (take_text(row, name, text->substr(0, end + 1)))
      origins_[row].is_secret_file = true;
  }

  void read_command_line() {
    problems_.insert(problems_.end(), line_.problems.begin(), line_.problems.end());
    for (const auto& each : line_.assignments)
      take_text(each.row, each.spelled, each.value);
  }

  // -- one value --------------------------------------------------------------------------------

  bool take_text(std::size_t row, const std::string& name, const std::string& text) {
    const auto refused = assign(table_[row], text);
    settle(row, name, refused, in_quotes(text));
    return !refused;
  }

  /// Notes where a value is from, or why it was refused.
  void settle(std::size_t row, const std::string& name, const error& refused,
              const std::string& value, const std::string& place = {}) {
    auto& names = table_[row].is_former_name(name) ? given_[row].former : given_[row].current;
    if (std::find(names.begin(), names.end(), place + name) == names.end())
      names.push_back(place + name);
    if (!refused) {
      origins_[row] = {name, false};
    } else {
      doubtful_.insert(table_[row].key);
      problem(place + refusal(name, table_[row], value, refused));
    }
  }

  // -- all values -------------------------------------------------------------------------------

  /// To be called after each source. If a source gave a setting under its old and its new name,
  /// their order would decide which value counts. So a source may use only one of them. A later
  /// source overrides an earlier one under either name: the file that is shipped has the new names,
  /// and an environment variable with an old name has to override it.
  void check_names() {
    for (auto& given : given_) {
      if (!given.current.empty() && given.former.size() > given.former_in_other_sources)
        problem(given.former.back() + " and " + given.current.front()
                + ": are the old and the new name of one setting; give only the new one");
      given.current.clear();
      given.former_in_other_sources = given.former.size();
    }
  }

  void check_together() {
    for (const auto& found : find_conflicts(values_))
      if (!doubtful_.count(found.first) && !doubtful_.count(found.second))
        problem(name_of(found.first) + " and " + name_of(found.second) + ": " + found.reason);
    const bool needs_token =
        line_.asked == action::run && line_.is_known_command && line_.chosen->calls_model;
    if (needs_token && values_.generator.token.empty() && !doubtful_.count("generator.token")
        && !file_is_doubtful_)
      problem("HF_API_TOKEN: is required to serve; set it, HF_API_TOKEN_FILE, --hf-api-token or "
              "generator.token");
    if (needs_token && !values_.generator.token.empty() && !values_.generator.allow_insecure_token)
      check_encryption();
  }

  /// Refuses to send the token over an unencrypted connection: whoever can read the connection
  /// could read the token and use it.
  void check_encryption() {
    constexpr std::chrono::milliseconds patience{400}; // bad settings are told within a second
    const std::pair<const char*, std::optional<http_url>> addresses[] = {
        {"generator.url", values_.generator.url},
        {"generator.fast-url", values_.generator.fast_url}};
    for (const auto& [key, url] : addresses) {
      if (!url || doubtful_.count(key))
        continue;
      if (const auto host = clear_text_host(*url, patience); !host.empty())
        problem(name_of(key) + ": would send the token in clear to " + in_quotes(host)
                + "; it takes https://, or "
                  "generator.allow-insecure-token (MEME_GENERATOR_ALLOW_INSECURE_TOKEN) = true");
    }
  }

  /// The name of the setting as its source spells it. For a setting with its default value: the
  /// name of its environment variable.
  std::string name_of(const std::string& key) const {
    for (std::size_t i = 0; i < table_.size(); ++i)
      if (table_[i].key == key)
        return origins_[i].spelled.empty() ? table_[i].environment + " (default)"
                                           : origins_[i].spelled;
    return key;
  }

  // -- the rest ---------------------------------------------------------------------------------

  std::optional<std::string> variable(const std::string& name) const {
    auto value = from_.variables(name);
    return value && value->empty() ? std::nullopt : value;
  }

  std::vector<std::string> warnings() const {
    // MEME_GENERATOR tells the scripts where the program is.
    std::vector<std::string> known{"MEME_CONFIG_FILE", "MEME_GENERATOR"};
    for (const auto& row : table_) {
      known.push_back(row.environment);
      if (row.has_file_variable)
        known.push_back(row.environment + "_FILE");
    }
    std::vector<std::string> set;
    for (const auto& name : from_.variable_names)
      if (variable(name) && !is_former_name(name))
        set.push_back(name);
    auto lines = doubtful_variables(set, known);
    for (std::size_t i = 0; i < table_.size(); ++i)
      if (!given_[i].former.empty())
        lines.push_back(renamed(table_[i], given_[i].former));
    return lines;
  }

  bool is_former_name(const std::string& variable_name) const {
    return std::any_of(table_.begin(), table_.end(),
                       [&](const setting& row) { return row.is_former_name(variable_name); });
  }

  static std::string renamed(const setting& row, const std::vector<std::string>& old_names) {
    std::string line;
    for (const auto& name : old_names)
      line += (line.empty() ? "" : ", ") + name;
    return line + ": the setting is called " + row.key + " now (" + row.names() + ")";
  }

  std::string printed_warnings() const {
    std::string result;
    for (const auto& line : warnings())
      result += "meme-generator: warning: " + line + "\n";
    return result;
  }

  void problem(std::string line) { problems_.push_back(std::move(line)); }

  void file_problem(std::string line) {
    file_is_doubtful_ = true;
    problem(std::move(line));
  }

  std::string report() const {
    std::string result;
    for (const auto& line : problems_)
      result += "meme-generator: " + line + "\n";
    return result;
  }

  options& values_;
  const sources& from_;
  const std::vector<command>& commands_;
  std::vector<setting> table_;
  std::vector<origin> origins_;    ///< one for each row
  std::vector<given_names> given_; ///< one for each row
  arguments line_;
  std::string config_file_;
  std::string config_file_name_; ///< who says so
  std::vector<std::string> problems_;
  std::set<std::string> doubtful_; ///< settings of which some value was refused
  bool file_is_doubtful_ = false;  ///< not all of its values are known
};

} // namespace

decision load_options(options& values, const sources& from, const std::vector<command>& commands) {
  return loader{values, from, commands}.load();
}

} // namespace meme::config
