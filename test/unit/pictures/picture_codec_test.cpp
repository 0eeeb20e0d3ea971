#define BOOST_TEST_MODULE picture_codec
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>

#include <jpeglib.h>
#include <lcms2.h>
#include <png.h>
#include <webp/encode.h>

#include "actors/pictures/codecs/codec.hpp"
#include "test/unit/samples.hpp"

using namespace meme;
using recompression::chroma;
using recompression::decode;
using recompression::encode_jpeg;
using recompression::pixels;

namespace {

constexpr std::uint32_t width = 64;
constexpr std::uint32_t height = 32;

using colour = std::array<int, 3>;

/// The left half is of one colour with this alpha, the right one is opaque black.
std::vector<std::uint8_t> two_halves(colour left, std::uint8_t alpha = 255) {
  std::vector<std::uint8_t> rgba;
  for (std::uint32_t i = 0; i < width * height; ++i) {
    const auto is_left = i % width < width / 2;
    for (auto value : left)
      rgba.push_back(static_cast<std::uint8_t>(is_left ? value : 0));
    rgba.push_back(is_left ? alpha : std::uint8_t{255});
  }
  return rgba;
}

std::string as_png(const std::vector<std::uint8_t>& rgba) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = width;
  image.height = height;
  image.format = PNG_FORMAT_RGBA;
  png_alloc_size_t size = width * height * 8;
  std::string bytes(size, '\0');
  BOOST_REQUIRE(png_image_write_to_memory(&image, bytes.data(), &size, 0, rgba.data(), 0, nullptr)
                != 0);
  bytes.resize(size);
  return bytes;
}

/// Puts a chunk behind the header.
std::string with_chunk(const std::string& png, std::string_view type, std::string_view data) {
  constexpr std::size_t signature_and_header = 8 + 25;
  return png.substr(0, signature_and_header) + test::png_chunk(type, data)
         + png.substr(signature_and_header);
}

std::string zipped(const std::string& data) {
  auto size = ::compressBound(data.size());
  std::string result(size, '\0');
  ::compress(reinterpret_cast<Bytef*>(result.data()), &size,
             reinterpret_cast<const Bytef*>(data.data()), data.size());
  result.resize(size);
  return result;
}

/// A PNG of one colour, 16 bits a sample, without a word on what its samples mean.
std::string wide_png(std::uint16_t value) {
  auto header = test::png_header(width, height);
  header = header.substr(0, 8)
           + test::png_chunk("IHDR", test::big_endian(width, 4) + test::big_endian(height, 4)
                                         + std::string("\x10\2\0\0\0", 5));
  std::string rows;
  for (std::uint32_t y = 0; y < height; ++y) {
    rows += '\0';
    for (std::uint32_t x = 0; x < width * 3; ++x)
      rows += test::big_endian(value, 2);
  }
  return header + test::png_chunk("IDAT", zipped(rows)) + test::png_chunk("IEND", "");
}

std::string as_webp(const std::vector<std::uint8_t>& rgba) {
  std::uint8_t* made = nullptr;
  const auto size = WebPEncodeLosslessRGBA(rgba.data(), width, height, width * 4, &made);
  BOOST_REQUIRE(size > 0);
  std::string bytes{reinterpret_cast<char*>(made), size};
  WebPFree(made);
  return bytes;
}

/// The chunk of a still WebP as the frame of an animation of one.
std::string as_animation(const std::string& webp) {
  const auto chunk = webp.substr(12);
  const auto sides = test::little_endian(width - 1, 3) + test::little_endian(height - 1, 3);
  return test::webp(
      test::webp_chunk("VP8X", std::string("\2\0\0\0", 4) + sides)
      + test::webp_chunk("ANIM", std::string(6, '\0'))
      + test::webp_chunk("ANMF", std::string(6, '\0') + sides + std::string(4, '\0') + chunk));
}

struct jpeg_wish {
  J_COLOR_SPACE space = JCS_RGB;
  int components = 3;
  int horizontal = 1; ///< samples of the first component for one of the others
  int vertical = 1;
  bool adobe = false;
};

