#include "actors/pictures/formats/byte_order.hpp"
#include "actors/pictures/formats/container.hpp"

namespace meme::container {

namespace {

constexpr auto cut_short = "a GIF that is cut short";

/// The bytes of a colour table that a descriptor's flags announce.
std::size_t colour_table_size(std::uint32_t flags) {
  constexpr std::uint32_t present = 0x80;
  return (flags & present) == 0 ? 0 : std::size_t{3} << ((flags & 7) + 1);
}

/// Takes sub-blocks up to the empty one that ends them; false where they are cut short.
bool skip_sub_blocks(std::string_view& rest) {
  while (!rest.empty()) {
    const std::size_t length = byte_at(rest, 0);
    if (rest.size() < length + 1)
      return false;
    rest.remove_prefix(length + 1);
    if (length == 0)
      return true;
  }
  return false;
}

bool skip(std::string_view& rest, std::size_t size) {
  if (rest.size() < size)
    return false;
  rest.remove_prefix(size);
  return true;
}

/// Takes an image: descriptor, colour table, code size, data.
bool skip_image(std::string_view& rest) {
  constexpr std::size_t descriptor = 9;
  if (rest.size() < descriptor)
    return false;
  const auto table = colour_table_size(byte_at(rest, descriptor - 1));
  return skip(rest, descriptor + table + 1) && skip_sub_blocks(rest);
}

} // namespace

bool is_gif(std::string_view bytes) {
  return starts_with(bytes, "GIF87a") || starts_with(bytes, "GIF89a");
}

walk walk_gif(std::string_view bytes) {
  constexpr std::size_t header = 13; // signature and screen descriptor
  constexpr char extension = 0x21;
  constexpr char image = 0x2C;
  constexpr char trailer = 0x3B;
  walk result;
  result.fault = cut_short;
  if (bytes.size() < header)
    return result;
  result.size = size_of(little_endian_16(bytes.substr(6)), little_endian_16(bytes.substr(8)));
  auto rest = bytes.substr(header);
  bool has_image = false;
  auto complete = skip(rest, colour_table_size(byte_at(bytes, 10)));
  while (complete && !rest.empty()) {
    const auto kind = rest.front();
    rest.remove_prefix(1);
    if (kind == trailer) {
      result.end = bytes.size() - rest.size();
      result.fault = has_image ? "" : "a GIF without picture data";
      return result;
    }
    if (kind == extension) {
      complete = skip(rest, 1) && skip_sub_blocks(rest);
    } else if (kind == image) {
      complete = skip_image(rest);
      has_image = true;
    } else {
      result.fault = "a GIF with a broken block";
      return result;
    }
  }
  return result;
}

} // namespace meme::container
