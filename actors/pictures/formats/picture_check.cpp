#include "actors/pictures/formats/picture_check.hpp"

#include "actors/pictures/formats/byte_order.hpp"
#include "actors/pictures/formats/container.hpp"

namespace meme {

namespace {

using namespace std::string_view_literals;
using container::starts_with;

/// How far into a text the root element is searched, after a declaration and comments.
constexpr std::size_t text_head = 1'024;

bool is_bmp(std::string_view bytes) {
  constexpr std::size_t file_header = 14;
  if (!starts_with(bytes, "BM") || bytes.size() < file_header + 4)
    return false;
  const auto info_header = little_endian_32(bytes.substr(file_header));
  return info_header == 12 || info_header == 40 || info_header == 56 || info_header == 64
         || info_header == 108 || info_header == 124;
}

bool is_heic(std::string_view bytes) {
  if (bytes.size() < 12 || bytes.substr(4, 4) != "ftyp")
    return false;
  const auto brand = bytes.substr(8, 4);
  return brand == "heic" || brand == "heix" || brand == "hevc" || brand == "hevx" || brand == "heim"
         || brand == "heis" || brand == "mif1" || brand == "msf1";
}

bool is_svg(std::string_view bytes) {
  const auto head = bytes.substr(0, text_head);
  const auto first = head.find_first_not_of("\xef\xbb\xbf \t\r\n");
  if (first == head.npos || head[first] != '<')
    return false;
  const auto text = head.substr(first);
  if (starts_with(text, "<svg"))
    return true;
  const auto declared =
      starts_with(text, "<?xml") || starts_with(text, "<!--") || starts_with(text, "<!DOCTYPE svg");
  return declared && text.find("<svg") != text.npos;
}

/// The name of a known type that is not passed on; empty for bytes of no known type.
std::string_view foreign_type(std::string_view bytes) {
  if (is_heic(bytes))
    return "HEIC";
  if (starts_with(bytes, "\xff\x0a"sv) || starts_with(bytes, "\0\0\0\x0cJXL \r\n\x87\n"sv))
    return "JPEG XL";
  if (starts_with(bytes, "\0\0\0\x0cjP  \r\n\x87\n"sv) || starts_with(bytes, "\xff\x4f\xff\x51"sv))
    return "JPEG 2000";
  if (starts_with(bytes, "II*\0"sv) || starts_with(bytes, "MM\0*"sv)
      || starts_with(bytes, "II+\0"sv) || starts_with(bytes, "MM\0+"sv))
    return "TIFF";
  if (starts_with(bytes, "\0\0\1\0"sv) && bytes.size() >= 22)
    return "ICO";
  if (starts_with(bytes, "8BPS\0\1"sv))
    return "PSD";
  if (is_bmp(bytes))
    return "BMP";
  if (is_svg(bytes))
    return "SVG";
  return {};
}

struct typed_walk {
  picture_type type;
  container::walk found;
};

/// Reads the container that the signature names; nothing for other bytes.
std::optional<typed_walk> walk_any(std::string_view bytes, checksums wanted) {
  using namespace container;
  if (is_png(bytes))
    return typed_walk{picture_type::png, walk_png(bytes, wanted)};
  if (is_jpeg(bytes))
    return typed_walk{picture_type::jpeg, walk_jpeg(bytes)};
  if (is_webp(bytes))
    return typed_walk{picture_type::webp, walk_webp(bytes)};
  if (is_gif(bytes))
    return typed_walk{picture_type::gif, walk_gif(bytes)};
  if (is_avif(bytes))
    return typed_walk{picture_type::avif, walk_avif(bytes)};
  return std::nullopt;
}

} // namespace

picture_finding inspect_picture(std::string_view bytes, checksums wanted) {
  if (bytes.empty())
    return picture_fault{"nothing at all"};
  if (auto walked = walk_any(bytes, wanted)) {
    if (!walked->found.fault.empty())
      return picture_fault{std::move(walked->found.fault)};
    return complete_picture{walked->type, walked->found.end};
  }
  if (const auto name = foreign_type(bytes); !name.empty())
    return picture_fault{"a picture of the type " + std::string{name} + ", which is not passed on",
                         true};
  return picture_fault{"neither PNG, JPEG, WebP, GIF nor AVIF"};
}

std::optional<picture_size> dimensions(std::string_view bytes) {
  auto walked = walk_any(bytes, checksums::ignored);
  return walked ? walked->found.size : std::nullopt;
}

} // namespace meme
