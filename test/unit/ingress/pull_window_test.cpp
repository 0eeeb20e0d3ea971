#define BOOST_TEST_MODULE pull_window
#include <boost/test/unit_test.hpp>

#include <random>

#include "actors/ingress/pull_window.hpp"

using meme::pull_window;

BOOST_AUTO_TEST_CASE(it_asks_for_all_its_permits_at_first) {
  pull_window window{64};
  BOOST_TEST(window.wanted() == 64u);
  window.asked(64);
  BOOST_TEST(window.wanted() == 0u);
}

BOOST_AUTO_TEST_CASE(while_a_pull_is_open_it_waits_for_a_quarter) {
  pull_window window{64};
  window.asked(64);
  for (int i = 0; i < 15; ++i) {
    BOOST_TEST(window.arrived());
    window.settled();
  }
  BOOST_TEST(window.wanted() == 0u);
  BOOST_TEST(window.arrived());
  window.settled();
  BOOST_TEST(window.wanted() == 16u);
}

BOOST_AUTO_TEST_CASE(what_was_not_asked_for_finds_no_permit) {
  pull_window window{2};
  window.asked(2);
  BOOST_TEST(window.arrived());
  BOOST_TEST(window.arrived());
  BOOST_TEST(!window.arrived());
  BOOST_TEST(window.in_work() == 2u);
}

BOOST_AUTO_TEST_CASE(a_limit_holds_until_it_is_lifted) {
  pull_window window{64};
  window.limit(0);
  BOOST_TEST(window.wanted() == 0u);
  window.limit(1);
  BOOST_TEST(window.wanted() == 1u);
  window.limit(1'000);
  BOOST_TEST(window.wanted() == 64u);
}

BOOST_AUTO_TEST_CASE(whatever_happens_no_more_are_in_work_than_there_are_permits) {
  std::minstd_rand rng{7};
  pull_window window{10};
  std::size_t at_server = 0;
  for (int i = 0; i < 100'000; ++i) {
    auto count = window.wanted();
    window.asked(count);
    at_server += count;
    switch (rng() % 4) {
    case 0:
    case 1:
      if (at_server > 0) {
        --at_server;
        BOOST_REQUIRE(window.arrived());
      }
      break;
    case 2:
      if (window.in_work() > 0)
        window.settled();
      break;
    default:
      if (rng() % 50 == 0) {
        window.forget_pulls();
        at_server = 0;
      }
    }
    BOOST_REQUIRE(window.in_work() + at_server <= 10);
  }
}
