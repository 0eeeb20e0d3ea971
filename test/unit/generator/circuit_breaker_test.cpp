#define BOOST_TEST_MODULE circuit_breaker
#include <boost/test/unit_test.hpp>

#include <random>

#include "actors/generator/circuit_breaker.hpp"

using namespace meme;
using namespace std::chrono_literals;
using state = circuit_breaker::state;
using probe = circuit_breaker::probe;

namespace {

constexpr bool failed_before = true;
constexpr bool untried = false;

struct fixture {
  circuit_breaker breaker{{}};
  std::minstd_rand rng{1};
  circuit_breaker::time_point now{1h};

  void fail(int times, bool first = true) {
    for (int i = 0; i < times; ++i)
      breaker.failed(now, probe::none, first, rng);
  }

  /// Five requests failed: it is the model, as far as is known.
  void open() { fail(5); }

  /// Two requests failed, one of them again and again.
  void open_with_doubts() {
    fail(2);
    fail(3, false);
  }

  bool may_call() const {
    return breaker.may_call(now, untried) || breaker.may_call(now, failed_before);
  }

  void probe_with(bool failed) {
    BOOST_TEST_REQUIRE(breaker.may_call(now, failed));
    breaker.began(failed);
  }

  /// The next probe, with a request of this kind, fails. Returns the pause before it.
  std::chrono::milliseconds probe_and_fail(bool failed) {
    auto before = now;
    now = std::max(now, failed ? breaker.retried_at() : breaker.fresh_at());
    probe_with(failed);
    breaker.failed(now, failed ? probe::retried : probe::fresh, false, rng);
    return std::chrono::duration_cast<std::chrono::milliseconds>(now - before);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(opening, fixture)

BOOST_AUTO_TEST_CASE(failures_in_a_row_open_it) {
  fail(4);
  BOOST_TEST(may_call());
  fail(1);
  BOOST_TEST(!may_call());
  BOOST_TEST(!breaker.wants_fresh());
}

BOOST_AUTO_TEST_CASE(a_success_between_them_counts_anew) {
  fail(4);
  breaker.succeeded(now, probe::none);
  fail(4);
  BOOST_TEST(may_call());
}

BOOST_AUTO_TEST_CASE(a_high_rate_opens_it_without_a_row) {
  for (int i = 0; i < 20 && may_call(); ++i) {
    fail(2);
    if (may_call())
      breaker.succeeded(now, probe::none);
  }
  BOOST_TEST(!may_call());
}

BOOST_AUTO_TEST_CASE(an_old_window_does_not_count) {
  for (int i = 0; i < 6; ++i) {
    fail(2);
    breaker.succeeded(now, probe::none);
    now += 11s;
  }
  BOOST_TEST(may_call());
}

BOOST_AUTO_TEST_CASE(few_requests_that_failed_leave_doubts) {
  open_with_doubts();
  BOOST_TEST(!may_call());
  BOOST_TEST(breaker.wants_fresh());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(probing, fixture)

BOOST_AUTO_TEST_CASE(half_open_it_lets_one_call_through) {
  open();
  now = breaker.fresh_at();
  probe_with(untried);
  BOOST_TEST((breaker.current() == state::half_open));
  BOOST_TEST(!may_call());
}

BOOST_AUTO_TEST_CASE(a_probe_that_succeeds_closes_it) {
  open();
  now = breaker.fresh_at();
  probe_with(untried);
  breaker.succeeded(now, probe::fresh);
  BOOST_TEST((breaker.current() == state::closed));
}

BOOST_AUTO_TEST_CASE(pauses_grow_while_probes_fail_up_to_the_cap) {
  open();
  auto first = probe_and_fail(failed_before);
  BOOST_TEST((first >= 500ms && first <= 1s));
  auto second = probe_and_fail(failed_before);
  BOOST_TEST((second >= 1s && second <= 2s));
  for (int i = 0; i < 10; ++i)
    probe_and_fail(failed_before);
  auto last = probe_and_fail(failed_before);
  BOOST_TEST((last >= 30s && last <= 60s));
}

BOOST_AUTO_TEST_CASE(two_failed_probes_with_requests_that_failed_before_leave_doubts) {
  open();
  probe_and_fail(failed_before);
  BOOST_TEST(!breaker.wants_fresh());
  probe_and_fail(failed_before);
  BOOST_TEST(breaker.wants_fresh());
  BOOST_TEST(!may_call()); // a pause it is nevertheless
}

BOOST_AUTO_TEST_CASE(requests_that_always_fail_do_not_keep_an_untried_one_waiting) {
  open_with_doubts();
  for (int i = 0; i < 10; ++i)
    probe_and_fail(failed_before);
  BOOST_TEST(breaker.may_call(now, untried));
  BOOST_TEST(!breaker.may_call(now, failed_before));
}

BOOST_AUTO_TEST_CASE(an_untried_request_probes_beside_one_that_hangs) {
  open_with_doubts();
  now = breaker.retried_at();
  probe_with(failed_before);
  probe_with(untried);
  breaker.succeeded(now, probe::fresh);
  BOOST_TEST((breaker.current() == state::closed));
  breaker.failed(now, probe::retried, false, rng); // its end comes late
  BOOST_TEST((breaker.current() == state::closed));
}

BOOST_AUTO_TEST_CASE(an_untried_request_is_waited_for_before_another_one_probes) {
  open_with_doubts();
  now = breaker.fresh_at();
  BOOST_TEST(breaker.may_call(now, untried));
  BOOST_TEST(!breaker.may_call(now, failed_before));
  now += 1s;
  BOOST_TEST(breaker.may_call(now, failed_before));
}

BOOST_AUTO_TEST_CASE(failures_of_untried_requests_lengthen_both_pauses_after_a_while) {
  open_with_doubts();
  probe_and_fail(untried);
  BOOST_TEST(!may_call());
  for (int i = 0; i < 40; ++i)
    BOOST_TEST((probe_and_fail(untried) <= 2s));
  for (int i = 0; i < 10; ++i)
    probe_and_fail(untried);
  BOOST_TEST((probe_and_fail(untried) >= 30s));
  BOOST_TEST((breaker.retried_at() >= breaker.fresh_at()));
}

BOOST_AUTO_TEST_CASE(late_successes_do_not_close_it_but_are_looked_into) {
  open();
  breaker.succeeded(now, probe::none);
  BOOST_TEST((breaker.current() == state::open));
  BOOST_TEST(breaker.may_call(now, untried));
  BOOST_TEST(!breaker.may_call(now, failed_before));
}

BOOST_AUTO_TEST_CASE(late_failures_change_nothing) {
  open();
  auto at = breaker.fresh_at();
  fail(30);
  BOOST_TEST((breaker.fresh_at() == at));
}

BOOST_AUTO_TEST_CASE(a_probe_that_got_lost_may_be_made_again) {
  open();
  now = breaker.fresh_at();
  probe_with(untried);
  breaker.probe_lost(probe::fresh);
  BOOST_TEST(may_call());
}

BOOST_AUTO_TEST_CASE(a_refusal_of_all_opens_it_at_once_and_leaves_no_doubts) {
  breaker.trip(now, probe::none, rng);
  BOOST_TEST(!may_call());
  for (int i = 0; i < 5; ++i) {
    now = breaker.fresh_at();
    probe_with(untried);
    breaker.trip(now, probe::fresh, rng);
    BOOST_TEST(!may_call());
    BOOST_TEST(!breaker.wants_fresh());
  }
  BOOST_TEST((breaker.fresh_at() - now >= 16s));
}

BOOST_AUTO_TEST_SUITE_END()
