#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "messages/picture.hpp"

namespace meme::recompression {

/// A decoded picture: rows of red, green, blue, a byte each, without padding; sRGB, upright.
struct pixels {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::vector<std::uint8_t> rgb;
};

/// The peak memory of `decode` for each pixel, about: 16-bit samples with alpha, or the
/// coefficients of a progressive JPEG and its pixels.
constexpr std::size_t decoded_bytes_per_pixel = 8;

/// The picture's bytes are damaged: another copy may be complete.
struct broken_picture : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The picture is complete, but the decoders do not support it.
struct unsupported_picture : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Decodes a complete PNG (libpng), JPEG (libjpeg-turbo) or WebP (libwebp) to what a viewer shows:
///
///  * an embedded ICC profile, else a PNG's gAMA and cHRM, is converted to sRGB (Little CMS);
///  * samples without colour information are treated as sRGB;
///  * an EXIF orientation is applied;
///  * transparent parts become white;
///  * of an animation, the first picture is taken.
///
/// It allocates memory for the header's width and height: the caller must have checked them. Throws
/// broken_picture or unsupported_picture with the library's text.
pixels decode(picture_type type, std::string_view bytes);

enum class chroma { full, quarter };

/// Encodes as a baseline JPEG. `quality` is libjpeg's, 1..100; `detail` is that of the colours.
/// Throws std::runtime_error with the library's text.
std::string encode_jpeg(const pixels& source, int quality, chroma detail);

} // namespace meme::recompression
