#include <memory>
#include <new>

#include <turbojpeg.h>

#include "actors/pictures/codecs/codec.hpp"

namespace meme::recompression {

namespace {

struct turbojpeg_deleter {
  void operator()(void* handle) const { tjDestroy(handle); }
};
using turbojpeg_ptr = std::unique_ptr<void, turbojpeg_deleter>;

struct buffer_deleter {
  void operator()(unsigned char* buffer) const { tjFree(buffer); }
};

} // namespace

std::string encode_jpeg(const pixels& source, int quality, chroma detail) {
  turbojpeg_ptr writer{tjInitCompress()};
  if (!writer)
    throw std::bad_alloc();
  // The library's buffer grows with the output, to at most twice the size of the pixels.
  unsigned char* written = nullptr;
  unsigned long size = 0;
  const auto failed =
      tjCompress2(writer.get(), source.rgb.data(), static_cast<int>(source.width), 0,
                  static_cast<int>(source.height), TJPF_RGB, &written, &size,
                  detail == chroma::full ? TJSAMP_444 : TJSAMP_420, quality, TJFLAG_ACCURATEDCT);
  const std::unique_ptr<unsigned char, buffer_deleter> owner{written};
  if (failed != 0)
    throw std::runtime_error(std::string{"JPEG: "} + tjGetErrorStr2(writer.get()));
  return {reinterpret_cast<const char*>(written), size};
}

} // namespace meme::recompression
