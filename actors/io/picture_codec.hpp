#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "messages/picture.hpp"

namespace meme::io {

/// A decoded picture: rows of red, green, blue, a byte each, without padding.
struct pixels {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::vector<std::uint8_t> rgb;
};

/// The most that `decode` needs for a picture of so many pixels: what it returns, and four bytes
/// while a WebP is laid on white, which libwebp decodes as a whole before.
constexpr std::size_t decoded_bytes_per_pixel = 3 + 4;

/// Decodes a complete PNG (libpng), JPEG (libjpeg-turbo) or WebP (libwebp); transparent parts are
/// laid on white. It allocates what the header's width and height ask for: the caller has looked at
/// them. Throws std::runtime_error with the library's words.
pixels decode(picture_type type, std::string_view bytes);

/// Encodes as a baseline JPEG with 4:2:0 chroma. `quality` is libjpeg's, 1..100. Throws
/// std::runtime_error with the library's words.
std::string encode_jpeg(const pixels& source, int quality);

} // namespace meme::io
