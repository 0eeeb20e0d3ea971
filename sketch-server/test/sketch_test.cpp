// Pictures, judged by decoders that are not ours.
#define BOOST_TEST_MODULE sketch
#include "sketch-server/drawing/sketch.hpp"

#include <cstdio>
#include <memory>
#include <vector>

#include <boost/crc.hpp>
#include <boost/test/unit_test.hpp>
#include <jpeglib.h>

#include "sketch-server/drawing/png.hpp"

using namespace meme::sketch;

namespace {

cairo_status_t read_some(void* source, unsigned char* target, unsigned int size) {
  auto& rest = *static_cast<std::string_view*>(source);
  if (rest.size() < size)
    return CAIRO_STATUS_READ_ERROR;
  rest.copy(reinterpret_cast<char*>(target), size);
  rest.remove_prefix(size);
  return CAIRO_STATUS_SUCCESS;
}

using surface = std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)>;

surface decode_png(std::string_view png) {
  surface result{cairo_image_surface_create_from_png_stream(read_some, &png),
                 &cairo_surface_destroy};
  BOOST_TEST_REQUIRE(cairo_surface_status(result.get()) == CAIRO_STATUS_SUCCESS);
  return result;
}

picture_size size_of_png(std::string_view png) {
  const auto decoded = decode_png(png);
  return {cairo_image_surface_get_width(decoded.get()),
          cairo_image_surface_get_height(decoded.get())};
}

/// Decodes all of it; libjpeg counts what was wrong as warnings.
picture_size size_of_jpeg(const std::string& jpeg) {
  jpeg_error_mgr errors;
  jpeg_decompress_struct codec;
  codec.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&codec);
  jpeg_mem_src(&codec, reinterpret_cast<const unsigned char*>(jpeg.data()), jpeg.size());
  BOOST_TEST_REQUIRE(jpeg_read_header(&codec, TRUE) == JPEG_HEADER_OK);
  jpeg_start_decompress(&codec);
  std::vector<JSAMPLE> row(codec.output_width * 3);
  auto* target = row.data();
  while (codec.output_scanline < codec.output_height)
    jpeg_read_scanlines(&codec, &target, 1);
  const picture_size result{static_cast<int>(codec.output_width),
                            static_cast<int>(codec.output_height)};
  jpeg_finish_decompress(&codec);
  BOOST_TEST(errors.num_warnings == 0);
  jpeg_destroy_decompress(&codec);
  return result;
}

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t result = 0;
  for (const unsigned char byte : bytes.substr(0, 4))
    result = result << 8 | byte;
  return result;
}

/// The types of a PNG's chunks, whose lengths and checksums must be right to its last byte.
std::vector<std::string> chunks_of(std::string_view png) {
  std::vector<std::string> types;
  png.remove_prefix(8);
  while (!png.empty()) {
    BOOST_TEST_REQUIRE(png.size() >= 12u);
    const auto length = big_endian(png);
    BOOST_TEST_REQUIRE(png.size() >= length + 12u);
    boost::crc_32_type checksum;
    checksum.process_bytes(png.data() + 4, length + 4);
    BOOST_TEST(big_endian(png.substr(length + 8)) == checksum.checksum());
    types.emplace_back(png.substr(4, 4));
    png.remove_prefix(length + 12);
  }
  return types;
}

} // namespace

BOOST_AUTO_TEST_CASE(pictures_have_the_size_and_format_asked_for) {
  for (const picture_size size : {picture_size{512, 512}, {1024, 576}, {64, 64}, {64, 2048}}) {
    const auto png = size_of_png(draw({"A cat on Mars", size, 0, picture_format::png}));
    BOOST_TEST(png.width == size.width);
    BOOST_TEST(png.height == size.height);
    const auto jpeg = size_of_jpeg(draw({"A cat on Mars", size, 0, picture_format::jpeg}));
    BOOST_TEST(jpeg.width == size.width);
    BOOST_TEST(jpeg.height == size.height);
  }
}

