#pragma once

#include <string>
#include <string_view>

#include "messages/picture.hpp"

namespace meme {

/// How a picture has to be turned to be upright: EXIF's tag 0x0112, 1..8; 1 where nothing is said.
/// Values 5 to 8 swap width and height.
int orientation_of(picture_type type, std::string_view bytes);

/// The ICC profile of a JPEG or a WebP; empty if there is none. A PNG's is compressed: libpng
/// reads it.
std::string profile_of(picture_type type, std::string_view bytes);

/// A complete PNG without the chunks that its pixels and colours do not need: text, times,
/// thumbnails, a repeated profile. Such chunks can keep a decoder busy.
std::string essential_png(std::string_view bytes);

} // namespace meme
