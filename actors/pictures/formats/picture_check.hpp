#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "messages/picture.hpp"

namespace meme {

/// A complete picture. Bytes beyond `size` do not belong to it and must be cut off.
struct complete_picture {
  picture_type type = picture_type::png;
  std::size_t size = 0; ///< bytes, counted from the first
};

/// Why bytes are not a picture that can be passed on.
struct picture_fault {
  std::string text;
  /// Whether another call would return the same: the bytes are a picture of a type that the service
  /// does not pass on, not a picture that was damaged in transit.
  bool permanent = false;
};

using picture_finding = std::variant<complete_picture, picture_fault>;

/// Whether the checksums within a picture are computed. They cost about 0.5 ms a megabyte.
enum class checksums { verified, ignored };

/// Decides from its bytes whether something is a complete picture, and of which type. The server's
/// Content-Type is ignored: models send JPEG if PNG was requested, and JSON, HTML or a truncated
/// picture with status 200. Nothing is decoded; only the container is read:
///
///  * PNG (ISO/IEC 15948): signature, IHDR with a width and a height, then chunk by chunk, each
///    within the bytes there are, some IDAT, up to IEND. The CRC of each critical chunk is right;
///    a decoder drops an ancillary chunk with a wrong one, so those are not looked at.
///  * JPEG (ITU-T T.81, annex B): SOI, marker segments with a frame header, scans, EOI.
///  * WebP (RFC 9649): the RIFF size fits the bytes, and the chunks within it hold a picture.
///  * GIF (GIF89a): screen descriptor, blocks with at least one image, trailer.
///  * AVIF (ISO/IEC 14496-12 and 23008-12): boxes within the bytes, `ftyp` with an AVIF brand,
///    `meta`, and data.
///
/// What follows the end is ignored. A complete picture of another type (BMP, HEIC, JPEG 2000, JPEG
/// XL, PSD, SVG, TIFF, ICO) is a permanent fault that names the type.
picture_finding inspect_picture(std::string_view bytes, checksums wanted = checksums::verified);

struct picture_size {
  std::uint32_t width = 0;  ///< pixels, not 0
  std::uint32_t height = 0; ///< pixels, not 0
};

/// The size that the header of a PNG, JPEG, WebP, GIF or AVIF declares; nothing where there is
/// none. The rest of the picture need not be there.
std::optional<picture_size> dimensions(std::string_view bytes);

} // namespace meme
