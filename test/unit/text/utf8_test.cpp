#define BOOST_TEST_MODULE utf8
#include <boost/test/unit_test.hpp>

#include <random>
#include <vector>

#include "messages/text/utf8.hpp"

using meme::clean_text;
using meme::invalid_code_point;
using meme::take_code_point;

namespace {

std::vector<char32_t> decode(std::string_view text) {
  std::vector<char32_t> result;
  while (!text.empty())
    result.push_back(take_code_point(text));
  return result;
}

bool is_valid(std::string_view text) {
  while (!text.empty())
    if (take_code_point(text) == invalid_code_point)
      return false;
  return true;
}

} // namespace

BOOST_AUTO_TEST_CASE(code_points_of_each_length_are_read) {
  const std::vector<char32_t> expected{'a', 0xE9, 0x20AC, 0x1F680, 0x7F, 0x10FFFF, 0xFFFD};
  BOOST_TEST((decode("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x9a\x80\x7f\xf4\x8f\xbf\xbf\xef\xbf\xbd")
              == expected));
}

BOOST_AUTO_TEST_CASE(everything_that_rfc_3629_forbids_is_invalid) {
  const std::string_view forbidden[] = {
      "\x80",             // continuation by itself
      "\xc3",             // cut short
      "\xe2\x82",         // cut short
      "\xf0\x9f\x9a",     // cut short
      "\xc0\xaf",         // overlong slash
      "\xc1\xbf",         // overlong
      "\xe0\x80\xaf",     // overlong
      "\xf0\x80\x80\xaf", // overlong
      "\xed\xa0\x80",     // high surrogate
      "\xed\xbf\xbf",     // low surrogate
      "\xf4\x90\x80\x80", // beyond U+10FFFF
      "\xf5\x80\x80\x80", // beyond U+10FFFF
      "\xfe",
      "\xff",
  };
  for (const auto bytes : forbidden)
    for (const auto c : decode(bytes))
      BOOST_TEST(c == invalid_code_point);
}

BOOST_AUTO_TEST_CASE(an_invalid_byte_swallows_no_valid_one) {
  const std::vector<char32_t> expected{invalid_code_point, '"', invalid_code_point,
                                       invalid_code_point, 'x'};
  BOOST_TEST((decode("\xc3\"\xe2\x82x") == expected));
}

BOOST_AUTO_TEST_CASE(valid_text_is_left_as_it_is) {
  BOOST_TEST(clean_text("Ein Käse \xf0\x9f\xa7\x80, bitte.", 100)
             == "Ein Käse \xf0\x9f\xa7\x80, bitte.");
}

BOOST_AUTO_TEST_CASE(white_space_and_controls_become_single_spaces) {
  BOOST_TEST(clean_text(std::string_view("\r\n a\t\n b\0\x1b[0m\x7f c\xc2\x85\xe2\x80\xa8"
                                         "d \n",
                                         24),
                        100)
             == "a b [0m c d");
}

BOOST_AUTO_TEST_CASE(invalid_bytes_become_replacement_characters) {
  BOOST_TEST(clean_text("a\xff\"b\xc3", 100) == "a\xef\xbf\xbd\"b\xef\xbf\xbd");
  BOOST_TEST(clean_text("a\u202eb\u2066", 100) == "a\ufffdb\ufffd"); // they turn what follows
}

BOOST_AUTO_TEST_CASE(long_text_is_cut_between_code_points) {
  BOOST_TEST(clean_text("äöüß", 4) == "äöüß");
  BOOST_TEST(clean_text("äöüßx", 4) == "äöü…");
  BOOST_TEST(clean_text("ab cd", 3) == "ab…");
  BOOST_TEST(clean_text("ab  ", 2) == "ab");
  BOOST_TEST(clean_text("ab", 1) == "…");
  BOOST_TEST(clean_text("ab", 0) == "");
  BOOST_TEST(clean_text("", 10) == "");
}

BOOST_AUTO_TEST_CASE(whatever_the_bytes_the_text_is_valid_and_short) {
  std::mt19937 random(1);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random() % 40, '\0');
    for (auto& byte : bytes)
      byte = static_cast<char>(random() % 4 == 0 ? random() % 128 : 128 + random() % 128);
    const auto max_chars = random() % 20;
    const auto text = clean_text(bytes, max_chars);
    BOOST_REQUIRE(is_valid(text));
    BOOST_REQUIRE_LE(decode(text).size(), max_chars);
  }
}
