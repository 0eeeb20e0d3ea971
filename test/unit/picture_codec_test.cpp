#define BOOST_TEST_MODULE picture_codec
#include <boost/test/unit_test.hpp>

#include <cstdlib>

#include <png.h>
#include <webp/encode.h>

#include "actors/io/picture_codec.hpp"

using namespace meme;
using io::pixels;

namespace {

constexpr std::uint32_t side = 64;

/// The left half is of one colour with this alpha, the right one is opaque black.
std::vector<std::uint8_t> two_halves(std::uint8_t alpha) {
  std::vector<std::uint8_t> rgba;
  for (std::uint32_t i = 0; i < side * side; ++i) {
    const bool left = i % side < side / 2;
    const std::uint8_t colour = left ? 200 : 0;
    rgba.insert(rgba.end(), {colour, colour, colour, left ? alpha : std::uint8_t{255}});
  }
  return rgba;
}

std::string as_png(const std::vector<std::uint8_t>& rgba) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = image.height = side;
  image.format = PNG_FORMAT_RGBA;
  png_alloc_size_t size = side * side * 8;
  std::string bytes(size, '\0');
  BOOST_REQUIRE(png_image_write_to_memory(&image, bytes.data(), &size, 0, rgba.data(), 0, nullptr)
                != 0);
  bytes.resize(size);
  return bytes;
}

std::string as_webp(const std::vector<std::uint8_t>& rgba) {
  std::uint8_t* made = nullptr;
  const auto size = WebPEncodeLosslessRGBA(rgba.data(), side, side, side * 4, &made);
  BOOST_REQUIRE(size > 0);
  std::string bytes{reinterpret_cast<char*>(made), size};
  WebPFree(made);
  return bytes;
}

int left_colour(const pixels& decoded) {
  BOOST_REQUIRE_EQUAL(decoded.width, side);
  BOOST_REQUIRE_EQUAL(decoded.height, side);
  return decoded.rgb.at(0);
}

} // namespace

BOOST_AUTO_TEST_CASE(pictures_of_each_type_are_decoded) {
  const auto opaque = two_halves(255);
  const auto from_png = io::decode(picture_type::png, as_png(opaque));
  BOOST_TEST(left_colour(from_png) == 200);
  BOOST_TEST(from_png.rgb.back() == 0);
  BOOST_TEST(left_colour(io::decode(picture_type::webp, as_webp(opaque))) == 200);
  const auto from_jpeg = io::decode(picture_type::jpeg, io::encode_jpeg(from_png, 90));
  BOOST_TEST(std::abs(left_colour(from_jpeg) - 200) <= 8);
}

BOOST_AUTO_TEST_CASE(transparent_parts_are_laid_on_white) {
  const auto clear = two_halves(0);
  BOOST_TEST(left_colour(io::decode(picture_type::png, as_png(clear))) == 255);
  BOOST_TEST(left_colour(io::decode(picture_type::webp, as_webp(clear))) == 255);
}

BOOST_AUTO_TEST_CASE(less_quality_is_fewer_bytes) {
  pixels noise{side, side, std::vector<std::uint8_t>(side * side * 3)};
  std::uint32_t state = 1;
  for (auto& value : noise.rgb)
    value = static_cast<std::uint8_t>((state = state * 1'664'525 + 1'013'904'223) >> 24);
  BOOST_TEST(io::encode_jpeg(noise, 25).size() < io::encode_jpeg(noise, 90).size() / 2);
}

BOOST_AUTO_TEST_CASE(what_is_broken_says_so) {
  const auto whole = as_png(two_halves(255));
  for (auto type : {picture_type::png, picture_type::jpeg, picture_type::webp}) {
    BOOST_CHECK_THROW(io::decode(type, "no picture"), std::runtime_error);
    BOOST_CHECK_THROW(io::decode(type, whole.substr(0, 60)), std::runtime_error);
    BOOST_CHECK_THROW(io::decode(type, ""), std::runtime_error);
  }
}
