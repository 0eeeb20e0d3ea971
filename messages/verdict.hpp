#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "messages/outcome.hpp"
#include "messages/picture.hpp"

namespace meme {

/// What to make of one call.
enum class verdict_kind {
  picture,      ///< a complete picture
  retry,        ///< failed; the same call may succeed
  wait,         ///< the model is well and asks to come back later: no reason to open a breaker
  reject,       ///< will fail the same way for ever
  unauthorized, ///< the service's own token is refused, whatever is asked for
};

struct model_verdict {
  verdict_kind kind = verdict_kind::reject;
  picture_type type = picture_type::png;  ///< of a picture
  error_code code = error_code::internal; ///< if no picture
  /// If no picture: one line for a person, up to 300 characters of valid UTF-8, that quotes status
  /// and words of the model and never its markup.
  std::string text;
  /// The earliest time at which the server wants to see us again, from now; up to 10 minutes.
  std::optional<std::chrono::milliseconds> retry_after;
  /// `text` for the log, where that may say more than a client is told: the library's words, which
  /// name hosts and addresses. Else empty.
  std::string detail{};
  /// Of `retry`: the connection was at an end, which need not say anything of the model.
  bool of_connection = false;
  std::size_t picture_bytes = 0; ///< of a picture; what follows them is foreign

  /// What a log line says of it. Never to be published.
  const std::string& text_for_log() const { return detail.empty() ? text : detail; }
};

} // namespace meme
