#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "messages/picture.hpp"

namespace meme::policy {

/// Tells by its own bytes whether something is a complete picture, and of which type. What the
/// server called it does not count: models send JPEG where PNG was asked for, and JSON, HTML or
/// half a picture with status 200. Nothing is decoded; only the container is walked, so that a
/// picture cut short anywhere is found at the cost of a few reads:
///
///  * PNG (ISO/IEC 15948): signature, IHDR with a width and a height, then chunk by chunk, each
///    within the bytes there are, some IDAT, up to IEND. Checksums are not verified.
///  * JPEG (ITU-T T.81, annex B): SOI, marker segments with a frame header up to the first scan;
///    the last two bytes are EOI.
///  * WebP (RFC 9649): the RIFF size fits the bytes, and the chunks within it hold a picture.
///
/// Zero bytes after the end are padding and accepted; any other trailing byte is not.
///
/// Returns the type, or for a person why it is none.
std::variant<picture_type, std::string> inspect_picture(std::string_view bytes);

struct picture_size {
  std::uint32_t width = 0;  ///< pixels, not 0
  std::uint32_t height = 0; ///< pixels, not 0
};

/// The size that the header of a PNG, JPEG or WebP declares; nothing where there is none. The rest
/// of the picture need not be there.
std::optional<picture_size> dimensions(std::string_view bytes);

} // namespace meme::policy
