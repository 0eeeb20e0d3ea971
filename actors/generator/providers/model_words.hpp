#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace meme {

/// What can be read from the body of a model's refusal.
struct model_words {
  /// For a person, without the token, else raw: neither checked nor shortened; may be empty.
  std::string text;
  /// Hugging Face's `estimated_time` of a model that is loading: time until it has loaded.
  std::optional<std::chrono::milliseconds> estimated_time;
};

/// Reads a body of any kind and any content:
///
///  * JSON: the strings in `error` (a string, an array or an object, as Hugging Face, its dedicated
///    endpoints and OpenAI-like servers have it), `message` or `detail`, or a string by itself;
///  * HTML, as gateways answer: the title;
///  * any other text: as it is; of binary data, nothing.
///
/// Only the first 64 KiB are looked at, in constant stack. `secret` is masked (`redact`) after
/// JSON is decoded, and in other texts before anything is cut off.
model_words read_model_words(std::string_view body, std::string_view secret);

} // namespace meme
