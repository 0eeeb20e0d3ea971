#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <new>

#include <jerror.h>
#include <jpeglib.h>

#include "actors/pictures/codecs/colours.hpp"
#include "actors/pictures/codecs/decoders.hpp"
#include "actors/pictures/formats/picture_metadata.hpp"

namespace meme::recompression {

namespace {

/// A progressive JPEG has ten scans or so. Each one is a pass over all of its pixels.
constexpr int most_scans = 100;

/// For the coefficients of a progressive JPEG: two bytes for each of up to four samples a pixel.
constexpr std::size_t coefficient_bytes_per_pixel = 8;
constexpr std::size_t other_memory = std::size_t{16} << 20;

/// libjpeg leaves a failed call with longjmp. So no function between `setjmp` and the call may have
/// an object with a destructor; all of them are members here.
class jpeg_reader {
public:
  explicit jpeg_reader(std::string_view bytes) : bytes_(bytes) {
    jpeg_.err = jpeg_std_error(&errors_);
    errors_.error_exit = on_error;
    errors_.emit_message = [](j_common_ptr, int) {}; // warnings are ignored
    errors_.output_message = [](j_common_ptr) {};
    jpeg_.client_data = this;
    progress_.progress_monitor = on_progress;
    if (setjmp(jump_) != 0) // NOLINT(cert-err52-cpp): the library's way
      throw std::bad_alloc();
    jpeg_create_decompress(&jpeg_);
    jpeg_.progress = &progress_;
  }
  ~jpeg_reader() { jpeg_destroy_decompress(&jpeg_); }
  jpeg_reader(const jpeg_reader&) = delete;
  jpeg_reader& operator=(const jpeg_reader&) = delete;

  pixels read() {
    if (!decoded())
      fail();
    return std::move(result_);
  }

private:
  /// Not inlined, and neither are the functions that it calls: in a function with `setjmp` the
  /// compiler assumes that longjmp may change every variable.
  [[gnu::noinline]] bool decoded() {
    if (setjmp(jump_) != 0) // NOLINT(cert-err52-cpp)
      return false;
    decode();
    return true;
  }

  [[gnu::noinline]] void decode() {
    jpeg_mem_src(&jpeg_, as_bytes(bytes_), static_cast<unsigned long>(bytes_.size()));
    jpeg_read_header(&jpeg_, TRUE);
    const auto count = std::size_t{jpeg_.image_width} * jpeg_.image_height;
    jpeg_.mem->max_memory_to_use =
        static_cast<long>(count * coefficient_bytes_per_pixel + other_memory);
    choose_colours();
    jpeg_start_decompress(&jpeg_);
    result_.width = jpeg_.output_width;
    result_.height = jpeg_.output_height;
    result_.rgb.resize(count * 3);
    row_.resize(std::size_t{jpeg_.output_width} * 4);
    while (jpeg_.output_scanline < jpeg_.output_height)
      read_row();
    jpeg_finish_decompress(&jpeg_);
  }

  [[noreturn]] static void on_error(j_common_ptr jpeg) {
    auto* self = static_cast<jpeg_reader*>(jpeg->client_data);
    jpeg->err->format_message(jpeg, self->error_);
    self->unsupported_ = is_limit(jpeg->err->msg_code);
    std::longjmp(self->jump_, 1); // NOLINT(cert-err52-cpp)
  }

  static void on_progress(j_common_ptr jpeg) {
    auto* self = static_cast<jpeg_reader*>(jpeg->client_data);
    if (self->jpeg_.input_scan_number <= most_scans)
      return;
    std::snprintf(self->error_, sizeof self->error_, "more than %d scans", most_scans);
    self->unsupported_ = true;
    std::longjmp(self->jump_, 1); // NOLINT(cert-err52-cpp)
  }

  /// Whether an error is about the library's own limits, not about damage.
  static bool is_limit(int code) {
    return code == JERR_BAD_PRECISION || code == JERR_SOF_UNSUPPORTED || code == JERR_ARITH_NOTIMPL
           || code == JERR_CONVERSION_NOTIMPL || code == JERR_NO_BACKING_STORE
           || code == JERR_OUT_OF_MEMORY || code == JERR_IMAGE_TOO_BIG || code == JERR_NOT_COMPILED
           || code == JERR_CCIR601_NOTIMPL || code == JERR_FRACT_SAMPLE_NOTIMPL
           || code == JERR_COMPONENT_COUNT;
  }

  [[noreturn]] void fail() const {
    const auto text = std::string{"JPEG: "} + error_;
    if (unsupported_)
      throw unsupported_picture(text);
    throw broken_picture(text);
  }

  void choose_colours() {
    const auto profile = profile_of(picture_type::jpeg, bytes_);
    jpeg_.dct_method = JDCT_ISLOW;
    if (jpeg_.jpeg_color_space == JCS_CMYK || jpeg_.jpeg_color_space == JCS_YCCK) {
      jpeg_.out_color_space = JCS_CMYK;
      // Adobe's programs store inverted values: 0 is full ink.
      layout_ = jpeg_.saw_Adobe_marker != FALSE ? samples::inverted_cmyk_8 : samples::cmyk_8;
    } else if (jpeg_.jpeg_color_space == JCS_GRAYSCALE && is_gray_profile(profile)) {
      jpeg_.out_color_space = JCS_GRAYSCALE;
      layout_ = samples::gray_8;
    } else {
      jpeg_.out_color_space = JCS_RGB;
    }
    transform_ = colour_transform::from_profile(profile, layout_);
    if (layout_ == samples::gray_8 && !transform_)
      jpeg_.out_color_space = JCS_RGB;
  }

  void read_row() {
    auto* out = &result_.rgb[std::size_t{jpeg_.output_scanline} * jpeg_.output_width * 3];
    JSAMPROW into = jpeg_.out_color_space == JCS_RGB ? out : row_.data();
    jpeg_read_scanlines(&jpeg_, &into, 1);
    if (transform_)
      transform_.apply(into, out, jpeg_.output_width);
    else if (jpeg_.out_color_space == JCS_CMYK)
      mix_inks(out);
  }

  /// Without a profile: each ink absorbs its complement, black absorbs everything.
  void mix_inks(std::uint8_t* out) const {
    const auto inverted = layout_ == samples::inverted_cmyk_8;
    const auto paper = [&](std::uint8_t value) { return inverted ? value : 255U - value; };
    for (std::size_t i = 0; i < jpeg_.output_width; ++i)
      for (std::size_t ink = 0; ink < 3; ++ink)
        out[i * 3 + ink] =
            static_cast<std::uint8_t>(paper(row_[i * 4 + ink]) * paper(row_[i * 4 + 3]) / 255);
  }

  jpeg_decompress_struct jpeg_{};
  jpeg_error_mgr errors_{};
  jpeg_progress_mgr progress_{};
  std::jmp_buf jump_{};
  char error_[JMSG_LENGTH_MAX]{};
  bool unsupported_ = false;
  std::string_view bytes_;
  samples layout_ = samples::rgb_8;
  colour_transform transform_;
  pixels result_;
  std::vector<std::uint8_t> row_;
};

} // namespace

pixels decode_jpeg(std::string_view bytes) {
  return jpeg_reader{bytes}.read();
}

} // namespace meme::recompression
