#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "actors/pictures/formats/picture_check.hpp"

/// The containers of pictures, one function a format. Nothing is decoded: each function steps from
/// part to part by the lengths that the parts declare. Each expects bytes that begin with its
/// format's signature.
namespace meme::container {

/// The result of walking a container. A size may be known although the picture is not complete.
struct walk {
  std::optional<picture_size> size;
  std::size_t end = 0; ///< where the complete picture ends; later bytes do not belong to it
  std::string fault;   ///< why it is not complete; empty: it is
};

inline std::optional<picture_size> size_of(std::uint32_t width, std::uint32_t height) {
  if (width == 0 || height == 0)
    return std::nullopt;
  return picture_size{width, height};
}

inline bool starts_with(std::string_view bytes, std::string_view prefix) {
  return bytes.substr(0, prefix.size()) == prefix;
}

bool is_png(std::string_view bytes);
bool is_jpeg(std::string_view bytes);
bool is_webp(std::string_view bytes);
bool is_gif(std::string_view bytes);
bool is_avif(std::string_view bytes);

walk walk_png(std::string_view bytes, checksums wanted);
walk walk_jpeg(std::string_view bytes);
walk walk_webp(std::string_view bytes);
walk walk_gif(std::string_view bytes);
walk walk_avif(std::string_view bytes);

} // namespace meme::container