/// A JPEG whose left half has these samples and whose right half has zeros.
std::string as_jpeg(const jpeg_wish& wish, const std::vector<std::uint8_t>& left) {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* made = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &made, &size);
  jpeg.image_width = width;
  jpeg.image_height = height;
  jpeg.input_components = wish.components;
  jpeg.in_color_space = wish.space;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, 95, TRUE);
  jpeg.comp_info[0].h_samp_factor = wish.horizontal;
  jpeg.comp_info[0].v_samp_factor = wish.vertical;
  jpeg.write_Adobe_marker = wish.adobe ? TRUE : FALSE;
  jpeg_start_compress(&jpeg, TRUE);
  std::vector<std::uint8_t> row(std::size_t{width} * left.size());
  for (std::size_t x = 0; x < width / 2; ++x)
    std::copy(left.begin(), left.end(), &row[x * left.size()]);
  JSAMPROW line = row.data();
  for (std::uint32_t y = 0; y < height; ++y)
    jpeg_write_scanlines(&jpeg, &line, 1);
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  std::string bytes{reinterpret_cast<char*>(made), size};
  std::free(made);
  return bytes;
}

std::string with_segment(const std::string& jpeg, char marker, std::string_view data) {
  return jpeg.substr(0, 2) + test::jpeg_segment(marker, data) + jpeg.substr(2);
}

/// EXIF that says nothing but how the picture is to be turned.
std::string exif(int orientation) {
  return std::string("MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1\0", 19)
         + static_cast<char>(orientation) + std::string(6, '\0');
}

/// An ICC profile with sRGB's primaries and another curve.
std::string profile(double exponent) {
  const cmsCIExyY white{0.3127, 0.3290, 1};
  const cmsCIExyYTRIPLE primaries{{0.64, 0.33, 1}, {0.30, 0.60, 1}, {0.15, 0.06, 1}};
  auto* curve = cmsBuildGamma(nullptr, exponent);
  cmsToneCurve* curves[] = {curve, curve, curve};
  auto* made = cmsCreateRGBProfile(&white, &primaries, curves);
  cmsFreeToneCurve(curve);
  cmsUInt32Number size = 0;
  BOOST_REQUIRE(cmsSaveProfileToMem(made, nullptr, &size) != 0);
  std::string bytes(size, '\0');
  BOOST_REQUIRE(cmsSaveProfileToMem(made, bytes.data(), &size) != 0);
  cmsCloseProfile(made);
  return bytes;
}

colour colour_at(const pixels& decoded, std::size_t x, std::size_t y) {
  const auto* pixel = &decoded.rgb.at((y * decoded.width + x) * 3);
  return {pixel[0], pixel[1], pixel[2]};
}

void check_close(const colour& seen, const colour& wanted, int most) {
  for (std::size_t i = 0; i < 3; ++i)
    BOOST_TEST(std::abs(seen[i] - wanted[i]) <= most,
               "sample " << i << ": " << seen[i] << " where " << wanted[i] << " was wanted");
}

/// The left half has this colour after decoding, and after recompression as well.
void check_left(picture_type type, const std::string& bytes, const colour& wanted, int most = 3) {
  const auto decoded = decode(type, bytes);
  BOOST_REQUIRE_EQUAL(decoded.width, width);
  BOOST_REQUIRE_EQUAL(decoded.height, height);
  check_close(colour_at(decoded, 5, 5), wanted, most);
  const auto again = decode(picture_type::jpeg, encode_jpeg(decoded, 90, chroma::full));
  check_close(colour_at(again, 5, 5), wanted, most + 2);
}

} // namespace

BOOST_AUTO_TEST_CASE(pictures_of_each_type_keep_their_colours) {
  const auto opaque = two_halves({200, 100, 50});
  const auto png = as_png(opaque);
  check_left(picture_type::png, png, {200, 100, 50});
  BOOST_TEST(decode(picture_type::png, png).rgb.back() == 0);
  check_left(picture_type::webp, as_webp(opaque), {200, 100, 50});
  check_left(picture_type::jpeg, as_jpeg({}, {200, 100, 50}), {200, 100, 50});
}

