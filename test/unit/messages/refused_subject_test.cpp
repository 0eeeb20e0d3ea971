#define BOOST_TEST_MODULE refused_subject
#include <boost/test/unit_test.hpp>

#include "messages/subjects/refusal.hpp"

using namespace meme;

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

BOOST_AUTO_TEST_CASE(refusals_are_told_in_words_of_ours) {
  BOOST_TEST(describe_refusal(R"(Permissions Violation for Publish to "meme.response")")
             == "the NATS server does not permit to publish on meme.response");
  BOOST_TEST(
      describe_refusal(R"(Permissions Violation for Subscription to "_INBOX.x" using queue "q")")
      == "the NATS server does not permit to subscribe to _INBOX.x");
  BOOST_TEST(describe_refusal("Slow Consumer") == "");
}
