#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace meme {

/// Numbers in file formats. The caller has checked that the bytes are there.

inline std::uint32_t byte_at(std::string_view bytes, std::size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}

inline std::uint32_t big_endian_16(std::string_view bytes) {
  return byte_at(bytes, 0) << 8 | byte_at(bytes, 1);
}

inline std::uint32_t big_endian_32(std::string_view bytes) {
  return big_endian_16(bytes) << 16 | big_endian_16(bytes.substr(2));
}

inline std::uint64_t big_endian_64(std::string_view bytes) {
  return std::uint64_t{big_endian_32(bytes)} << 32 | big_endian_32(bytes.substr(4));
}

inline std::uint32_t little_endian_16(std::string_view bytes) {
  return byte_at(bytes, 1) << 8 | byte_at(bytes, 0);
}

inline std::uint32_t little_endian_24(std::string_view bytes) {
  return byte_at(bytes, 2) << 16 | little_endian_16(bytes);
}

inline std::uint32_t little_endian_32(std::string_view bytes) {
  return little_endian_16(bytes.substr(2)) << 16 | little_endian_16(bytes);
}

} // namespace meme
