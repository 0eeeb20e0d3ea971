#include "actors/pictures/formats/picture_metadata.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "actors/pictures/formats/byte_order.hpp"

namespace meme {

namespace {

using namespace std::string_view_literals;

constexpr auto exif_prefix = "Exif\0\0"sv;
constexpr std::size_t png_signature = 8;

/// Calls `visit` with type and data of each chunk of a PNG.
template <class Visit>
void for_each_png_chunk(std::string_view bytes, Visit visit) {
  constexpr std::size_t around_data = 12;
  for (auto rest = bytes.substr(std::min(png_signature, bytes.size()));
       rest.size() >= around_data;) {
    const std::size_t length = big_endian_32(rest);
    if (length > rest.size() - around_data)
      return;
    visit(rest.substr(4, 4), rest.substr(8, length), rest.substr(0, around_data + length));
    rest.remove_prefix(around_data + length);
  }
}

/// Calls `visit` with marker and data of each segment of a JPEG before its first scan.
template <class Visit>
void for_each_jpeg_segment(std::string_view bytes, Visit visit) {
  constexpr std::uint32_t start_of_scan = 0xDA;
  auto rest = bytes.substr(std::min<std::size_t>(2, bytes.size()));
  while (rest.size() >= 4 && byte_at(rest, 0) == 0xFF) {
    const auto code = byte_at(rest, 1);
    if (code == 0xFF || code == 0x01) {
      rest.remove_prefix(code == 0xFF ? 1 : 2);
      continue;
    }
    const std::size_t length = big_endian_16(rest.substr(2));
    if (code == start_of_scan || length < 2 || length > rest.size() - 2)
      return;
    visit(code, rest.substr(4, length - 2));
    rest.remove_prefix(2 + length);
  }
}

/// The data of the first chunk of this type in a WebP.
std::string_view webp_chunk(std::string_view bytes, std::string_view type) {
  constexpr std::size_t file_header = 12;
  auto rest = bytes.substr(std::min(file_header, bytes.size()));
  while (rest.size() >= 8) {
    const std::size_t length = little_endian_32(rest.substr(4));
    if (length > rest.size() - 8)
      break;
    if (rest.substr(0, 4) == type)
      return rest.substr(8, length);
    rest.remove_prefix(std::min(rest.size(), 8 + length + length % 2));
  }
  return {};
}

std::string_view find_exif(picture_type type, std::string_view bytes) {
  constexpr std::uint32_t application_1 = 0xE1;
  std::string_view found;
  if (type == picture_type::png)
    for_each_png_chunk(bytes, [&](auto kind, auto data, auto) {
      if (kind == "eXIf" && found.empty())
        found = data;
    });
  else if (type == picture_type::jpeg)
    for_each_jpeg_segment(bytes, [&](auto code, auto data) {
      if (code == application_1 && found.empty()
          && data.substr(0, exif_prefix.size()) == exif_prefix)
        found = data;
    });
  else if (type == picture_type::webp)
    found = webp_chunk(bytes, "EXIF");
  if (found.substr(0, exif_prefix.size()) == exif_prefix)
    found.remove_prefix(exif_prefix.size());
  return found;
}

/// The orientation in an EXIF block, which is a TIFF file's head: byte order, then the offset of a
/// directory of entries of twelve bytes.
int read_orientation(std::string_view tiff) {
  constexpr std::size_t entry_size = 12;
  constexpr std::uint32_t tag = 0x0112;
  constexpr std::uint32_t short_type = 3;
  const auto little = tiff.substr(0, 4) == "II*\0"sv;
  if (tiff.size() < 8 || (!little && tiff.substr(0, 4) != "MM\0*"sv))
    return 1;
  const auto read_16 = [&](std::size_t at) {
    return little ? little_endian_16(tiff.substr(at)) : big_endian_16(tiff.substr(at));
  };
  const std::size_t directory =
      little ? little_endian_32(tiff.substr(4)) : big_endian_32(tiff.substr(4));
  if (directory > tiff.size() || tiff.size() - directory < 2)
    return 1;
  auto count = read_16(directory);
  for (auto at = directory + 2; count > 0 && at + entry_size <= tiff.size();
       --count, at += entry_size) {
    if (read_16(at) != tag || read_16(at + 2) != short_type)
      continue;
    const auto value = read_16(at + 8);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

/// A profile may be longer than a segment: each has its number, the count of all, and a part.
std::string jpeg_profile(std::string_view bytes) {
  constexpr std::uint32_t application_2 = 0xE2;
  constexpr auto prefix = "ICC_PROFILE\0"sv;
  std::map<std::uint32_t, std::string_view> parts;
  std::uint32_t count = 0;
  for_each_jpeg_segment(bytes, [&](auto code, auto data) {
    if (code != application_2 || data.substr(0, prefix.size()) != prefix
        || data.size() < prefix.size() + 2)
      return;
    count = byte_at(data, prefix.size() + 1);
    parts[byte_at(data, prefix.size())] = data.substr(prefix.size() + 2);
  });
  if (parts.empty() || parts.size() != count || parts.begin()->first != 1)
    return {};
  std::string profile;
  for (const auto& [number, part] : parts)
    profile += part;
  return profile;
}

} // namespace

int orientation_of(picture_type type, std::string_view bytes) {
  return read_orientation(find_exif(type, bytes));
}

std::string profile_of(picture_type type, std::string_view bytes) {
  if (type == picture_type::jpeg)
    return jpeg_profile(bytes);
  if (type == picture_type::webp)
    return std::string{webp_chunk(bytes, "ICCP")};
  return {};
}

std::string essential_png(std::string_view bytes) {
  constexpr std::size_t longest_profile = std::size_t{1} << 20; // compressed
  std::string result{bytes.substr(0, png_signature)};
  result.reserve(bytes.size());
  std::set<std::string_view> once{"IHDR", "PLTE", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "IEND"};
  for_each_png_chunk(bytes, [&](auto type, auto data, auto whole) {
    if (type == "iCCP" && data.size() > longest_profile)
      return;
    if (type == "IDAT" || once.erase(type) > 0)
      result += whole;
  });
  return result;
}

} // namespace meme
