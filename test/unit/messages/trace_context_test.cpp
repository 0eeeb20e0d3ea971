#define BOOST_TEST_MODULE trace_context
#include <boost/test/unit_test.hpp>

#include <string>

#include "messages/trace_context.hpp"

using meme::is_traceparent;

namespace {

const std::string valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

} // namespace

BOOST_AUTO_TEST_CASE(the_specification_s_own_example_is_valid) {
  BOOST_TEST(is_traceparent(valid));
  BOOST_TEST(is_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"));
}

BOOST_AUTO_TEST_CASE(a_later_version_may_say_more) {
  const auto later = "cc" + valid.substr(2);
  BOOST_TEST(is_traceparent(later));
  BOOST_TEST(is_traceparent(later + "-what-the-future-will-be-like"));
  BOOST_TEST(!is_traceparent(later + ".what-the-future-will-be-like"));
  BOOST_TEST(!is_traceparent(later + "-a\nb"));
  BOOST_TEST(!is_traceparent(later + "-" + std::string(100, 'x')));
}

BOOST_AUTO_TEST_CASE(everything_else_is_invalid) {
  for (const std::string text :
       {"", "00-a-b-01", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00F067AA0BA902B7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x"})
    BOOST_TEST(!is_traceparent(text), text);
  BOOST_TEST(!is_traceparent(valid + "-more"));
  BOOST_TEST(!is_traceparent(valid + " "));
  BOOST_TEST(!is_traceparent(" " + valid));
  for (std::size_t i = 0; i < valid.size(); ++i) {
    auto broken = valid;
    broken[i] = '\n';
    BOOST_TEST(!is_traceparent(broken), i);
    BOOST_TEST(!is_traceparent(valid.substr(0, i)), i);
  }
}
