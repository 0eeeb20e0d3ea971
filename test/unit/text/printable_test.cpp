#define BOOST_TEST_MODULE printable
#include <boost/test/unit_test.hpp>

#include <random>

#include "messages/text/printable.hpp"
#include "messages/text/utf8.hpp"

using meme::is_printable;
using meme::printable;
using meme::printable_field;

namespace {

bool is_one_printable_line(std::string_view text) {
  while (!text.empty())
    if (!is_printable(meme::take_code_point(text)))
      return false;
  return true;
}

} // namespace

BOOST_AUTO_TEST_CASE(printable_text_stays_as_it_is) {
  for (const auto* text : {"", "a cat", "Ein Käse \xf0\x9f\xa7\x80, bitte.",
                           "~!\\\"=", "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", "\xef\xbf\xbd"})
    BOOST_TEST(printable(text) == text);
}

BOOST_AUTO_TEST_CASE(white_space_that_ends_a_line_becomes_a_space) {
  BOOST_TEST(printable("a\tb\r\nc") == "a b  c");
}

BOOST_AUTO_TEST_CASE(commands_to_a_terminal_become_replacement_characters) {
  BOOST_TEST(printable("\x1b[31mred") == "\xef\xbf\xbd[31mred");
  BOOST_TEST(printable("x\xc2\x9b"
                       "31m")
             == "x\xef\xbf\xbd"
                "31m");
  BOOST_TEST(printable(std::string_view("\0\x07\x08\x7f", 4))
             == "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

BOOST_AUTO_TEST_CASE(separators_and_direction_controls_become_replacement_characters) {
  for (const char32_t c : {0x85, 0x2028, 0x2029, 0x061C, 0x200E, 0x200F, 0x202A, 0x202E, 0x2066,
                           0x2069, 0xE0041, 0xFDD0, 0xFFFE, 0x1FFFF})
    BOOST_TEST(!is_printable(c), "U+" << std::hex << static_cast<std::uint32_t>(c));
  BOOST_TEST(printable("a\xe2\x80\xae"
                       "b\xe2\x80\xa8"
                       "c")
             == "a\xef\xbf\xbd"
                "b\xef\xbf\xbd"
                "c");
}

BOOST_AUTO_TEST_CASE(each_invalid_byte_becomes_a_replacement_character) {
  BOOST_TEST(printable("a\xff\"b\xc3") == "a\xef\xbf\xbd\"b\xef\xbf\xbd");
  BOOST_TEST(printable("\xed\xa0\x80") == "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

BOOST_AUTO_TEST_CASE(a_field_is_quoted_only_where_it_could_be_mistaken) {
  BOOST_TEST(printable_field("meme.request") == "meme.request");
  BOOST_TEST(printable_field("Käse") == "Käse");
  BOOST_TEST(printable_field("") == "\"\"");
  BOOST_TEST(printable_field("a b") == "\"a b\"");
  BOOST_TEST(printable_field("x code=none") == "\"x code=none\"");
  BOOST_TEST(printable_field("a=b") == "\"a=b\"");
  BOOST_TEST(printable_field("say \"no\"\\") == "\"say \\\"no\\\"\\\\\"");
  BOOST_TEST(printable_field("a\xc2\xa0"
                             "b")
             == "\"a\xc2\xa0"
                "b\"");
  BOOST_TEST(printable_field("one\ntwo") == "\"one two\"");
}

BOOST_AUTO_TEST_CASE(whatever_the_bytes_the_result_is_one_printable_line) {
  std::mt19937 random(1);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random() % 40, '\0');
    for (auto& byte : bytes)
      byte = static_cast<char>(random() % 4 == 0 ? random() % 128 : 128 + random() % 128);
    const auto text = printable(bytes);
    BOOST_REQUIRE(is_one_printable_line(text));
    BOOST_REQUIRE(printable(text) == text);
    BOOST_REQUIRE(is_one_printable_line(printable_field(bytes)));
  }
}
