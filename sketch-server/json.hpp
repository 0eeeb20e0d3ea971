#pragma once

#include <string>
#include <string_view>

#include <rapidjson/document.h>

namespace meme::sketch {

/// A value, written without blanks.
std::string json_text(const rapidjson::Value& value);

/// `{"error":"…"}`, as Hugging Face words its failures.
std::string error_json(std::string_view reason);

} // namespace meme::sketch
