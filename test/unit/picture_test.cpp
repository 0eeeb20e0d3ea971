#define BOOST_TEST_MODULE picture
#include <boost/test/unit_test.hpp>

#include <random>

#include "actors/policy/picture_check.hpp"
#include "test/unit/samples.hpp"

using namespace meme;
using namespace meme::test;
using policy::dimensions;
using policy::inspect_picture;

namespace {

std::string complaint(std::string_view bytes) {
  const auto found = inspect_picture(bytes);
  const auto* why = std::get_if<std::string>(&found);
  return why != nullptr ? *why : "none";
}

bool is(picture_type type, std::string_view bytes) {
  const auto found = inspect_picture(bytes);
  const auto* seen = std::get_if<picture_type>(&found);
  return seen != nullptr && *seen == type;
}

std::string size_of(std::string_view bytes) {
  const auto size = dimensions(bytes);
  return size ? std::to_string(size->width) + "x" + std::to_string(size->height) : "none";
}

struct sample {
  picture_type type;
  std::string bytes;
};

std::vector<sample> samples() {
  return {{picture_type::png, png(1'024, 768)},
          {picture_type::jpeg, jpeg(1'024, 768)},
          {picture_type::webp, lossy_webp(1'024, 768)},
          {picture_type::webp, lossless_webp(1'024, 768)},
          {picture_type::webp, extended_webp(1'024, 768)}};
}

} // namespace

BOOST_AUTO_TEST_CASE(types_have_names) {
  BOOST_TEST(content_type(picture_type::png) == "image/png");
  BOOST_TEST(content_type(picture_type::jpeg) == "image/jpeg");
  BOOST_TEST(content_type(picture_type::webp) == "image/webp");
  BOOST_TEST(file_extension(picture_type::png) == "png");
  BOOST_TEST(file_extension(picture_type::jpeg) == "jpg");
  BOOST_TEST(file_extension(picture_type::webp) == "webp");
}

BOOST_AUTO_TEST_CASE(complete_pictures_are_recognised_with_their_size) {
  for (const auto& each : samples()) {
    BOOST_TEST(is(each.type, each.bytes), complaint(each.bytes));
    BOOST_TEST(size_of(each.bytes) == "1024x768");
  }
}

BOOST_AUTO_TEST_CASE(a_picture_cut_short_anywhere_is_none) {
  for (const auto& each : samples())
    for (std::size_t size = 0; size < each.bytes.size(); ++size)
      BOOST_REQUIRE_MESSAGE(complaint(std::string_view(each.bytes).substr(0, size)) != "none",
                            content_type(each.type) << " cut to " << size);
}

BOOST_AUTO_TEST_CASE(the_header_is_enough_for_the_size) {
  BOOST_TEST(size_of(png_header(3, 5)) == "3x5");
  BOOST_TEST(size_of(jpeg_header(3, 5) + "\xff\xda\1\1") == "3x5");
  BOOST_TEST(size_of(std::string_view(lossy_webp(3, 5)).substr(0, 30)) == "3x5");
  BOOST_TEST(size_of("") == "none");
  BOOST_TEST(size_of("{}") == "none");
}

BOOST_AUTO_TEST_CASE(padding_with_zeros_is_accepted_and_nothing_else) {
  for (const auto& each : samples()) {
    BOOST_TEST(is(each.type, each.bytes + std::string(100, '\0')));
    BOOST_TEST(complaint(each.bytes + '\n') != "none");
    BOOST_TEST(complaint(each.bytes + "<html>") != "none");
    BOOST_TEST(complaint(each.bytes + std::string(3, '\0') + "x") != "none");
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_picture_is_told_apart) {
  BOOST_TEST(complaint("") == "nothing at all");
  for (const auto* text : {"{\"error\":\"x\"}", "<!doctype html>", "GIF89a", "RIFF....WAVE", "\xff",
                           "\xff\xd8", "\x89PNG", "BM"})
    BOOST_TEST(complaint(text) == "neither PNG, JPEG nor WebP");
}

BOOST_AUTO_TEST_CASE(a_png_needs_header_data_and_end) {
  const auto head = png_header(8, 8);
  const auto signature = head.substr(0, 8);
  const auto data = png_chunk("IDAT", "x");
  const auto end = png_chunk("IEND", "");
  BOOST_TEST(complaint(signature + data + end) == "a PNG without its header");
  BOOST_TEST(complaint(png_header(0, 8) + data + end) == "a PNG without width or height");
  BOOST_TEST(complaint(png_header(8, 0) + data + end) == "a PNG without width or height");
  BOOST_TEST(complaint(signature + png_chunk("IHDR", "short") + data + end)
             == "a PNG without its header");
  BOOST_TEST(complaint(head + end) == "a PNG without picture data");
  BOOST_TEST(complaint(head + data) == "a PNG that is cut short");
  BOOST_TEST(complaint(head + "\xff\xff\xff\xffIDAT" + std::string(100, 'x') + end)
             == "a PNG that is cut short");
  BOOST_TEST(complaint(head + data + end + end) == "a PNG with foreign bytes after its end");
}

BOOST_AUTO_TEST_CASE(a_jpeg_needs_a_frame_a_scan_and_an_end) {
  const auto head = jpeg_header(8, 8);
  const auto scan = jpeg_segment('\xda', "scan");
  BOOST_TEST(complaint(head + scan + "pixels") == "a JPEG that is cut short");
  BOOST_TEST(complaint(head + scan + "\xff\xd9") == "a JPEG that is cut short"); // no pixels
  BOOST_TEST(complaint(head + "\xff\xd9" + "\0\0") == "a JPEG that is cut short");
  BOOST_TEST(complaint(head + "\xff\xd9..") == "a JPEG with a broken header");
  BOOST_TEST(complaint("\xff\xd8" + scan + "pixels\xff\xd9") == "a JPEG with a broken header");
  BOOST_TEST(complaint(head + "pixels\xff\xd9") == "a JPEG with a broken header");
  BOOST_TEST(complaint(head + std::string("\xff\xe1\0\1", 4) + scan + "pixels\xff\xd9")
             == "a JPEG with a broken header");
  BOOST_TEST(complaint(jpeg_header(0, 8) + scan + "pixels\xff\xd9")
             == "a JPEG without width or height");
}

BOOST_AUTO_TEST_CASE(fill_bytes_and_markers_without_length_are_stepped_over) {
  const auto whole = jpeg(8, 8);
  BOOST_TEST(
      is(picture_type::jpeg, whole.substr(0, 2) + "\xff\x01\xff\xff\xff\xff" + whole.substr(3)));
}

BOOST_AUTO_TEST_CASE(a_webp_needs_chunks_that_fit) {
  BOOST_TEST(complaint(webp("")) == "a WebP without width or height");
  BOOST_TEST(complaint(webp(webp_chunk("ICCP", "profile"))) == "a WebP without width or height");
  BOOST_TEST(complaint(webp(webp_chunk("VP8X", std::string(10, '\0'))))
             == "a WebP without picture data");
  BOOST_TEST(complaint(webp(webp_chunk("VP8 ", "no frame tag")))
             == "a WebP without width or height");
  BOOST_TEST(complaint(webp("VP8L\xff\xff\xff\xff/....")) == "a WebP with a broken chunk");
  BOOST_TEST(complaint(lossy_webp(0, 8)) == "a WebP without width or height");
  BOOST_TEST(complaint(std::string("RIFF\0\0\0\0WEBP", 12)) != "none");
  BOOST_TEST(complaint("RIFF\xff\xff\xff\xffWEBP") == "a WebP that is cut short");
}

BOOST_AUTO_TEST_CASE(mutated_pictures_never_crash) {
  std::mt19937 random(1);
  const auto originals = samples();
  for (int round = 0; round < 50'000; ++round) {
    const auto& original = originals[random() % originals.size()].bytes;
    // A buffer of its own size, so that a sanitizer sees a read beyond it.
    std::vector<char> bytes(original.begin(), original.end());
    for (auto changes = random() % 8; changes > 0; --changes) {
      const char extremes[] = {'\0', '\xff', '\x7f', static_cast<char>(random())};
      bytes[random() % bytes.size()] = extremes[random() % 4];
    }
    bytes.resize(random() % 2 == 0 ? bytes.size() : random() % bytes.size());
    bytes.shrink_to_fit();
    const std::string_view view(bytes.data(), bytes.size());
    inspect_picture(view);
    if (const auto size = dimensions(view))
      BOOST_REQUIRE(size->width > 0 && size->height > 0);
  }
}

BOOST_AUTO_TEST_CASE(random_bytes_after_a_signature_never_crash) {
  std::mt19937 random(2);
  const std::string heads[] = {png_header(8, 8), "\x89PNG\r\n\x1a\n", "\xff\xd8\xff",
                               jpeg_header(8, 8), std::string("RIFF\x40\0\0\0WEBP", 12)};
  for (int round = 0; round < 20'000; ++round) {
    const auto& head = heads[random() % std::size(heads)];
    std::vector<char> bytes(head.begin(), head.end());
    for (auto more = random() % 80; more > 0; --more)
      bytes.push_back(static_cast<char>(random() % 3 == 0 ? 0xFF : random()));
    bytes.shrink_to_fit();
    inspect_picture({bytes.data(), bytes.size()});
  }
}
