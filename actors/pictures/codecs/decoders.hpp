#pragma once

#include "actors/pictures/codecs/codec.hpp"

namespace meme::recompression {

/// The decoders of single formats: sRGB on white, not yet turned upright. They throw as `decode`.
pixels decode_png(std::string_view bytes);
pixels decode_jpeg(std::string_view bytes);
pixels decode_webp(std::string_view bytes);

inline const std::uint8_t* as_bytes(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

/// Blends `count` pixels of RGBA with white. `rgb` may be `rgba`.
inline void lay_on_white(const std::uint8_t* rgba, std::uint8_t* rgb, std::size_t count) {
  constexpr unsigned white = 255;
  constexpr unsigned half = white / 2;
  for (; count > 0; --count, rgba += 4, rgb += 3) {
    const unsigned alpha = rgba[3];
    for (std::size_t i = 0; i < 3; ++i)
      rgb[i] =
          static_cast<std::uint8_t>((rgba[i] * alpha + white * (white - alpha) + half) / white);
  }
}

} // namespace meme::recompression
