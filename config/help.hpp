#pragma once

#include <string>

namespace meme::config {

/// What --help prints: commands and the options of the contract, or the options of one command.
/// @param command_name empty: none; has to be one of `command_kinds` else.
std::string help_text(const std::string& command_name);

/// What --long-help prints: every setting with its range, its names and its default.
std::string long_help_text();

std::string version_text();

} // namespace meme::config
