#define BOOST_TEST_MODULE line_limit
#include <boost/test/unit_test.hpp>

#include "actors/base/line_limit.hpp"

using namespace meme;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_CASE(the_first_of_each_second_get_a_line_and_the_others_are_counted) {
  line_limit lines{2};
  line_limit::time_point now{1h};
  BOOST_TEST(lines.allows(now));
  BOOST_TEST(lines.allows(now + 400ms));
  BOOST_TEST(lines.take_left_out() == 0u);
  BOOST_TEST(!lines.allows(now + 500ms));
  BOOST_TEST(!lines.allows(now + 999ms));
  BOOST_TEST(lines.allows(now + 1s));
  BOOST_TEST(lines.take_left_out() == 2u);
  BOOST_TEST(lines.take_left_out() == 0u);
}

BOOST_AUTO_TEST_CASE(a_limit_of_0_allows_nothing) {
  line_limit lines{0};
  BOOST_TEST(!lines.allows(line_limit::time_point{1h}));
}
