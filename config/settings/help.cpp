#include "config/settings/help.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "config/settings/spelling.hpp"

namespace meme::config {

namespace {

constexpr std::size_t margin = 30; ///< where the explanations begin
constexpr std::size_t width = 100;

/// Appends `text` word by word, from column `margin` to column `width`.
void append_wrapped(std::string& page, std::string_view text) {
  std::size_t column = margin;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (column > margin && column + 1 + word.size() > width) {
      page += '\n' + std::string(margin, ' ');
      column = margin;
    }
    if (column > margin) {
      page += ' ';
      ++column;
    }
    page += word;
    column += word.size();
  }
  page += '\n';
}

/// One line of two columns, the right one wrapped.
void append_entry(std::string& page, std::string name, std::string_view text) {
  name = "  " + name;
  page += name;
  page += name.size() + 2 > margin ? '\n' + std::string(margin, ' ')
                                   : std::string(margin - name.size(), ' ');
  append_wrapped(page, text);
}

void append_more(std::string& page, std::string_view text) {
  page += std::string(margin, ' ');
  append_wrapped(page, text);
}

/// `default 64`, `required`, or nothing where the default is to do without.
std::string default_text(const setting& row) {
  if (row.is_required || row.hides == secrecy::everything)
    return "required";
  const auto value = plain_text(row).value_or(file_text(row));
  return value.empty() || row.is_flag() ? "" : "default " + value;
}

void append_option(std::string& page, const setting& row) {
  append_entry(page,
               row.is_positional
                   ? row.key
                   : "--" + row.alias + (row.value_word.empty() ? "" : " " + row.value_word),
               row.help);
  const auto default_value = default_text(row);
  const auto& variable = row.environment;
  const bool both = !variable.empty() && !default_value.empty();
  if (const auto more = variable + (both ? ", " : "") + default_value; !more.empty())
    append_more(page, more);
}

void append_general_options(std::string& page) {
  append_entry(page, "--config-file FILE",
               "MEME_CONFIG_FILE; else meme-generator.conf in the current folder, "
               "/etc/meme-generator/meme-generator.conf or none");
  append_entry(page, "--dump-config", "print the settings in effect, as a configuration file");
  append_entry(page, "--long-help", "print every setting, its range and its default");
  append_entry(page, "-h, --help", "print this; behind a command, the options of that command");
  append_entry(page, "--version", "print the version");
}

void append_statuses(std::string& page, const exit_statuses& statuses) {
  append_entry(page, "0", statuses.success);
  append_entry(page, "1", statuses.failure);
  append_entry(page, "2", "the command line or a setting is wrong");
  if (!statuses.no_answer.empty())
    append_entry(page, "3", statuses.no_answer);
}

std::string command_help(const command& which, const std::vector<setting>& table) {
  const auto call = which.prepare();
  const auto& own = call.options;
  std::string page = "Usage: meme-generator " + which.name;
  for (const auto& row : own)
    if (row.is_positional)
      page += row.is_required ? " " + row.key : " [" + row.key + "]";
  page += " [OPTION]...\n\nTo " + which.help + ".\n";
  if (!own.empty()) {
    page += "\nIts own options:\n";
    for (const auto& row : own)
      append_option(page, row);
  }
  page += "\nExit status:\n";
  append_statuses(page, which.statuses);
  page += "\nIt also takes every setting (meme-generator --help), for example:\n";
  for (const auto& row : table)
    if (row.key == "nats.url")
      append_option(page, row);
  return page;
}

} // namespace

std::string help_text(const std::string& command_name, const std::vector<command>& commands,
                      const std::vector<setting>& table) {
  for (const auto& each : commands)
    if (each.name == command_name && command_name != commands.front().name)
      return command_help(each, table);
  std::string page = version_text()
                     + "Generates pictures for requests on a NATS queue.\n\n"
                       "Usage: meme-generator [COMMAND] [OPTION]...\n\nCommands:\n";
  for (const auto& each : commands)
    append_entry(page, each.name, each.help);
  page += "\nOptions, each also an environment variable and a key of the configuration file:\n";
  for (const auto& row : table)
    if (!row.alias.empty())
      append_option(page, row);
  page += "\nMore options:\n";
  append_general_options(page);
  page += "\nDefault < file < environment < command line. HF_API_TOKEN_FILE, REDIS_URL_FILE and "
          "NATS_URL_FILE\nname files that hold the value.\n";
  return page;
}

std::string long_help_text(const std::vector<setting>& table) {
  std::string page =
      "Every setting, by the sections of the configuration file. Each is an environment "
      "variable too, and an\noption by its full name, such as --cache.ttl=30s.\n";
  std::string section;
  for (const auto& row : table) {
    if (row.section() != section)
      page += "\n[" + (section = row.section()) + "]\n";
    append_entry(page, row.name(), row.help);
    const auto default_value = default_text(row);
    append_more(page, row.takes() + (default_value.empty() ? "" : "; " + default_value));
    append_more(page, row.names());
  }
  return page;
}

std::string version_text() {
  return "meme-generator " MEME_VERSION "\n";
}

} // namespace meme::config
