#include "actors/policy/picture_check.hpp"

#include <algorithm>

namespace meme::policy {

namespace {

using namespace std::string_view_literals;

constexpr auto png_signature = "\x89PNG\r\n\x1a\n"sv;
constexpr auto jpeg_signature = "\xff\xd8\xff"sv;

/// What walking a container came to: a size where its header was seen, a complaint where something
/// is wrong. Both may be there.
struct finding {
  std::optional<picture_size> size;
  std::string why; ///< empty: complete
};

std::uint32_t byte_at(std::string_view bytes, std::size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}

std::uint32_t big_endian_16(std::string_view bytes) {
  return byte_at(bytes, 0) << 8 | byte_at(bytes, 1);
}

std::uint32_t big_endian_32(std::string_view bytes) {
  return big_endian_16(bytes) << 16 | big_endian_16(bytes.substr(2));
}

std::uint32_t little_endian_16(std::string_view bytes) {
  return byte_at(bytes, 1) << 8 | byte_at(bytes, 0);
}

std::uint32_t little_endian_24(std::string_view bytes) {
  return byte_at(bytes, 2) << 16 | little_endian_16(bytes);
}

std::uint32_t little_endian_32(std::string_view bytes) {
  return little_endian_16(bytes.substr(2)) << 16 | little_endian_16(bytes);
}

bool starts_with(std::string_view bytes, std::string_view prefix) {
  return bytes.substr(0, prefix.size()) == prefix;
}

bool only_zeros(std::string_view bytes) {
  return bytes.find_first_not_of('\0') == bytes.npos;
}

std::optional<picture_size> sized(std::uint32_t width, std::uint32_t height) {
  if (width == 0 || height == 0)
    return std::nullopt;
  return picture_size{width, height};
}

// -- PNG ----------------------------------------------------------------------------------------

finding walk_png(std::string_view bytes) {
  constexpr std::size_t length_and_type = 8;
  constexpr std::size_t around_data = length_and_type + 4; // and the checksum
  constexpr std::uint32_t header_size = 13;
  finding result;
  auto rest = bytes.substr(png_signature.size());
  bool has_data = false;
  for (bool first = true; rest.size() >= around_data; first = false) {
    const auto length = big_endian_32(rest);
    const auto type = rest.substr(4, 4);
    if (first) {
      if (type != "IHDR" || length != header_size || rest.size() < around_data + header_size)
        return {{}, "a PNG without its header"};
      result.size = sized(big_endian_32(rest.substr(8)), big_endian_32(rest.substr(12)));
      if (!result.size)
        return {{}, "a PNG without width or height"};
    }
    if (length > rest.size() - around_data)
      break;
    rest.remove_prefix(around_data + length);
    has_data |= type == "IDAT";
    if (type != "IEND")
      continue;
    if (!has_data)
      result.why = "a PNG without picture data";
    else if (!only_zeros(rest))
      result.why = "a PNG with foreign bytes after its end";
    return result;
  }
  result.why = "a PNG that is cut short";
  return result;
}

// -- JPEG ---------------------------------------------------------------------------------------

namespace marker {
constexpr std::uint32_t frame_first = 0xC0; // SOF0 to SOF15, with three others between them
constexpr std::uint32_t huffman_tables = 0xC4;
constexpr std::uint32_t reserved = 0xC8;
constexpr std::uint32_t arithmetic_tables = 0xCC;
constexpr std::uint32_t frame_last = 0xCF;
constexpr std::uint32_t restart_first = 0xD0;
constexpr std::uint32_t start_of_image = 0xD8;
constexpr std::uint32_t end_of_image = 0xD9;
constexpr std::uint32_t start_of_scan = 0xDA;
constexpr std::uint32_t temporary = 0x01;
constexpr std::uint32_t prefix = 0xFF;
} // namespace marker

bool is_frame_header(std::uint32_t code) {
  return code >= marker::frame_first && code <= marker::frame_last && code != marker::huffman_tables
         && code != marker::reserved && code != marker::arithmetic_tables;
}

bool stands_alone(std::uint32_t code) {
  return code == marker::temporary
         || (code >= marker::restart_first && code <= marker::start_of_image);
}

/// Whether what follows the first scan's header ends with the end-of-image marker.
bool ends_with_marker(std::string_view scan) {
  scan = scan.substr(0, scan.find_last_not_of('\0') + 1);
  return scan.size() > 2 && scan.substr(scan.size() - 2) == "\xff\xd9";
}

finding walk_jpeg(std::string_view bytes) {
  constexpr auto broken = "a JPEG with a broken header";
  finding result;
  auto rest = bytes.substr(2);
  const auto complain = [&](std::string why) {
    result.why = std::move(why);
    return result;
  };
  while (rest.size() >= 4) {
    if (byte_at(rest, 0) != marker::prefix)
      return complain(broken);
    const auto code = byte_at(rest, 1);
    if (code == marker::prefix) { // fill byte
      rest.remove_prefix(1);
      continue;
    }
    if (stands_alone(code)) {
      rest.remove_prefix(2);
      continue;
    }
    if (code == 0 || code == marker::end_of_image)
      return complain(broken);
    const std::size_t length = big_endian_16(rest.substr(2)); // counts itself, not the marker
    if (length < 2)
      return complain(broken);
    if (rest.size() - 2 < length)
      break;
    if (is_frame_header(code) && !result.size) {
      if (length >= 7) // itself, precision, height, width
        result.size = sized(big_endian_16(rest.substr(7)), big_endian_16(rest.substr(5)));
      if (!result.size)
        return complain("a JPEG without width or height");
    }
    rest.remove_prefix(2 + length);
    if (code != marker::start_of_scan)
      continue;
    if (!result.size)
      return complain(broken);
    return complain(ends_with_marker(rest) ? "" : "a JPEG that is cut short");
  }
  return complain("a JPEG that is cut short");
}

// -- WebP ---------------------------------------------------------------------------------------

bool is_webp(std::string_view bytes) {
  return starts_with(bytes, "RIFF") && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP";
}

/// The size that a chunk declares. Each of the three forms says it in a way of its own.
std::optional<picture_size> webp_size(std::string_view type, std::string_view data) {
  constexpr std::uint32_t fourteen_bits = 0x3FFF;
  if (type == "VP8 " && data.size() >= 10 && data.substr(3, 3) == "\x9d\x01\x2a")
    return sized(little_endian_16(data.substr(6)) & fourteen_bits,
                 little_endian_16(data.substr(8)) & fourteen_bits);
  if (type == "VP8L" && data.size() >= 5 && data.front() == '\x2f') {
    const auto bits = little_endian_32(data.substr(1));
    return sized((bits & fourteen_bits) + 1, (bits >> 14 & fourteen_bits) + 1);
  }
  if (type == "VP8X" && data.size() >= 10)
    return sized(little_endian_24(data.substr(4)) + 1, little_endian_24(data.substr(7)) + 1);
  return std::nullopt;
}

finding walk_webp(std::string_view bytes) {
  constexpr std::size_t riff_header = 8; // "RIFF" and the size of all that follows
  constexpr std::size_t chunk_header = 8;
  finding result;
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
      result.size = webp_size(type, data);
    if (data.size() < length)
      break;
    has_data |= type == "VP8 " || type == "VP8L" || type == "ANMF";
    rest.remove_prefix(std::min(rest.size(), length + length % 2));
  }
  if (cut_short)
    result.why = "a WebP that is cut short";
  else if (!rest.empty())
    result.why = "a WebP with a broken chunk";
  else if (!result.size)
    result.why = "a WebP without width or height";
  else if (!has_data)
    result.why = "a WebP without picture data";
  else if (!only_zeros(body.substr(declared)))
    result.why = "a WebP with foreign bytes after its end";
  return result;
}

} // namespace

std::variant<picture_type, std::string> inspect_picture(std::string_view bytes) {
  const auto verdict = [](picture_type type,
                          finding found) -> std::variant<picture_type, std::string> {
    if (found.why.empty())
      return type;
    return std::move(found.why);
  };
  if (bytes.empty())
    return "nothing at all";
  if (starts_with(bytes, png_signature))
    return verdict(picture_type::png, walk_png(bytes));
  if (starts_with(bytes, jpeg_signature))
    return verdict(picture_type::jpeg, walk_jpeg(bytes));
  if (is_webp(bytes))
    return verdict(picture_type::webp, walk_webp(bytes));
  return "neither PNG, JPEG nor WebP";
}

std::optional<picture_size> dimensions(std::string_view bytes) {
  if (starts_with(bytes, png_signature))
    return walk_png(bytes).size;
  if (starts_with(bytes, jpeg_signature))
    return walk_jpeg(bytes).size;
  if (is_webp(bytes))
    return walk_webp(bytes).size;
  return std::nullopt;
}

} // namespace meme::policy
