#include "sketch-server/drawing/png.hpp"

#include <stdexcept>

#include <boost/crc.hpp>

#include "sketch-server/drawing/random.hpp"

namespace meme::sketch {

namespace {

constexpr std::size_t chunk_overhead = 12; // length, type, checksum
constexpr std::size_t end_chunk = 12;      // IEND has no data

void append_big_endian(std::string& target, std::uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8)
    target += static_cast<char>(number >> shift & 0xFF);
}

cairo_status_t append(void* target, const unsigned char* data, unsigned int size) noexcept {
  try {
    static_cast<std::string*>(target)->append(reinterpret_cast<const char*>(data), size);
    return CAIRO_STATUS_SUCCESS;
  } catch (...) {
    return CAIRO_STATUS_NO_MEMORY;
  }
}

} // namespace

std::string encode_png(const canvas& picture) {
  std::string result;
  const auto status = cairo_surface_write_to_png_stream(picture.finished(), append, &result);
  if (status != CAIRO_STATUS_SUCCESS)
    throw std::runtime_error{std::string{"cannot write a PNG: "} + cairo_status_to_string(status)};
  return result;
}

std::optional<std::string> pad_png(std::string png, std::size_t size) {
  if (png.size() == size)
    return png;
  if (png.size() + chunk_overhead > size)
    return std::nullopt;
  // Lower case: ancillary, private, (reserved), safe to copy.
  std::string chunk = "paDd";
  random_source random{size};
  const auto noise = size - png.size() - chunk_overhead;
  while (chunk.size() < 4 + noise)
    chunk += static_cast<char>(random.next() >> 56);
  boost::crc_32_type checksum;
  checksum.process_bytes(chunk.data(), chunk.size());

  const auto end = png.substr(png.size() - end_chunk);
  png.resize(png.size() - end_chunk);
  append_big_endian(png, static_cast<std::uint32_t>(noise));
  png += chunk;
  append_big_endian(png, checksum.checksum());
  return png + end;
}

} // namespace meme::sketch
