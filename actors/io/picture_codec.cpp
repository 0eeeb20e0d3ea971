#include "actors/io/picture_codec.hpp"

#include <memory>
#include <stdexcept>

#include <png.h>
#include <turbojpeg.h>
#include <webp/decode.h>

namespace meme::io {

namespace {

constexpr std::uint8_t white = 255;

struct turbojpeg_deleter {
  void operator()(void* handle) const { tjDestroy(handle); }
};
using turbojpeg_ptr = std::unique_ptr<void, turbojpeg_deleter>;

[[noreturn]] void fail(const char* what, const char* why) {
  throw std::runtime_error(std::string{what} + ": " + why);
}

const std::uint8_t* as_bytes(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

std::size_t rgb_size(std::uint32_t width, std::uint32_t height) {
  return std::size_t{width} * height * 3;
}

pixels decode_png(std::string_view bytes) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  std::unique_ptr<png_image, void (*)(png_image*)> freed{&image, png_image_free};
  if (png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) == 0)
    fail("PNG", image.message);
  image.format = PNG_FORMAT_RGB;
  pixels result{image.width, image.height, {}};
  result.rgb.resize(rgb_size(image.width, image.height));
  const png_color background{white, white, white};
  if (png_image_finish_read(&image, &background, result.rgb.data(), 0, nullptr) == 0)
    fail("PNG", image.message);
  return result;
}

pixels decode_jpeg(std::string_view bytes) {
  turbojpeg_ptr reader{tjInitDecompress()};
  if (!reader)
    throw std::bad_alloc();
  int width = 0;
  int height = 0;
  int subsampling = 0;
  int colours = 0;
  const auto size = static_cast<unsigned long>(bytes.size());
  if (tjDecompressHeader3(reader.get(), as_bytes(bytes), size, &width, &height, &subsampling,
                          &colours)
      != 0)
    fail("JPEG", tjGetErrorStr2(reader.get()));
  pixels result{static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height), {}};
  result.rgb.resize(rgb_size(result.width, result.height));
  if (tjDecompress2(reader.get(), as_bytes(bytes), size, result.rgb.data(), width, 0, height,
                    TJPF_RGB, 0)
      != 0)
    fail("JPEG", tjGetErrorStr2(reader.get()));
  return result;
}

std::uint8_t on_white(std::uint8_t colour, std::uint8_t alpha) {
  return static_cast<std::uint8_t>((colour * alpha + white * (255 - alpha)) / 255);
}

pixels decode_webp(std::string_view bytes) {
  int width = 0;
  int height = 0;
  if (WebPGetInfo(as_bytes(bytes), bytes.size(), &width, &height) == 0)
    fail("WebP", "no header");
  pixels result{static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height), {}};
  const auto count = std::size_t{result.width} * result.height;
  std::vector<std::uint8_t> rgba(count * 4);
  if (WebPDecodeRGBAInto(as_bytes(bytes), bytes.size(), rgba.data(), rgba.size(), width * 4)
      == nullptr)
    fail("WebP", "cannot be decoded");
  result.rgb.resize(count * 3);
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t colour = 0; colour < 3; ++colour)
      result.rgb[i * 3 + colour] = on_white(rgba[i * 4 + colour], rgba[i * 4 + 3]);
  return result;
}

} // namespace

pixels decode(picture_type type, std::string_view bytes) {
  switch (type) {
  case picture_type::png:
    return decode_png(bytes);
  case picture_type::jpeg:
    return decode_jpeg(bytes);
  case picture_type::webp:
    return decode_webp(bytes);
  case picture_type::gif:
  case picture_type::avif:
    break;
  }
  fail("picture", "its type is passed on as it is, and not encoded anew");
}

std::string encode_jpeg(const pixels& source, int quality) {
  turbojpeg_ptr writer{tjInitCompress()};
  if (!writer)
    throw std::bad_alloc();
  const auto width = static_cast<int>(source.width);
  const auto height = static_cast<int>(source.height);
  // The most that it can be: the library writes into it and allocates nothing.
  std::string result(tjBufSize(width, height, TJSAMP_420), '\0');
  auto* target = reinterpret_cast<unsigned char*>(result.data());
  auto size = static_cast<unsigned long>(result.size());
  if (tjCompress2(writer.get(), source.rgb.data(), width, 0, height, TJPF_RGB, &target, &size,
                  TJSAMP_420, quality, TJFLAG_NOREALLOC)
      != 0)
    fail("JPEG", tjGetErrorStr2(writer.get()));
  result.resize(size);
  result.shrink_to_fit();
  return result;
}

} // namespace meme::io
