#include <algorithm>

#include "actors/pictures/formats/byte_order.hpp"
#include "actors/pictures/formats/container.hpp"

namespace meme::container {

namespace {

/// The size that a chunk declares. Each of the three forms says it in a way of its own.
std::optional<picture_size> declared_size(std::string_view type, std::string_view data) {
  constexpr std::uint32_t fourteen_bits = 0x3FFF;
  if (type == "VP8 " && data.size() >= 10 && data.substr(3, 3) == "\x9d\x01\x2a")
    return size_of(little_endian_16(data.substr(6)) & fourteen_bits,
                   little_endian_16(data.substr(8)) & fourteen_bits);
  if (type == "VP8L" && data.size() >= 5 && data.front() == '\x2f') {
    const auto bits = little_endian_32(data.substr(1));
    return size_of((bits & fourteen_bits) + 1, (bits >> 14 & fourteen_bits) + 1);
  }
  if (type == "VP8X" && data.size() >= 10)
    return size_of(little_endian_24(data.substr(4)) + 1, little_endian_24(data.substr(7)) + 1);
  return std::nullopt;
}

} // namespace

bool is_webp(std::string_view bytes) {
  return starts_with(bytes, "RIFF") && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP";
}

walk walk_webp(std::string_view bytes) {
  constexpr std::size_t riff_header = 8; // "RIFF" and the size of all that follows
  constexpr std::size_t chunk_header = 8;
  walk result;
  const std::size_t declared = little_endian_32(bytes.substr(4));
  const auto body = bytes.substr(riff_header);
  const auto cut_short = body.size() < declared;
  auto rest = body.substr(0, declared);
  rest.remove_prefix(std::min<std::size_t>(rest.size(), 4)); // "WEBP"
  bool has_data = false;
  while (rest.size() >= chunk_header) {
    const auto type = rest.substr(0, 4);
    const std::size_t length = little_endian_32(rest.substr(4));
    rest.remove_prefix(chunk_header);
    const auto data = rest.substr(0, length);
    if (!result.size)
      result.size = declared_size(type, data);
    if (data.size() < length)
      break;
    has_data |= type == "VP8 " || type == "VP8L" || type == "ANMF";
    rest.remove_prefix(std::min(rest.size(), length + length % 2));
  }
  result.end = riff_header + declared;
  if (cut_short)
    result.fault = "a WebP that is cut short";
  else if (!rest.empty())
    result.fault = "a WebP with a broken chunk";
  else if (!result.size)
    result.fault = "a WebP without width or height";
  else if (!has_data)
    result.fault = "a WebP without picture data";
  return result;
}

} // namespace meme::container
