#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "sketch-server/drawing/canvas.hpp"

namespace meme::sketch {

struct picture_size {
  int width = 512; ///< pixels
  int height = 512;
};

enum class picture_format { png, jpeg };

struct picture_order {
  std::string prompt; ///< UTF-8
  picture_size size;
  std::uint64_t seed = 0;
  picture_format format = picture_format::png;
};

/// Draws the prompt as a meme. The same order gives the same bytes on the same machine. Throws
/// std::runtime_error.
std::string draw(const picture_order& order);

/// A complete PNG of exactly `bytes` bytes: a picture of at most `size`, halved until it is short
/// enough, and padded. Throws std::runtime_error where `bytes` is too few for any.
std::string draw_exactly(std::size_t bytes, picture_size size);

} // namespace meme::sketch
