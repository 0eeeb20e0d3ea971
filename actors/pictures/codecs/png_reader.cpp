#include <algorithm>
#include <cmath>
#include <csetjmp>
#include <cstring>

#include <png.h>

#include "actors/pictures/codecs/colours.hpp"
#include "actors/pictures/codecs/decoders.hpp"
#include "actors/pictures/formats/picture_metadata.hpp"

namespace meme::recompression {

namespace {

/// The most bytes of a decompressed chunk; a longer chunk is dropped.
constexpr png_alloc_size_t longest_chunk = std::size_t{4} << 20;
constexpr png_uint_32 most_chunks_kept = 16;

/// libpng leaves a failed call with longjmp. So no function between `setjmp` and the call may have
/// an object with a destructor; all of them are members here.
class png_reader {
public:
  explicit png_reader(std::string_view bytes) : rest_(bytes) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning);
    info_ = png_ == nullptr ? nullptr : png_create_info_struct(png_);
    if (info_ == nullptr) {
      png_destroy_read_struct(&png_, nullptr, nullptr);
      throw std::bad_alloc();
    }
    png_set_read_fn(png_, this, on_read);
    png_set_chunk_malloc_max(png_, longest_chunk);
    png_set_chunk_cache_max(png_, most_chunks_kept);
    png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX); // the caller has checked the size
  }
  ~png_reader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  png_reader(const png_reader&) = delete;
  png_reader& operator=(const png_reader&) = delete;

  pixels read() {
    if (!decoded())
      throw broken_picture("PNG: " + std::string{error_});
    return convert();
  }

