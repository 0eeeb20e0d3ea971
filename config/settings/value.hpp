#pragma once

#include <string_view>

#include <caf/config_value.hpp>

#include "config/settings/setting.hpp"

namespace meme::config {

/// Stores the value that `text` stands for, as the environment and the command line have it.
/// Numbers are decimal; times are `500ms`, `30s`, `5min`, `1h`, or plain seconds where the row says
/// so; the entries of a list are separated by commas.
/// @returns why not ("is out of range"): then the target is as it was.
error assign(const setting& row, std::string_view text);

/// The same for a value as CAF reads it from a file.
error assign(const setting& row, const caf::config_value& value);

/// Whether `text` is a time that CAF has no room for: 2^63 nanoseconds are 292 years.
bool is_too_long_a_time(std::string_view text);

} // namespace meme::config
