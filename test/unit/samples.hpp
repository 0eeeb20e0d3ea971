#pragma once

#include <cstdint>
#include <string>
#include <string_view>

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
  return big_endian(static_cast<std::uint32_t>(data.size()), 4).append(type).append(data) + "csum";
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

} // namespace meme::test
