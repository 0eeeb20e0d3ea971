#include <algorithm>
#include <utility>

#include "actors/pictures/codecs/decoders.hpp"
#include "actors/pictures/formats/picture_metadata.hpp"

namespace meme::recompression {

namespace {

/// Turns a picture upright; the values are those of EXIF: 1 upright, 2 mirrored, 3 upside down, 4
/// upside down and mirrored, 5 to 8 lying on one of its sides.
pixels turn_upright(pixels source, int orientation) {
  if (orientation == 1)
    return source;
  const std::size_t width = source.width;
  const std::size_t height = source.height;
  const auto swapped = orientation >= 5;
  const auto from_right =
      orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const auto from_bottom =
      orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  pixels result{source.width, source.height, std::vector<std::uint8_t>(source.rgb.size())};
  if (swapped)
    std::swap(result.width, result.height);
  auto* out = result.rgb.data();
  for (std::size_t y = 0; y < result.height; ++y)
    for (std::size_t x = 0; x < result.width; ++x, out += 3) {
      const auto column = swapped ? y : x;
      const auto row = swapped ? x : y;
      const auto source_x = from_right ? width - 1 - column : column;
      const auto source_y = from_bottom ? height - 1 - row : row;
      std::copy_n(&source.rgb[(source_y * width + source_x) * 3], 3, out);
    }
  return result;
}

pixels decode_as_stored(picture_type type, std::string_view bytes) {
  switch (type) {
  case picture_type::png:
    return decode_png(bytes);
  case picture_type::jpeg:
    return decode_jpeg(bytes);
  case picture_type::webp:
    return decode_webp(bytes);
  case picture_type::gif:
    throw unsupported_picture("a GIF is passed on as it is, and never recompressed");
  case picture_type::avif:
    throw unsupported_picture("an AVIF is passed on as it is, and never recompressed");
  }
  throw unsupported_picture("its type is unknown");
}

} // namespace

pixels decode(picture_type type, std::string_view bytes) {
  return turn_upright(decode_as_stored(type, bytes), orientation_of(type, bytes));
}

} // namespace meme::recompression
