#include <zlib.h>

#include "actors/pictures/formats/byte_order.hpp"
#include "actors/pictures/formats/container.hpp"

namespace meme::container {

namespace {

using namespace std::string_view_literals;

constexpr auto signature = "\x89PNG\r\n\x1a\n"sv;
constexpr std::size_t length_and_type = 8;
constexpr std::size_t around_data = length_and_type + 4; // and the checksum
constexpr std::uint32_t header_size = 13;

/// A decoder cannot do without them. Bit 5 of the first letter says so.
bool is_critical(std::string_view type) {
  return (byte_at(type, 0) & 0x20) == 0;
}

bool checksum_fits(std::string_view chunk, std::uint32_t length) {
  const auto covered = chunk.substr(4, 4 + std::size_t{length}); // type and data
  const auto computed =
      ::crc32_z(0, reinterpret_cast<const Bytef*>(covered.data()), covered.size());
  return computed == big_endian_32(chunk.substr(length_and_type + length));
}

} // namespace

bool is_png(std::string_view bytes) {
  return starts_with(bytes, signature);
}

walk walk_png(std::string_view bytes, checksums wanted) {
  walk result;
  auto rest = bytes.substr(signature.size());
  bool has_data = false;
  const auto complain = [&](const char* fault) {
    result.fault = fault;
    return result;
  };
  for (bool first = true; rest.size() >= around_data; first = false) {
    const auto length = big_endian_32(rest);
    const auto type = rest.substr(4, 4);
    if (first) {
      if (type != "IHDR" || length != header_size || rest.size() < around_data + header_size)
        return complain("a PNG without its header");
      result.size = size_of(big_endian_32(rest.substr(8)), big_endian_32(rest.substr(12)));
      if (!result.size)
        return complain("a PNG without width or height");
    }
    if (length > rest.size() - around_data)
      break;
    if (wanted == checksums::verified && is_critical(type) && !checksum_fits(rest, length))
      return complain("a PNG with a wrong checksum");
    rest.remove_prefix(around_data + length);
    has_data |= type == "IDAT";
    if (type != "IEND")
      continue;
    result.end = bytes.size() - rest.size();
    return has_data ? result : complain("a PNG without picture data");
  }
  return complain("a PNG that is cut short");
}

} // namespace meme::container
