#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace meme::recompression {

/// The layout of a decoded row's samples. 16-bit samples have the machine's byte order.
enum class samples { gray_8, rgb_8, rgba_8, rgb_16, rgba_16, cmyk_8, inverted_cmyk_8 };

/// Converts rows of samples to sRGB, a byte a sample; alpha is only reduced to a byte. An empty
/// object converts nothing: the samples are sRGB, or have no colour information.
class colour_transform {
public:
  colour_transform() = default;

  /// From an embedded ICC profile; empty if that is damaged or for another kind of picture.
  static colour_transform from_profile(std::string_view icc, samples layout);

  /// From a PNG without a profile: the exponent of its samples (1 / gAMA) and the x and y of white,
  /// red, green and blue.
  struct rgb_space {
    double exponent = 0;
    double white_x = 0.3127, white_y = 0.3290;
    double red_x = 0.64, red_y = 0.33;
    double green_x = 0.30, green_y = 0.60;
    double blue_x = 0.15, blue_y = 0.06;
  };
  static colour_transform from_space(const rgb_space& space, samples layout);

  explicit operator bool() const { return handle_ != nullptr; }

  /// `to` may be `from`.
  void apply(const void* from, void* to, std::size_t count) const;

private:
  std::shared_ptr<void> handle_;
};

/// Whether the profile is one for grey samples.
bool is_gray_profile(std::string_view icc);

} // namespace meme::recompression
