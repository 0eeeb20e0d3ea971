#include <algorithm>

#include "actors/pictures/formats/byte_order.hpp"
#include "actors/pictures/formats/container.hpp"

namespace meme::container {

namespace {

using namespace std::string_view_literals;

constexpr auto broken = "a JPEG with a broken header";
constexpr auto cut_short = "a JPEG that is cut short";

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
constexpr std::uint32_t restart_interval = 0xDD;
constexpr std::uint32_t application_first = 0xE0;
constexpr std::uint32_t application_last = 0xEF;
constexpr std::uint32_t comment = 0xFE;
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

/// Markers that are allowed between two scans: tables, a comment, an application's data, the next
/// scan. Other codes within a scan are damage that decoders skip.
bool follows_a_scan(std::uint32_t code) {
  return code == marker::huffman_tables || code == marker::arithmetic_tables
         || (code >= marker::start_of_scan && code <= marker::restart_interval)
         || (code >= marker::application_first && code <= marker::application_last)
         || code == marker::comment;
}

/// The number of bytes up to the end-of-image marker and including it, after the first scan's
/// header; 0 if there is none.
std::size_t find_end(std::string_view scans) {
  for (auto at = scans.find('\xff'); at != scans.npos && at + 1 < scans.size();
       at = scans.find('\xff', at)) {
    const auto code = byte_at(scans, at + 1);
    if (code == marker::end_of_image)
      return at + 2;
    if (follows_a_scan(code) && at + 4 <= scans.size()) {
      at += 2 + big_endian_16(scans.substr(at + 2));
      continue;
    }
    at += code == marker::prefix ? 1 : 2; // a fill byte may precede a marker
  }
  // Perhaps a length within the scans was wrong and pointed beyond the end.
  const auto used = scans.find_last_not_of('\0') + 1;
  return used >= 2 && scans.substr(used - 2, 2) == "\xff\xd9" ? used : 0;
}

} // namespace

bool is_jpeg(std::string_view bytes) {
  return starts_with(bytes, "\xff\xd8\xff"sv);
}

walk walk_jpeg(std::string_view bytes) {
  walk result;
  auto rest = bytes.substr(2);
  const auto complain = [&](const char* fault) {
    result.fault = fault;
    return result;
  };
  while (rest.size() >= 4) {
    if (byte_at(rest, 0) != marker::prefix) { // decoders step over it (libjpeg's next_marker)
      rest.remove_prefix(std::min(rest.find('\xff'), rest.size()));
      continue;
    }
    const auto code = byte_at(rest, 1);
    if (code == 0 || code == marker::prefix || stands_alone(code)) {
      rest.remove_prefix(code == marker::prefix ? 1 : 2);
      continue;
    }
    if (code == marker::end_of_image)
      return complain(broken);
    const std::size_t length = big_endian_16(rest.substr(2)); // counts itself, not the marker
    if (length < 2)
      return complain(broken);
    if (rest.size() - 2 < length)
      break;
    if (is_frame_header(code) && !result.size) {
      if (length >= 7) // itself, precision, height, width
        result.size = size_of(big_endian_16(rest.substr(7)), big_endian_16(rest.substr(5)));
      if (!result.size)
        return complain("a JPEG without width or height");
    }
    rest.remove_prefix(2 + length);
    if (code != marker::start_of_scan)
      continue;
    if (!result.size)
      return complain(broken);
    const auto end = find_end(rest);
    if (end <= 2) // the marker alone: no pixels
      return complain(cut_short);
    result.end = bytes.size() - rest.size() + end;
    return result;
  }
  return complain(cut_short);
}

} // namespace meme::container
