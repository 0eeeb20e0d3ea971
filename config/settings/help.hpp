#pragma once

#include <string>
#include <vector>

#include "config/settings/command.hpp"
#include "config/settings/setting.hpp"

namespace meme::config {

/// What --help prints: commands and the options of the contract, or the options of one command.
/// @param command_name that of one of `commands`; else, and for the first: the program's help.
/// @param table every setting, at its default.
std::string help_text(const std::string& command_name, const std::vector<command>& commands,
                      const std::vector<setting>& table);

/// What --long-help prints: every setting with its range, its names and its default.
std::string long_help_text(const std::vector<setting>& table);

std::string version_text();

} // namespace meme::config
