#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <caf/config_value.hpp>

#include "config/settings/setting.hpp"

namespace meme::config {

/// The target's text, where it holds one: a text or an address.
std::optional<std::string> plain_text(const setting& row);

/// The target's value as the file spells it: `"text"`, `64`, `30s`, `["a/b=c/d"]`. Empty for an
/// optional without a value.
std::string file_text(const setting& row);

/// A value for use in an error: in quotes, unprintable bytes as \xNN, cut to a readable length.
std::string in_quotes(std::string_view text);
std::string in_quotes(const caf::config_value& value);

/// The line that says why a value was refused: `CACHE_TTL: "soon" is not a time; it takes …`.
/// `name` is the setting as its source spells it, `value` comes from `in_quotes` and is left out
/// where the row hides it.
std::string refusal(const std::string& name, const setting& row, const std::string& value,
                    const error& reason);

/// The shortest exact spelling: `2min`, `1500ms`; always in seconds where `in_seconds`.
std::string time_text(milliseconds time, bool in_seconds = false);

/// Without digits that say nothing: `50`, `7.5`.
std::string number_text(double number);

} // namespace meme::config