private:
  /// Not inlined, and neither are the functions that it calls: in a function with `setjmp` the
  /// compiler assumes that longjmp may change every variable.
  [[gnu::noinline]] bool decoded() {
    if (setjmp(jump_) != 0) // NOLINT(cert-err52-cpp): the library's way
      return false;
    decode();
    return true;
  }

  [[gnu::noinline]] void decode() {
    png_read_info(png_, info_);
    choose_colours();
    png_read_update_info(png_, info_);
    allocate();
    png_read_image(png_, rows_.data());
    png_read_end(png_, nullptr);
  }

  [[noreturn]] static void on_error(png_structp png, png_const_charp text) {
    auto* self = static_cast<png_reader*>(png_get_error_ptr(png));
    std::snprintf(self->error_, sizeof self->error_, "%s", text);
    std::longjmp(self->jump_, 1); // NOLINT(cert-err52-cpp)
  }

  static void on_warning(png_structp, png_const_charp) {}

  static void on_read(png_structp png, png_bytep to, std::size_t size) {
    auto& rest = static_cast<png_reader*>(png_get_io_ptr(png))->rest_;
    if (rest.size() < size)
      png_error(png, "cut short");
    std::memcpy(to, rest.data(), size);
    rest.remove_prefix(size);
  }

  /// Configures libpng for rows of RGB or RGBA, of 8 bits unless colours are converted.
  void choose_colours() {
    const auto type = png_get_color_type(png_, info_);
    const auto gray = (type & PNG_COLOR_MASK_COLOR) == 0;
    has_alpha_ =
        (type & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(png_, info_, PNG_INFO_tRNS) != 0;
    read_profile();
    gray_profile_ = gray && !profile_.empty();
    const auto wide =
        png_get_bit_depth(png_, info_) == 16 && !gray_profile_ && (!profile_.empty() || has_space_);
    png_set_expand(png_);
    if (gray)
      png_set_gray_to_rgb(png_);
    if (wide) {
      const std::uint16_t probe = 1;
      if (*reinterpret_cast<const std::uint8_t*>(&probe) == 1)
        png_set_swap(png_); // a PNG is big-endian
    } else {
      png_set_scale_16(png_);
    }
    png_set_interlace_handling(png_);
    choose_transform(wide);
  }

  void read_profile() {
    png_charp name = nullptr;
    png_bytep data = nullptr;
    png_uint_32 size = 0;
    int compression = 0;
    if (png_get_iCCP(png_, info_, &name, &compression, &data, &size) != 0)
      profile_ = {reinterpret_cast<const char*>(data), size};
    else if (png_get_valid(png_, info_, PNG_INFO_sRGB) == 0)
      read_space();
  }

  /// gAMA, and cHRM beside it. A gAMA of 1/2.2 alone means sRGB, as good as always.
  void read_space() {
    constexpr double of_srgb = 0.45455;
    constexpr double tolerance = 0.02;
    double gamma = 0;
    if (png_get_gAMA(png_, info_, &gamma) == 0 || gamma < 0.01 || gamma > 10)
      return;
    const auto has_primaries =
        png_get_cHRM(png_, info_, &space_.white_x, &space_.white_y, &space_.red_x, &space_.red_y,
                     &space_.green_x, &space_.green_y, &space_.blue_x, &space_.blue_y)
        != 0;
    space_.exponent = 1 / gamma;
    const colour_transform::rgb_space usual;
    const auto usual_primaries = !has_primaries
                                 || (std::abs(space_.red_x - usual.red_x) < tolerance
                                     && std::abs(space_.green_x - usual.green_x) < tolerance
                                     && std::abs(space_.blue_y - usual.blue_y) < tolerance
                                     && std::abs(space_.white_x - usual.white_x) < tolerance);
    has_space_ = !usual_primaries || std::abs(gamma - of_srgb) > tolerance;
  }

  void choose_transform(bool wide) {
    auto layout = has_alpha_ ? samples::rgba_8 : samples::rgb_8;
    if (wide)
      layout = has_alpha_ ? samples::rgba_16 : samples::rgb_16;
    if (gray_profile_)
      layout = samples::gray_8;
    if (!profile_.empty())
      transform_ = colour_transform::from_profile(profile_, layout);
    else if (has_space_)
      transform_ = colour_transform::from_space(space_, layout);
    if (gray_profile_ && transform_)
      for (unsigned i = 0; i < 256; ++i) {
        const auto level = static_cast<std::uint8_t>(i);
        transform_.apply(&level, &gray_levels_[std::size_t{i} * 3], 1);
      }
    wide_without_transform_ = wide && !transform_;
  }

  void allocate() {
    width_ = png_get_image_width(png_, info_);
    height_ = png_get_image_height(png_, info_);
    row_size_ = png_get_rowbytes(png_, info_);
    raw_.resize(row_size_ * height_);
    rows_.resize(height_);
    for (std::size_t y = 0; y < height_; ++y)
      rows_[y] = &raw_[y * row_size_];
  }

  /// In place: a row of RGB is never longer than its source.
  pixels convert() {
    const auto channels = has_alpha_ ? std::size_t{4} : std::size_t{3};
    std::vector<std::uint8_t> row(width_ * channels);
    for (std::size_t y = 0; y < height_; ++y) {
      convert_row(rows_[y], row.data(), channels);
      auto* out = &raw_[y * width_ * 3];
      if (has_alpha_)
        lay_on_white(row.data(), out, width_);
      else
        std::copy(row.begin(), row.end(), out);
    }
    raw_.resize(width_ * height_ * 3);
    return {static_cast<std::uint32_t>(width_), static_cast<std::uint32_t>(height_),
            std::move(raw_)};
  }

  void convert_row(const std::uint8_t* from, std::uint8_t* to, std::size_t channels) const {
    const auto count = width_ * channels;
    if (wide_without_transform_) { // the profile cannot be used
      const auto* wide = reinterpret_cast<const std::uint16_t*>(from);
      std::transform(wide, wide + count, to,
                     [](std::uint16_t value) { return static_cast<std::uint8_t>(value >> 8); });
    } else if (!transform_) {
      std::copy(from, from + count, to);
    } else if (gray_profile_) {
      std::copy(from, from + count, to);
      for (std::size_t i = 0; i < count; i += channels)
        std::copy_n(&gray_levels_[std::size_t{from[i]} * 3], 3, to + i);
    } else {
      transform_.apply(from, to, width_);
    }
  }

  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::jmp_buf jump_{};
  char error_[200]{};
  std::string_view rest_;
  std::string profile_;
  colour_transform::rgb_space space_;
  bool has_space_ = false;
  bool has_alpha_ = false;
  bool gray_profile_ = false;
  bool wide_without_transform_ = false;
  colour_transform transform_;
  std::uint8_t gray_levels_[std::size_t{256} * 3]{};
  std::size_t width_ = 0;
  std::size_t height_ = 0;
  std::size_t row_size_ = 0;
  std::vector<std::uint8_t> raw_;
  std::vector<png_bytep> rows_;
};

} // namespace

pixels decode_png(std::string_view bytes) {
  const auto essential = essential_png(bytes);
  return png_reader{essential}.read();
}

} // namespace meme::recompression
