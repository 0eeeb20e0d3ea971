#include <algorithm>

#include "actors/pictures/formats/byte_order.hpp"
#include "actors/pictures/formats/container.hpp"

namespace meme::container {

namespace {

struct box {
  std::string_view type;
  std::string_view content;
  std::size_t size = 0; ///< with its header
};

/// The box at the start of `bytes`; nothing where it is not wholly there.
std::optional<box> first_box(std::string_view bytes) {
  std::size_t header = 8;
  if (bytes.size() < header)
    return std::nullopt;
  std::uint64_t size = big_endian_32(bytes);
  if (size == 1) { // the size has eight bytes and follows the type
    header = 16;
    if (bytes.size() < header)
      return std::nullopt;
    size = big_endian_64(bytes.substr(8));
  } else if (size == 0) { // the last box, up to the end
    size = bytes.size();
  }
  if (size < header || size > bytes.size())
    return std::nullopt;
  const auto whole = static_cast<std::size_t>(size);
  return box{bytes.substr(4, 4), bytes.substr(header, whole - header), whole};
}

/// The content of the first box of this type among those in `bytes`.
std::string_view find_box(std::string_view bytes, std::string_view type) {
  while (auto next = first_box(bytes)) {
    if (next->type == type)
      return next->content;
    bytes.remove_prefix(next->size);
  }
  return {};
}

/// The largest size that an image property declares: a thumbnail and the parts of a grid are
/// smaller than the whole.
std::optional<picture_size> largest_size(std::string_view meta) {
  constexpr std::size_t version_and_flags = 4;
  if (meta.size() < version_and_flags)
    return std::nullopt;
  auto properties = find_box(find_box(meta.substr(version_and_flags), "iprp"), "ipco");
  std::optional<picture_size> largest;
  std::uint64_t pixels = 0;
  for (auto next = first_box(properties); next; next = first_box(properties)) {
    properties.remove_prefix(next->size);
    if (next->type != "ispe" || next->content.size() < version_and_flags + 8)
      continue;
    const auto width = big_endian_32(next->content.substr(4));
    const auto height = big_endian_32(next->content.substr(8));
    if (const auto count = std::uint64_t{width} * height; count > pixels) {
      pixels = count;
      largest = size_of(width, height);
    }
  }
  return largest;
}

bool is_known(std::string_view type) {
  return type == "mdat" || type == "meta" || type == "moov" || type == "free" || type == "skip"
         || type == "uuid";
}

} // namespace

bool is_avif(std::string_view bytes) {
  if (bytes.size() < 16 || bytes.substr(4, 4) != "ftyp")
    return false;
  const auto brands = bytes.substr(8, std::max<std::size_t>(big_endian_32(bytes), 8) - 8);
  for (std::size_t at = 0; at + 4 <= brands.size(); at += 4)
    if (const auto brand = brands.substr(at, 4); brand == "avif" || brand == "avis")
      return true;
  return false;
}

walk walk_avif(std::string_view bytes) {
  walk result;
  auto rest = bytes;
  bool has_meta = false;
  bool has_data = false;
  while (auto next = first_box(rest)) {
    if (next->type == "meta") {
      has_meta = true;
      result.size = largest_size(next->content);
      has_data |=
          !find_box(next->content.substr(std::min<std::size_t>(next->content.size(), 4)), "idat")
               .empty();
    }
    has_data |= next->type == "mdat" && !next->content.empty();
    rest.remove_prefix(next->size);
    if (has_meta && has_data && !(rest.size() >= 8 && is_known(rest.substr(4, 4))))
      break; // what follows does not look like a box
  }
  result.end = bytes.size() - rest.size();
  if (rest.size() >= 8 && is_known(rest.substr(4, 4)))
    result.fault = "an AVIF that is cut short";
  else if (!has_meta || !has_data)
    result.fault = "an AVIF that is cut short";
  else if (!result.size)
    result.fault = "an AVIF without width or height";
  return result;
}

} // namespace meme::container