BOOST_AUTO_TEST_CASE(a_picture_depends_on_prompt_and_seed_and_nothing_else) {
  const picture_order order{"a dog at the beach", {128, 128}, 7, picture_format::png};
  const auto first = draw(order);
  BOOST_TEST((draw(order) == first));
  auto other_seed = order;
  other_seed.seed = 8;
  BOOST_TEST((draw(other_seed) != first));
  auto other_prompt = order;
  other_prompt.prompt = "a dog at the beacH";
  BOOST_TEST((draw(other_prompt) != first));
}

BOOST_AUTO_TEST_CASE(every_scene_and_figure_can_be_drawn) {
  for (const std::string prompt :
       {"city cat", "desert dog", "mountain robot", "sea", "space cat", "nothing in particular"})
    for (std::uint64_t seed = 0; seed < 8; ++seed)
      BOOST_TEST(size_of_png(draw({prompt, {96, 64}, seed, picture_format::png})).width == 96);
}

BOOST_AUTO_TEST_CASE(any_text_can_be_set) {
  std::string essay;
  while (essay.size() < 2'000)
    essay += "words and more words, ";
  for (const auto& prompt :
       {essay, std::string(2'000, 'W'), std::string{}, std::string{" "}, std::string{"\0", 1},
        std::string{"قطة ترتدي خوذة فضاء"}, // from right to left
        std::string{"猫が宇宙ヘルメット"}, std::string{"a 🐱 and a 🚀"},
        std::string{"<b>&amp; markup"}})
    for (const picture_size size : {picture_size{64, 64}, {512, 512}})
      BOOST_TEST(size_of_png(draw({prompt, size, 0, picture_format::png})).width == size.width);
}

BOOST_AUTO_TEST_CASE(words_are_white_with_a_black_edge) {
  const auto decoded = decode_png(draw({"HHHHHH", {256, 256}, 0, picture_format::png}));
  const auto* const pixels = cairo_image_surface_get_data(decoded.get());
  const auto stride = cairo_image_surface_get_stride(decoded.get());
  int whites = 0;
  int blacks = 0;
  for (int y = 192; y < 256; ++y)
    for (int x = 0; x < 256; ++x) {
      const auto* const pixel = pixels + y * stride + x * 4;
      whites += pixel[0] == 255 && pixel[1] == 255 && pixel[2] == 255;
      blacks += pixel[0] == 0 && pixel[1] == 0 && pixel[2] == 0;
    }
  BOOST_TEST(whites > 500);
  BOOST_TEST(blacks > 500);
}

BOOST_AUTO_TEST_CASE(a_padded_picture_is_complete_and_exactly_as_long_as_asked) {
  const auto png = draw({"cat", {64, 64}, 0, picture_format::png});
  for (const auto size : {png.size() + 12, png.size() + 13, std::size_t{200'000}}) {
    const auto padded = pad_png(png, size);
    BOOST_TEST_REQUIRE(padded.has_value());
    BOOST_TEST(padded->size() == size);
    const auto chunks = chunks_of(*padded);
    BOOST_TEST(chunks.front() == "IHDR");
    BOOST_TEST(chunks.at(chunks.size() - 2) == "paDd");
    BOOST_TEST(chunks.back() == "IEND");
    BOOST_TEST(size_of_png(*padded).width == 64);
  }
  BOOST_TEST((pad_png(png, png.size()) == png));
}

BOOST_AUTO_TEST_CASE(a_picture_cannot_be_padded_by_less_than_a_chunk_takes) {
  const auto png = draw({"cat", {64, 64}, 0, picture_format::png});
  BOOST_TEST(!pad_png(png, png.size() + 11));
  BOOST_TEST(!pad_png(png, png.size() - 1));
}

BOOST_AUTO_TEST_CASE(a_picture_of_a_given_length_shrinks_until_it_fits) {
  for (const std::size_t bytes : {200u, 1'000u, 20'000u, 500'000u}) {
    const auto png = draw_exactly(bytes, {512, 512});
    BOOST_TEST(png.size() == bytes);
    BOOST_TEST(chunks_of(png).back() == "IEND");
    BOOST_TEST(size_of_png(png).width <= 512);
  }
  BOOST_CHECK_THROW(draw_exactly(50, {512, 512}), std::runtime_error);
}
