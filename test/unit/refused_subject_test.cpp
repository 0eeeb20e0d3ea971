#define BOOST_TEST_MODULE refused_subject
#include <boost/test/unit_test.hpp>

#include "actors/policy/refused_subject.hpp"

using meme::policy::refused_subject;

BOOST_AUTO_TEST_CASE(the_subject_stands_between_quotes) {
  BOOST_TEST(refused_subject(R"(Permissions Violation for Publish to "meme.response")")
             == "meme.response");
}

BOOST_AUTO_TEST_CASE(a_long_text_that_the_library_has_cut_has_no_last_quote) {
  BOOST_TEST(refused_subject(R"(Permissions Violation for Publish to "meme.resp)") == "meme.resp");
}

BOOST_AUTO_TEST_CASE(other_words_name_no_subject) {
  BOOST_TEST(refused_subject("") == "");
  BOOST_TEST(refused_subject("Slow Consumer") == "");
  BOOST_TEST(refused_subject(R"(Permissions Violation for Subscription to "x")") == "");
  BOOST_TEST(refused_subject(R"(Permissions Violation for Publish to ")") == "");
}
