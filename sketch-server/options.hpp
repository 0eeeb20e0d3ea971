#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "sketch-server/drawing/sketch.hpp"

namespace meme::sketch {

inline constexpr int min_side = 64; ///< of a picture, pixels
inline constexpr int max_side = 2048;

struct options {
  std::string host = "127.0.0.1"; ///< a numeric address
  std::uint16_t port = 0;         ///< 0: any free one
  std::chrono::milliseconds latency{0};
  std::chrono::milliseconds jitter{0}; ///< up to this much is added to the latency
  std::uint64_t seed = 0;              ///< of the jitter
  picture_size size;
  std::optional<std::size_t> fixed_bytes;
  std::string token;      ///< empty: anybody may call
  std::string fault_plan; ///< its JSON, or empty
  bool admin = false;
  unsigned drawing_threads = 1; ///< a picture of 512 x 512 keeps one busy for some 30 ms
};

/// What to say instead of serving.
struct last_words {
  std::string text;
  int status = 0; ///< of the process; with 0 the text goes to stdout
};

/// Reads a command line, and the file that `--fault-plan` names.
std::variant<options, last_words> parse_options(int argc, const char* const* argv);

} // namespace meme::sketch
