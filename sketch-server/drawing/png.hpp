#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "sketch-server/drawing/canvas.hpp"

namespace meme::sketch {

/// Throws std::runtime_error.
std::string encode_png(const canvas& picture);

/// The same picture, made exactly `size` bytes long by an ancillary chunk of noise before its IEND
/// (PNG specification, 3rd edition, section 5.4: decoders skip what they do not know). Nothing
/// where the picture is too long for that: a chunk takes at least 12 bytes.
std::optional<std::string> pad_png(std::string png, std::size_t size);

} // namespace meme::sketch
