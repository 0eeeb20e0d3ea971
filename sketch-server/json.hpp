#pragma once

#include <string>
#include <string_view>

#include <rapidjson/document.h>

namespace meme::sketch {

/// Whether a number of the JSON has an exponent of more than four digits, which no double has.
/// RapidJSON 1.1 adds exponents in an int and looks the sum up in a table, without a check of
/// either: such a text must not be read.
bool has_long_exponent(std::string_view text);

/// A value, written without blanks.
std::string json_text(const rapidjson::Value& value);

/// `{"error":"…"}`, as Hugging Face words its failures.
std::string error_json(std::string_view reason);

} // namespace meme::sketch
