#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include "messages/picture.hpp"

namespace meme::recompression {

/// How a picture is to be recompressed.
struct fit_limits {
  std::size_t bytes = 0;        ///< the most that the result may have
  std::uint64_t max_pixels = 0; ///< of a picture that is decoded
};

/// Why there is no smaller picture.
struct fit_failure {
  /// The picture is damaged: another copy of it may be whole. Else it cannot be made smaller.
  bool broken = false;
  std::string text;
};

using fit_result = std::variant<picture, fit_failure>;

/// Encodes a picture as a JPEG of so many bytes at most, with less and less quality. In this
/// process and on this thread.
fit_result fit_picture(const std::string& bytes, const fit_limits& limits);

/// The command that the service starts for each picture, in a process of its own:
///
///     meme-generator recompress-picture BYTES PIXELS SECONDS < picture > jpeg
///
/// The picture is a file, read from its start; SECONDS bounds the processor's time. Nothing of the
/// service's configuration is read.
constexpr const char* recompress_command = "recompress-picture";

/// Exit statuses of the command. The last two say why on stderr. 2: wrong arguments.
enum fit_status : int { fits = 0, broken = 10, does_not_fit = 11 };

int run_recompress_command(int argc, const char* const* argv);

} // namespace meme::recompression
