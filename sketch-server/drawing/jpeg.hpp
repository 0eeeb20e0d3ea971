#pragma once

#include <string>

#include "sketch-server/drawing/canvas.hpp"

namespace meme::sketch {

/// Baseline JPEG of quality 90. Throws std::runtime_error.
std::string encode_jpeg(const canvas& picture);

} // namespace meme::sketch
