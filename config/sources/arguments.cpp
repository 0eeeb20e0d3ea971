#include "config/sources/arguments.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "config/settings/spelling.hpp"
#include "config/settings/suggestion.hpp"
#include "config/settings/value.hpp"

namespace meme::config {

namespace {

using action = arguments::action;

const std::vector<std::pair<std::string, action>> actions = {{"-h", action::help},
                                                             {"--help", action::help},
                                                             {"--long-help", action::long_help},
                                                             {"--dump-config", action::dump_config},
                                                             {"--version", action::version}};

const std::string config_file_option = "--config-file";

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

/// Whether `option`, which starts with --, is one of the row's names.
bool names(std::string_view option, const setting& row) {
  if (row.is_former_name(option))
    return true;
  option.remove_prefix(2);
  return option == row.key || (!row.alias.empty() && option == row.alias);
}

class parser {
public:
  parser(const std::vector<std::string>& words, const std::vector<setting>& table,
         const std::vector<command>& commands)
      : words_(words), table_(table), commands_(commands) {
    choose(commands.front());
  }

  arguments run() {
    while (next_ < words_.size()) {
      const auto& word = words_[next_++];
      if (starts_with(word, "-") && word.size() > 1)
        take_option(word);
      else
        take_word(word);
    }
    for (const auto& row : result_.call.options)
      if (row.is_required && given_.count(row.key) == 0)
        problem((row.is_positional ? "" : "--") + row.key + ": is required by "
                + result_.command_name);
    return std::move(result_);
  }

private:
  void problem(std::string line) { result_.problems.push_back(std::move(line)); }

  void choose(const command& which) {
    result_.chosen = &which;
    result_.call = which.prepare();
  }

  void take_word(const std::string& word) {
    if (std::exchange(after_unknown_, false))
      return; // most likely the value of an option that was reported; it may be a secret
    if (!result_.command_name.empty()) {
      if (!take_positional(word))
        problem(in_quotes(word) + ": nothing is expected here");
      return;
    }
    result_.command_name = word;
    std::vector<std::string> names;
    for (const auto& each : commands_) {
      if (each.name == word)
        return choose(each);
      names.push_back(each.name);
    }
    result_.is_known_command = false;
    problem(in_quotes(word) + ": is no command" + suggestion(word, names));
  }

  /// The command's next word that is still to come.
  bool take_positional(const std::string& word) {
    for (const auto& row : result_.call.options) {
      if (!row.is_positional || !given_.insert(row.key).second)
        continue;
      if (const auto refused = assign(row, word))
        problem(refusal(row.key, row, in_quotes(word), refused));
      return true;
    }
    return false;
  }

  void take_option(const std::string& word) {
    after_unknown_ = false;
    for (const auto& [name, what] : actions)
      if (word == name) {
        result_.asked = result_.asked == action::run ? what : result_.asked;
        return;
      }
    const auto equals = std::min(word.find('='), word.size());
    const auto name = word.substr(0, equals);
    std::optional<std::string> value;
    if (equals < word.size())
      value = word.substr(equals + 1);
    if (name == config_file_option) {
      if (auto file = value_of(name, value, "the name of a file"))
        result_.config_file = *file;
      return;
    }
    if (starts_with(name, "--") && (take_own(name, value) || take_setting(name, value)))
      return;
    after_unknown_ = !value;
    problem(name + ": is no option" + suggestion(name, all_names()));
  }

  /// An option of the command itself.
  bool take_own(const std::string& name, const std::optional<std::string>& value) {
    for (const auto& row : result_.call.options) {
      if (row.is_positional || !names(name, row))
        continue;
      given_.insert(row.key);
      if (const auto text = value_of(name, value, row))
        if (const auto refused = assign(row, *text))
          problem(refusal(name, row, in_quotes(*text), refused));
      return true;
    }
    return false;
  }

  bool take_setting(const std::string& name, const std::optional<std::string>& value) {
    for (std::size_t i = 0; i < table_.size(); ++i) {
      if (!names(name, table_[i]))
        continue;
      if (auto text = value_of(name, value, table_[i]))
        result_.assignments.push_back({i, name, *text});
      return true;
    }
    return false;
  }

  std::optional<std::string> value_of(const std::string& name,
                                      const std::optional<std::string>& value, const setting& row) {
    if (row.is_flag())
      return value.value_or("true");
    return value_of(name, value, row.takes());
  }

  /// What follows the `=`, else the next word.
  std::optional<std::string> value_of(const std::string& name,
                                      const std::optional<std::string>& value,
                                      const std::string& takes) {
    if (value)
      return value;
    if (next_ < words_.size() && !starts_with(words_[next_], "--"))
      return words_[next_++];
    problem(name + ": has no value; it takes " + takes);
    return std::nullopt;
  }

  std::vector<std::string> all_names() const {
    std::vector<std::string> result = {config_file_option};
    for (const auto& entry : actions)
      result.push_back(entry.first);
    for (const auto* rows : {&result_.call.options, &table_})
      for (const auto& row : *rows) {
        if (row.is_positional)
          continue;
        result.push_back("--" + row.key);
        if (!row.alias.empty())
          result.push_back("--" + row.alias);
      }
    return result;
  }

  const std::vector<std::string>& words_;
  const std::vector<setting>& table_;
  const std::vector<command>& commands_;
  std::size_t next_ = 0;
  arguments result_;
  std::set<std::string> given_; ///< of the command's own options
  bool after_unknown_ = false;
};

} // namespace

arguments parse_arguments(const std::vector<std::string>& words, const std::vector<setting>& table,
                          const std::vector<command>& commands) {
  return parser{words, table, commands}.run();
}

} // namespace meme::config
