#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "config/settings/command.hpp"
#include "config/settings/setting.hpp"

namespace meme::config {

/// What a command line asks for.
struct arguments {
  enum class action { run, help, long_help, dump_config, version };

  /// A setting and its value, in the order in which they stand.
  struct assignment {
    std::size_t row;     ///< in the table
    std::string spelled; ///< --cache-ttl or --cache.ttl
    std::string value;
  };

  action asked = action::run;
  std::string command_name; ///< empty: none was named
  bool is_known_command = true;
  const command* chosen = nullptr; ///< the one that was named, or the first of all
  command_call call;               ///< of `chosen`, with the options that were given
  std::optional<std::string> config_file;
  std::vector<assignment> assignments;
  std::vector<std::string> problems; ///< a line each
};

/// Reads a command line, without the program's name: the settings of `table` under their aliases
/// and their keys, the options of the command behind its name, `--option value` and
/// `--option=value` alike. Settings are not checked here, they only have a value.
/// @param commands at least one; the first is what runs when none is named. Has to outlive the
/// result.
arguments parse_arguments(const std::vector<std::string>& words, const std::vector<setting>& table,
                          const std::vector<command>& commands);

} // namespace meme::config
