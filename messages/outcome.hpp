#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "messages/picture.hpp"

namespace meme {

/// The fixed set of reasons a request can end without a picture; the field `code` of an error.
enum class error_code {
  bad_request,        ///< not JSON, wrong type, missing prompt, value out of range
  request_too_large,  ///< more bytes than a request may have
  model_rejected,     ///< the model refuses this request for good (400, 413, 422)
  model_not_found,    ///< the configured model or address does not exist (404, 410)
  model_unauthorized, ///< the service's token is refused (401, 402, 403)
  model_overloaded,   ///< the model asked to wait (429) until the attempts were used up
  model_unavailable,  ///< the model failed (5xx, loading, unreachable) until the attempts were used
                      ///< up
  model_timeout,      ///< the model did not finish within the time limit
  invalid_picture,    ///< what the model sent is not a complete picture
  image_too_large,    ///< the picture does not fit into one message of the server
  attempts_exhausted, ///< delivered too often without an answer
  internal,           ///< a fault of the service itself; stays the last
};

/// The code as it stands in JSON and in metrics: snake_case, e.g. `model_rejected`.
std::string_view to_string(error_code code);

/// Every code, in the order of the enumeration.
std::vector<error_code> all_error_codes();

/// A picture was made or found.
struct success {
  encoded_picture_ptr picture; ///< never null
  bool cached = false; ///< found in a cache, not drawn for this request or an equal one at the time
  std::string model;   ///< the model's name, e.g. `stabilityai/stable-diffusion-3-medium-diffusers`
};

/// No picture.
struct failure {
  error_code code = error_code::internal;
  std::string text;   ///< for a person; quotes the model's status and words
  bool retry = false; ///< whether a later delivery of the same message may succeed
  std::chrono::milliseconds retry_after{0}; ///< the earliest sensible time for it; 0: no opinion
  std::string detail{}; ///< `text` for the log, where that may say more: hosts, addresses; or empty
  /// Since the first call of the model for it; empty where the model was not called.
  std::optional<std::chrono::milliseconds> tried_for{};

  /// What a log line says of it. Never to be published.
  const std::string& text_for_log() const { return detail.empty() ? text : detail; }
};

using outcome = std::variant<success, failure>;

/// The parts of an answer that do not depend on how it ended.
struct answer_header {
  std::string request_id;
  std::string prompt;           ///< the client's, untouched
  std::int64_t timestamp_s = 0; ///< Unix time in seconds
  std::int64_t duration_ms = 0; ///< from the message's arrival in this process to its answer
  std::uint64_t attempts = 1;   ///< deliveries so far
};

/// The result as JSON:
///     {"request_id", "image_data" (base64), "prompt", "timestamp", "content_type", "cached",
///      "model", "duration_ms"}
/// The picture is written once, straight into the returned buffer. Strings must be valid UTF-8.
std::string encode_result(const answer_header& header, const success& result);

/// The size in bytes of what `encode_result` would return.
std::size_t encoded_result_size(const answer_header& header, const success& result);

/// The error as JSON: {"request_id", "error", "timestamp", "code", "attempts", "duration_ms"}.
/// The text may hold any bytes: it is made one line of valid UTF-8, cut to 1,000 characters.
std::string encode_error(const answer_header& header, const failure& reason);

} // namespace meme
