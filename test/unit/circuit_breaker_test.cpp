#define BOOST_TEST_MODULE circuit_breaker
#include <boost/test/unit_test.hpp>

#include <random>

#include "actors/policy/circuit_breaker.hpp"

using namespace meme::policy;
using namespace std::chrono_literals;
using state = circuit_breaker::state;

namespace {

struct fixture {
  circuit_breaker breaker{{}};
  std::minstd_rand rng{1};
  circuit_breaker::time_point now{1h};

  void fail(int times) {
    for (int i = 0; i < times; ++i)
      breaker.failed(now, rng);
  }

  void open() { fail(5); }

  void wait_until_half_open() {
    now = breaker.open_until();
    BOOST_TEST(breaker.may_call(now));
    breaker.began(now);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(breaker, fixture)

BOOST_AUTO_TEST_CASE(failures_in_a_row_open_it) {
  fail(4);
  BOOST_TEST(breaker.may_call(now));
  fail(1);
  BOOST_TEST(!breaker.may_call(now));
}

BOOST_AUTO_TEST_CASE(a_success_between_them_counts_anew) {
  fail(4);
  breaker.succeeded(now);
  fail(4);
  BOOST_TEST(breaker.may_call(now));
}

BOOST_AUTO_TEST_CASE(a_high_rate_opens_it_without_a_row) {
  for (int i = 0; i < 20 && breaker.may_call(now); ++i) {
    fail(2);
    breaker.succeeded(now);
  }
  BOOST_TEST(!breaker.may_call(now));
}

BOOST_AUTO_TEST_CASE(an_old_window_does_not_count) {
  for (int i = 0; i < 6; ++i) {
    fail(2);
    breaker.succeeded(now);
    now += 11s;
  }
  BOOST_TEST(breaker.may_call(now));
}

BOOST_AUTO_TEST_CASE(half_open_it_lets_one_call_through) {
  open();
  wait_until_half_open();
  BOOST_TEST(!breaker.may_call(now));
}

BOOST_AUTO_TEST_CASE(a_probe_that_succeeds_closes_it) {
  open();
  wait_until_half_open();
  breaker.succeeded(now);
  BOOST_TEST((breaker.now_in() == state::closed));
}

BOOST_AUTO_TEST_CASE(pauses_grow_while_probes_fail_up_to_the_cap) {
  open();
  auto first = breaker.open_until() - now;
  BOOST_TEST((first >= 500ms && first <= 1s));
  for (int i = 0; i < 10; ++i) {
    wait_until_half_open();
    fail(1);
  }
  auto last = breaker.open_until() - now;
  BOOST_TEST((last >= 30s && last <= 60s));
}

BOOST_AUTO_TEST_CASE(late_successes_do_not_close_it) {
  open();
  breaker.succeeded(now);
  BOOST_TEST(!breaker.may_call(now));
}

BOOST_AUTO_TEST_CASE(a_probe_that_got_lost_may_be_made_again) {
  open();
  wait_until_half_open();
  breaker.probe_lost(now);
  BOOST_TEST(breaker.may_call(now));
}

BOOST_AUTO_TEST_SUITE_END()
