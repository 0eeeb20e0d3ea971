#define BOOST_TEST_MODULE restart_intensity
#include <boost/test/unit_test.hpp>

#include "actors/supervisor/restart_intensity.hpp"

using namespace std::chrono_literals;
using meme::restart_intensity;

namespace {

const restart_intensity::time_point start;

} // namespace

BOOST_AUTO_TEST_CASE(so_many_restarts_are_allowed_and_not_one_more) {
  restart_intensity intensity(3, 60s);
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(intensity.allow(start));
  BOOST_TEST(!intensity.allow(start));
  BOOST_TEST(!intensity.allow(start + 59s));
}

BOOST_AUTO_TEST_CASE(the_window_slides) {
  restart_intensity intensity(2, 60s);
  BOOST_TEST(intensity.allow(start));
  BOOST_TEST(intensity.allow(start + 30s));
  BOOST_TEST(!intensity.allow(start + 60s)); // exactly the period ago still counts
  BOOST_TEST(intensity.allow(start + 60s + 1ns));
  BOOST_TEST(!intensity.allow(start + 90s));
  BOOST_TEST(intensity.allow(start + 91s));
}

BOOST_AUTO_TEST_CASE(a_refused_restart_does_not_count) {
  restart_intensity intensity(1, 60s);
  BOOST_TEST(intensity.allow(start));
  BOOST_TEST(!intensity.allow(start + 59s));
  BOOST_TEST(intensity.allow(start + 61s));
}

BOOST_AUTO_TEST_CASE(an_intensity_of_zero_allows_none) {
  restart_intensity intensity(0, 60s);
  BOOST_TEST(!intensity.allow(start));
}

BOOST_AUTO_TEST_CASE(restarts_that_are_rare_enough_go_on_for_ever) {
  restart_intensity intensity(5, 60s);
  auto now = start;
  for (int i = 0; i < 10'000; ++i)
    BOOST_REQUIRE(intensity.allow(now += 13s));
}
