#define BOOST_TEST_MODULE caption
#include "sketch-server/drawing/caption.hpp"

#include <boost/test/unit_test.hpp>

using meme::sketch::caption_of;

namespace {

void check(std::string_view prompt, std::string_view top, std::string_view bottom) {
  const auto words = caption_of(prompt);
  BOOST_TEST(words.top == top);
  BOOST_TEST(words.bottom == bottom);
}

} // namespace

BOOST_AUTO_TEST_CASE(a_prompt_divides_after_a_clause) {
  check("Brace yourselves, the merge conflicts are coming", "BRACE YOURSELVES",
        "THE MERGE CONFLICTS ARE COMING");
  check("It compiles. Ship it!", "IT COMPILES.", "SHIP IT!");
}

BOOST_AUTO_TEST_CASE(a_prompt_divides_before_a_word_that_belongs_to_the_next) {
  check("A cat wearing a space helmet on Mars", "A CAT WEARING A SPACE HELMET", "ON MARS");
}

BOOST_AUTO_TEST_CASE(a_prompt_divides_near_its_middle_when_nothing_speaks_for_another_place) {
  check("aaaa bbbb cccc dddd", "AAAA BBBB", "CCCC DDDD");
}

BOOST_AUTO_TEST_CASE(a_line_break_divides_a_prompt) {
  check("\n top line \nbottom\nline", "TOP LINE", "BOTTOM LINE");
  check("all on one line\n", "ALL", "ON ONE LINE");
}

BOOST_AUTO_TEST_CASE(a_single_word_goes_to_the_bottom) {
  check("cat", "", "CAT");
  check("  cat  ", "", "CAT");
}

BOOST_AUTO_TEST_CASE(nothing_to_say_is_an_empty_caption) {
  check("", "", "");
  check(" \t\r\n ", "", "");
}

BOOST_AUTO_TEST_CASE(letters_of_other_languages_become_capitals_too) {
  check("größe naïve", "GRÖSSE", "NAÏVE");
  check("кот", "", "КОТ");
}

BOOST_AUTO_TEST_CASE(control_characters_become_blanks) {
  check(std::string_view{"a\0b\x7F"
                         "c",
                         5},
        "A B", "C");
}

BOOST_AUTO_TEST_CASE(a_book_is_cut_between_two_characters) {
  std::string book;
  for (int i = 0; i < 10'000; ++i)
    book += "€"; // three bytes
  const auto words = caption_of(book);
  BOOST_TEST(words.bottom.size() < 8'001u);
  BOOST_TEST(words.bottom.size() % 3 == 0u);
}
