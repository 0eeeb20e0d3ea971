#define BOOST_TEST_MODULE picture
#include <boost/test/unit_test.hpp>

#include <random>

#include "actors/pictures/formats/picture_check.hpp"
#include "test/unit/samples.hpp"

using namespace meme;
using namespace meme::test;

namespace {

std::string complaint(std::string_view bytes) {
  const auto found = inspect_picture(bytes);
  const auto* fault = std::get_if<picture_fault>(&found);
  return fault != nullptr ? fault->text : "none";
}

bool is(picture_type type, std::string_view bytes) {
  const auto found = inspect_picture(bytes);
  const auto* whole = std::get_if<complete_picture>(&found);
  return whole != nullptr && whole->type == type;
}

/// The bytes up to the picture's end; 0 where there is none.
std::size_t whole_size(std::string_view bytes) {
  const auto found = inspect_picture(bytes);
  const auto* whole = std::get_if<complete_picture>(&found);
  return whole != nullptr ? whole->size : 0;
}

bool is_permanent_fault(std::string_view bytes) {
  const auto found = inspect_picture(bytes);
  const auto* fault = std::get_if<picture_fault>(&found);
  return fault != nullptr && fault->permanent;
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
          {picture_type::webp, extended_webp(1'024, 768)},
          {picture_type::gif, gif(1'024, 768)},
          {picture_type::avif, avif(1'024, 768)}};
}

} // namespace

BOOST_AUTO_TEST_CASE(types_have_names) {
  BOOST_TEST(content_type(picture_type::png) == "image/png");
  BOOST_TEST(content_type(picture_type::jpeg) == "image/jpeg");
  BOOST_TEST(content_type(picture_type::webp) == "image/webp");
  BOOST_TEST(content_type(picture_type::gif) == "image/gif");
  BOOST_TEST(content_type(picture_type::avif) == "image/avif");
  BOOST_TEST(file_extension(picture_type::gif) == "gif");
  BOOST_TEST(file_extension(picture_type::avif) == "avif");
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

BOOST_AUTO_TEST_CASE(what_follows_the_end_of_a_picture_is_no_part_of_it) {
  const std::string trailers[] = {std::string(100, '\0'),    "\n",       "\r\n", "<html>",
                                  std::string("\0\0\0x", 4), "\xff\xd9", "IEND", png(8, 8),
                                  std::string(70'000, 'x')};
  for (const auto& each : samples()) {
    BOOST_TEST(whole_size(each.bytes) == each.bytes.size());
    for (const auto& trailer : trailers) {
      BOOST_TEST(is(each.type, each.bytes + trailer), complaint(each.bytes + trailer));
      BOOST_TEST(whole_size(each.bytes + trailer) == each.bytes.size());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_picture_cut_short_stays_none_with_something_after_it) {
  for (const auto& each : samples()) {
    const auto cut = each.bytes.substr(0, each.bytes.size() - 3);
    BOOST_TEST(complaint(cut + "\n") != "none", content_type(each.type));
    // The lengths within a WebP and an AVIF are all there is to tell.
    if (each.type != picture_type::webp && each.type != picture_type::avif)
      BOOST_TEST(complaint(cut + std::string(100, '\0')) != "none", content_type(each.type));
  }
}

BOOST_AUTO_TEST_CASE(a_flipped_bit_in_what_a_png_decoder_needs_is_found) {
  const auto whole = png_header(8, 8) + png_chunk("PLTE", "rgb") + png_chunk("IDAT", "pixels")
                     + png_chunk("IEND", "");
  for (std::size_t at = 8; at < whole.size(); ++at) {
    auto flipped = whole;
    flipped[at] ^= 1;
    BOOST_REQUIRE_MESSAGE(complaint(flipped) != "none", "bit 0 of byte " << at);
    BOOST_REQUIRE(!is_permanent_fault(flipped));
  }
  auto text = png(8, 8);
  text[text.find("Comment")] ^= 1; // a decoder drops this chunk, and has the picture
  BOOST_TEST(is(picture_type::png, text));
}

BOOST_AUTO_TEST_CASE(checksums_are_computed_where_they_are_wanted_only) {
  auto flipped = png(8, 8);
  flipped[flipped.find("pixels")] ^= 1;
  const auto found = inspect_picture(flipped, checksums::ignored);
  BOOST_TEST(std::holds_alternative<complete_picture>(found));
  BOOST_TEST(complaint(flipped) == "a PNG with a wrong checksum");
}

BOOST_AUTO_TEST_CASE(pictures_of_other_types_are_named_and_permanent) {
  using namespace std::string_literals;
  const std::pair<const char*, std::string> others[] = {
      {"BMP", "BM....\0\0\0\0\x36\0\0\0\x28\0\0\0"s + "..."},
      {"HEIC", "\0\0\0\x18"
               "ftypheic\0\0\0\0mif1heic"s},
      {"HEIC", "\0\0\0\x18"
               "ftypmif1\0\0\0\0mif1heic"s},
      {"JPEG XL", "\xff\x0a..."s},
      {"JPEG XL", "\0\0\0\x0cJXL \r\n\x87\n"s},
      {"JPEG 2000", "\0\0\0\x0cjP  \r\n\x87\n"s},
      {"TIFF", "II*\0...."s},
      {"TIFF", "MM\0*...."s},
      {"PSD", "8BPS\0\1...."s},
      {"ICO", "\0\0\1\0\1\0"s + std::string(16, 'x')},
      {"SVG", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"s},
      {"SVG", "\xef\xbb\xbf<?xml version=\"1.0\"?>\n<!-- a cat -->\n<svg/>"s}};
  for (const auto& [name, bytes] : others) {
    BOOST_TEST(is_permanent_fault(bytes), name);
    BOOST_TEST(complaint(bytes).find(" "s + name + ",") != std::string::npos, complaint(bytes));
    BOOST_TEST(size_of(bytes) == "none");
  }
  for (const auto* text : {"<html><svg></svg></html>", "<?xml version=\"1.0\"?><html/>", "BMW"})
    BOOST_TEST(!is_permanent_fault(text), text);
}

BOOST_AUTO_TEST_CASE(a_jpeg_ends_at_its_own_end_marker) {
  const auto scan = jpeg_segment('\xda', "scan");
  // A marker's bytes within a segment are its content; scans of a progressive one follow in turn.
  const auto whole = jpeg_header(8, 8) + jpeg_segment('\xe1', "thumbnail \xff\xd9") + scan
                     + "pixels" + jpeg_segment('\xc4', "table \xff\xd9") + scan + "more"
                     + "\xff\xff\xd9";
  BOOST_TEST(whole_size(whole + "trailer\xff\xd9") == whole.size());
  // Damage that decoders step over.
  const auto damaged = jpeg_header(8, 8) + scan
                       + "pix\xff\x02"
                         "els"
                       + "\xff\xc0"
                         "more\xff\xd9";
  BOOST_TEST(whole_size(damaged) == damaged.size());
}

BOOST_AUTO_TEST_CASE(what_is_no_picture_is_told_apart) {
  BOOST_TEST(complaint("") == "nothing at all");
  for (const auto* text : {"{\"error\":\"x\"}", "<!doctype html>", "RIFF....WAVE", "\xff",
                           "\xff\xd8", "\x89PNG", "BM"})
    BOOST_TEST(complaint(text) == "neither PNG, JPEG, WebP, GIF nor AVIF");
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
}

BOOST_AUTO_TEST_CASE(a_jpeg_needs_a_frame_a_scan_and_an_end) {
  const auto head = jpeg_header(8, 8);
  const auto scan = jpeg_segment('\xda', "scan");
  BOOST_TEST(complaint(head + scan + "pixels") == "a JPEG that is cut short");
  BOOST_TEST(complaint(head + scan + "\xff\xd9") == "a JPEG that is cut short"); // no pixels
  BOOST_TEST(complaint(head + "\xff\xd9" + "\0\0") == "a JPEG that is cut short");
  BOOST_TEST(complaint(head + "\xff\xd9..") == "a JPEG with a broken header");
  BOOST_TEST(complaint("\xff\xd8" + scan + "pixels\xff\xd9") == "a JPEG with a broken header");
  BOOST_TEST(complaint(head + "pixels\xff\xd9") == "a JPEG that is cut short");
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

BOOST_AUTO_TEST_CASE(bytes_between_segments_are_stepped_over_as_decoders_do) {
  const auto whole = jpeg(8, 8);
  const auto with = [&](const std::string& junk) {
    return whole.substr(0, 2) + "\xff\xfe" + std::string("\0\2", 2) + junk + whole.substr(2);
  };
  BOOST_TEST(is(picture_type::jpeg, with("junk")));
  BOOST_TEST(is(picture_type::jpeg, with(std::string("\xff\0", 2))));
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

BOOST_AUTO_TEST_CASE(a_gif_needs_an_image_and_whole_blocks) {
  BOOST_TEST(complaint("GIF89a") == "a GIF that is cut short");
  const std::string header("GIF87a\1\0\1\0\0\0\0", 13);
  BOOST_TEST(complaint(header + ";") == "a GIF without picture data");
  BOOST_TEST(complaint(header + "?") == "a GIF with a broken block");
}

BOOST_AUTO_TEST_CASE(an_avif_needs_its_boxes) {
  const auto whole = avif(8, 8);
  const auto data = mp4_box("mdat", "pixels");
  BOOST_TEST(complaint(whole.substr(0, whole.size() - data.size())) == "an AVIF that is cut short");
  const auto head = mp4_box("ftyp", std::string("avif\0\0\0\0", 8));
  BOOST_TEST(complaint(head + mp4_box("meta", std::string(4, '\0')) + data)
             == "an AVIF without width or height");
  // The size of the last box may be left out, and may have eight bytes.
  const auto front = whole.substr(0, whole.size() - data.size());
  BOOST_TEST(is(picture_type::avif, front + std::string("\0\0\0\0mdatpixels", 14)));
  BOOST_TEST(
      is(picture_type::avif, front + std::string("\0\0\0\1mdat\0\0\0\0\0\0\0\x16pixels", 22)));
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
    BOOST_REQUIRE(whole_size(view) <= view.size());
    if (const auto size = dimensions(view))
      BOOST_REQUIRE(size->width > 0 && size->height > 0);
  }
}

BOOST_AUTO_TEST_CASE(random_bytes_after_a_signature_never_crash) {
  std::mt19937 random(2);
  const std::string heads[] = {png_header(8, 8),
                               "\x89PNG\r\n\x1a\n",
                               "\xff\xd8\xff",
                               jpeg_header(8, 8),
                               std::string("RIFF\x40\0\0\0WEBP", 12),
                               gif(8, 8).substr(0, 19),
                               avif(8, 8).substr(0, 40)};
  for (int round = 0; round < 20'000; ++round) {
    const auto& head = heads[random() % std::size(heads)];
    std::vector<char> bytes(head.begin(), head.end());
    for (auto more = random() % 80; more > 0; --more)
      bytes.push_back(static_cast<char>(random() % 3 == 0 ? 0xFF : random()));
    bytes.shrink_to_fit();
    inspect_picture({bytes.data(), bytes.size()});
  }
}