BOOST_AUTO_TEST_CASE(a_wide_png_without_colour_chunks_has_the_upper_half_of_its_samples) {
  check_left(picture_type::png, wide_png(48 * 257), {48, 48, 48});
}

BOOST_AUTO_TEST_CASE(transparent_parts_are_laid_on_white) {
  const auto clear = two_halves({200, 200, 200}, 0);
  check_left(picture_type::png, as_png(clear), {255, 255, 255});
  check_left(picture_type::webp, as_webp(clear), {255, 255, 255});
  const auto half = two_halves({0, 0, 0}, 127); // as browsers mix it
  check_left(picture_type::png, as_png(half), {128, 128, 128});
  check_left(picture_type::webp, as_webp(half), {128, 128, 128});
}

BOOST_AUTO_TEST_CASE(a_profile_is_converted_to_srgb) {
  const auto linear = profile(1.0); // half of the light is 188 in sRGB
  const colour shown{188, 188, 188};
  const auto gray = two_halves({128, 128, 128});
  check_left(picture_type::png,
             with_chunk(as_png(gray), "iCCP", std::string("p\0\0", 3) + zipped(linear)), shown);
  check_left(picture_type::jpeg,
             with_segment(as_jpeg({}, {128, 128, 128}), '\xe2',
                          std::string("ICC_PROFILE\0\1\1", 14) + linear),
             shown);
  const auto still = as_webp(gray).substr(12);
  const auto flags = std::string("\x20\0\0\0", 4);
  check_left(picture_type::webp,
             test::webp(test::webp_chunk("VP8X", flags + test::little_endian(width - 1, 3)
                                                     + test::little_endian(height - 1, 3))
                        + test::webp_chunk("ICCP", linear) + still),
             shown);
}

BOOST_AUTO_TEST_CASE(a_damaged_profile_is_as_good_as_none) {
  const auto jpeg = as_jpeg({}, {128, 128, 128});
  check_left(picture_type::jpeg,
             with_segment(jpeg, '\xe2', std::string("ICC_PROFILE\0\1\1", 14) + "no profile"),
             {128, 128, 128});
}

