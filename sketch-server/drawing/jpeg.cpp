#include "sketch-server/drawing/jpeg.hpp"

#include <cstdint>
#include <cstdio> // jpeglib.h needs FILE
#include <cstdlib>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <vector>

#include <jpeglib.h>

namespace meme::sketch {

namespace {

/// libjpeg's own handler ends the process. It may be left by an exception: Debian builds C with
/// unwind tables on all its 64-bit architectures.
[[noreturn]] void fail(j_common_ptr codec) {
  char message[JMSG_LENGTH_MAX];
  codec->err->format_message(codec, message);
  throw std::runtime_error{std::string{"cannot write a JPEG: "} + message};
}

class compressor {
public:
  compressor() {
    codec_.err = jpeg_std_error(&errors_);
    errors_.error_exit = fail;
    jpeg_create_compress(&codec_);
    jpeg_mem_dest(&codec_, &data_, &size_);
  }
  ~compressor() {
    jpeg_destroy_compress(&codec_);
    std::free(data_);
  }
  compressor(const compressor&) = delete;
  compressor& operator=(const compressor&) = delete;

  jpeg_compress_struct& codec() { return codec_; }
  std::string result() const { return {reinterpret_cast<const char*>(data_), size_}; }

private:
  jpeg_error_mgr errors_{};
  jpeg_compress_struct codec_{};
  unsigned char* data_ = nullptr;
  unsigned long size_ = 0;
};

} // namespace

std::string encode_jpeg(const canvas& picture) {
  auto* const surface = picture.finished();
  const auto* const pixels = cairo_image_surface_get_data(surface);
  const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(surface));
  const auto width = static_cast<std::size_t>(picture.width());

  compressor work;
  auto& codec = work.codec();
  codec.image_width = static_cast<JDIMENSION>(picture.width());
  codec.image_height = static_cast<JDIMENSION>(picture.height());
  codec.input_components = 3;
  codec.in_color_space = JCS_RGB;
  jpeg_set_defaults(&codec);
  jpeg_set_quality(&codec, 90, TRUE);
  jpeg_start_compress(&codec, TRUE);
  std::vector<JSAMPLE> row(width * 3);
  while (codec.next_scanline < codec.image_height) {
    for (std::size_t x = 0; x < width; ++x) {
      std::uint32_t pixel = 0; // Cairo's RGB24: 0x00RRGGBB in the machine's byte order
      std::memcpy(&pixel, pixels + codec.next_scanline * stride + x * 4, 4);
      row[x * 3] = static_cast<JSAMPLE>(pixel >> 16 & 0xFF);
      row[x * 3 + 1] = static_cast<JSAMPLE>(pixel >> 8 & 0xFF);
      row[x * 3 + 2] = static_cast<JSAMPLE>(pixel & 0xFF);
    }
    JSAMPROW rows[] = {row.data()};
    jpeg_write_scanlines(&codec, rows, 1);
  }
  jpeg_finish_compress(&codec);
  return work.result();
}

} // namespace meme::sketch
