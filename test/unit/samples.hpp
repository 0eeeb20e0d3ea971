#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <zlib.h>

namespace meme::test {

/// Pictures of the given size, complete as containers; their pixels make no sense.

inline std::string big_endian(std::uint32_t value, int bytes) {
  std::string result;
  for (int i = bytes - 1; i >= 0; --i)
    result += static_cast<char>(value >> (8 * i) & 0xFF);
  return result;
}

inline std::string little_endian(std::uint32_t value, int bytes) {
  const auto reversed = big_endian(value, bytes);
  return {reversed.rbegin(), reversed.rend()};
}

inline std::string png_chunk(std::string_view type, std::string_view data) {
  const auto covered = std::string(type).append(data);
  const auto checksum =
      ::crc32_z(0, reinterpret_cast<const Bytef*>(covered.data()), covered.size());
  return big_endian(static_cast<std::uint32_t>(data.size()), 4) + covered
         + big_endian(static_cast<std::uint32_t>(checksum), 4);
}

inline std::string png_header(std::uint32_t width, std::uint32_t height) {
  return "\x89PNG\r\n\x1a\n"
         + png_chunk("IHDR", big_endian(width, 4) + big_endian(height, 4)
                                 + std::string("\x08\x02\0\0\0", 5));
}

inline std::string png(std::uint32_t width, std::uint32_t height) {
  return png_header(width, height) + png_chunk("tEXt", "Comment\0x") + png_chunk("IDAT", "pixels")
         + png_chunk("IDAT", "more pixels") + png_chunk("IEND", "");
}

inline std::string jpeg_segment(char marker, std::string_view data) {
  return std::string{'\xff', marker} + big_endian(static_cast<std::uint32_t>(data.size() + 2), 2)
         + std::string(data);
}

inline std::string jpeg_header(std::uint32_t width, std::uint32_t height) {
  return "\xff\xd8" + jpeg_segment('\xe0', std::string_view("JFIF\0\1\1\0\0\1\0\1\0\0", 14))
         + jpeg_segment('\xdb', std::string(65, '\1'))
         + jpeg_segment('\xc2', "\x08" + big_endian(height, 2) + big_endian(width, 2) + "\x03");
}

inline std::string jpeg(std::uint32_t width, std::uint32_t height) {
  return jpeg_header(width, height) + jpeg_segment('\xc4', "huffman")
         + jpeg_segment('\xda', "scan header") + std::string("pixels \xff\0 \xff\xd0 more", 18)
         + "\xff\xd9";
}

inline std::string webp_chunk(std::string_view type, std::string_view data) {
  auto chunk = std::string(type) + little_endian(static_cast<std::uint32_t>(data.size()), 4);
  chunk += data;
  if (data.size() % 2 != 0)
    chunk += '\0';
  return chunk;
}

inline std::string webp(std::string_view chunks) {
  return "RIFF" + little_endian(static_cast<std::uint32_t>(chunks.size() + 4), 4) + "WEBP"
         + std::string(chunks);
}

inline std::string lossy_webp(std::uint32_t width, std::uint32_t height) {
  return webp(webp_chunk("VP8 ", std::string("\x30\x01\0\x9d\x01\x2a", 6) + little_endian(width, 2)
                                     + little_endian(height, 2) + "pixels!"));
}

inline std::string lossless_webp(std::uint32_t width, std::uint32_t height) {
  return webp(
      webp_chunk("VP8L", "\x2f" + little_endian((width - 1) | (height - 1) << 14, 4) + "pixels"));
}

inline std::string extended_webp(std::uint32_t width, std::uint32_t height) {
  return webp(webp_chunk("VP8X", std::string(4, '\0') + little_endian(width - 1, 3)
                                     + little_endian(height - 1, 3))
              + webp_chunk("ICCP", "profile") + webp_chunk("VP8L", "pixels"));
}

inline std::string gif(std::uint32_t width, std::uint32_t height) {
  const auto size = little_endian(width, 2) + little_endian(height, 2);
  return "GIF89a" + size + std::string("\x80\0\0", 3) + "rgbRGB" // a colour table of two
         + std::string("!\xfe\x02hi\0", 6)                       // a comment
         + std::string(",\0\0\0\0", 5) + size + std::string("\0\x02\x02\x44\x01\0", 6) + ";";
}

inline std::string mp4_box(std::string_view type, std::string_view content) {
  return big_endian(static_cast<std::uint32_t>(content.size() + 8), 4).append(type).append(content);
}

inline std::string avif(std::uint32_t width, std::uint32_t height) {
  const std::string flags(4, '\0');
  const auto size = mp4_box("ispe", flags + big_endian(width, 4) + big_endian(height, 4));
  const auto thumbnail = mp4_box("ispe", flags + big_endian(1, 4) + big_endian(1, 4));
  return mp4_box("ftyp", "avif" + flags + "mif1miaf")
         + mp4_box("meta", flags + mp4_box("hdlr", "pict")
                               + mp4_box("iprp", mp4_box("ipco", thumbnail + size)))
         + mp4_box("mdat", "pixels");
}

} // namespace meme::test
