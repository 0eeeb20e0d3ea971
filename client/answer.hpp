#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "messages/error.hpp"

namespace meme::client {

/// An answer of the service: a result or an error, as the contract's JSON has it.
struct answer {
  std::string request_id;
  std::string image; ///< the picture's bytes; empty for an error
  bool cached = false;
  std::int64_t duration_ms = 0; ///< in the service
  std::string model;
  std::string error; ///< for a person; empty for a result
  std::string code;  ///< of the error, e.g. `model_rejected`
};

/// Reads an answer: a result with a picture, or an error. Fields that an older service does not
/// send keep their defaults.
expected<answer> parse_answer(std::string_view json);

/// RFC 4648 with padding, as the service writes it.
expected<std::string> decode_base64(std::string_view text);

} // namespace meme::client
