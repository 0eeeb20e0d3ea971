#pragma once

#include <string_view>

#include <rapidjson/document.h>

namespace meme::json {

/// Reads a JSON document from outside; null if `text` is not JSON. It needs constant stack for any
/// nesting.
///
/// Refuses a document with an exponent of more than `max_exponent_digits` digits: RapidJSON 1.1
/// adds exponents in an int and looks the sum up in a table, without a check of either.
rapidjson::Document read_document(std::string_view text);

/// No double has an exponent with more.
constexpr std::size_t max_exponent_digits = 4;

} // namespace meme::json
