#pragma once

#include <array>

namespace meme {

/// How a picture is encoded as a JPEG.
struct jpeg_effort {
  int quality = 0;          ///< libjpeg's, 1..100
  bool full_chroma = false; ///< else a quarter of it
};

/// What is tried in turn for a picture that is too large. The first is hard to tell from the
/// original; below the last one a picture is no answer any more.
constexpr std::array<jpeg_effort, 7> jpeg_efforts{
    {{90, true}, {90, false}, {80, false}, {70, false}, {55, false}, {40, false}, {25, false}}};

} // namespace meme