BOOST_AUTO_TEST_CASE(what_a_png_says_of_its_gamma_is_converted_to_srgb) {
  auto without = as_png(two_halves({128, 128, 128}));
  for (const auto* type : {"gAMA", "sRGB", "cHRM"}) // the library writes some of them
    if (auto at = without.find(type); at != without.npos)
      without[at + 1] = 'x'; // ancillary and unknown, with a wrong checksum: it is dropped
  check_left(picture_type::png, without, {128, 128, 128});
  check_left(picture_type::png, with_chunk(without, "gAMA", test::big_endian(100'000, 4)),
             {188, 188, 188});
  check_left(picture_type::png, with_chunk(without, "gAMA", test::big_endian(45'455, 4)),
             {128, 128, 128});
}

BOOST_AUTO_TEST_CASE(an_orientation_turns_the_picture_upright) {
  // Where the left half's colour lies, for each value: its x and y in the turned picture.
  struct turn {
    int orientation;
    bool lies;
    std::size_t x, y;
  };
  for (const auto& each :
       {turn{1, false, 5, 5}, turn{2, false, 58, 5}, turn{3, false, 58, 26}, turn{4, false, 5, 26},
        turn{5, true, 5, 5}, turn{6, true, 26, 5}, turn{7, true, 26, 58}, turn{8, true, 5, 58}}) {
    const auto tiff = exif(each.orientation);
    const auto jpeg =
        with_segment(as_jpeg({}, {200, 200, 200}), '\xe1', std::string("Exif\0\0", 6) + tiff);
    const auto png = with_chunk(as_png(two_halves({200, 200, 200})), "eXIf", tiff);
    for (const auto& decoded : {decode(picture_type::jpeg, jpeg), decode(picture_type::png, png)}) {
      BOOST_TEST(decoded.width == (each.lies ? height : width));
      BOOST_TEST(decoded.height == (each.lies ? width : height));
      check_close(colour_at(decoded, each.x, each.y), {200, 200, 200}, 3);
      check_close(colour_at(decoded, decoded.width - 1 - each.x, decoded.height - 1 - each.y),
                  {0, 0, 0}, 3);
    }
  }
}

BOOST_AUTO_TEST_CASE(inks_become_colours) {
  const jpeg_wish inks{JCS_CMYK, 4};
  check_left(picture_type::jpeg, as_jpeg(inks, {0, 127, 255, 0}), {255, 128, 0});
  auto inverted = inks;
  inverted.adobe = true;
  check_left(picture_type::jpeg, as_jpeg(inverted, {255, 128, 0, 255}), {255, 128, 0});
}

BOOST_AUTO_TEST_CASE(unusual_subsampling_is_decoded) {
  for (const auto& [horizontal, vertical] :
       {std::pair{4, 1}, std::pair{4, 2}, std::pair{1, 4}, std::pair{1, 2}, std::pair{2, 2}})
    check_left(picture_type::jpeg, as_jpeg({JCS_RGB, 3, horizontal, vertical}, {90, 120, 150}),
               {90, 120, 150});
  check_left(picture_type::jpeg, as_jpeg({JCS_GRAYSCALE, 1}, {99}), {99, 99, 99});
}

BOOST_AUTO_TEST_CASE(a_jpeg_that_its_decoder_warns_of_is_decoded) {
  auto jpeg = as_jpeg({}, {200, 100, 50});
  jpeg.insert(jpeg.size() - 2, "stray bytes"); // "extraneous bytes before marker"
  check_left(picture_type::jpeg, jpeg, {200, 100, 50});
}

BOOST_AUTO_TEST_CASE(of_an_animation_the_first_picture_is_taken) {
  check_left(picture_type::webp, as_animation(as_webp(two_halves({200, 100, 50}))), {200, 100, 50});
}

BOOST_AUTO_TEST_CASE(less_quality_and_less_chroma_are_fewer_bytes) {
  pixels noise{width, height, std::vector<std::uint8_t>(width * height * 3)};
  std::uint32_t state = 1;
  for (auto& value : noise.rgb)
    value = static_cast<std::uint8_t>((state = state * 1'664'525 + 1'013'904'223) >> 24);
  const auto full = encode_jpeg(noise, 90, chroma::full).size();
  const auto quarter = encode_jpeg(noise, 90, chroma::quarter).size();
  BOOST_TEST(quarter < full);
  BOOST_TEST(encode_jpeg(noise, 25, chroma::quarter).size() < quarter / 2);
}

BOOST_AUTO_TEST_CASE(what_is_broken_says_so) {
  const auto whole = as_png(two_halves({9, 9, 9}));
  for (auto type : {picture_type::png, picture_type::jpeg, picture_type::webp}) {
    BOOST_CHECK_THROW(decode(type, "no picture"), recompression::broken_picture);
    BOOST_CHECK_THROW(decode(type, whole.substr(0, 60)), recompression::broken_picture);
    BOOST_CHECK_THROW(decode(type, ""), recompression::broken_picture);
  }
}

BOOST_AUTO_TEST_CASE(what_is_whole_and_not_decoded_is_told_from_what_is_broken) {
  for (auto type : {picture_type::gif, picture_type::avif})
    BOOST_CHECK_THROW(decode(type, "any"), recompression::unsupported_picture);
  auto twelve_bits = as_jpeg({}, {1, 2, 3});
  twelve_bits[twelve_bits.find("\xff\xc0") + 4] = 12; // the frame's precision
  BOOST_CHECK_THROW(decode(picture_type::jpeg, twelve_bits), recompression::unsupported_picture);
}
