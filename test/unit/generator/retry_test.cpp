#define BOOST_TEST_MODULE retry
#include <boost/test/unit_test.hpp>

#include <random>
#include <set>

#include "actors/generator/retry.hpp"

using namespace std::chrono_literals;
using namespace meme;
using std::chrono::milliseconds;

namespace {

const retry_limits limits; // 5 attempts, 300 s, 500 ms to 30 s

model_verdict failed(verdict_kind what, std::optional<milliseconds> retry_after = std::nullopt) {
  model_verdict result;
  result.kind = what;
  result.retry_after = retry_after;
  return result;
}

struct dice {
  std::mt19937 random{1};

  retry_decision decide(const model_verdict& why, std::uint64_t attempts, milliseconds elapsed) {
    return decide_retry(why, attempts, elapsed, limits, random);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(within_a_delivery, dice)

BOOST_AUTO_TEST_CASE(a_failure_is_tried_again_after_a_growing_pause) {
  const milliseconds longest[] = {500ms, 1s, 2s, 4s};
  for (std::uint64_t attempts = 1; attempts <= 4; ++attempts) {
    auto most = 0ms;
    for (int i = 0; i < 2'000; ++i) {
      const auto next = decide(failed(verdict_kind::retry), attempts, 0s);
      BOOST_REQUIRE(next.again);
      BOOST_REQUIRE(!next.later);
      BOOST_REQUIRE(next.pause <= longest[attempts - 1]);
      most = std::max(most, next.pause);
    }
    BOOST_TEST((most > longest[attempts - 1] * 9 / 10));
  }
}

BOOST_AUTO_TEST_CASE(the_last_attempt_ends_the_delivery_but_not_the_request) {
  const auto end = decide(failed(verdict_kind::retry), 5, 1s);
  BOOST_TEST(!end.again);
  BOOST_TEST(end.later);
  BOOST_TEST(end.retry_after.count() == 0);
  BOOST_TEST(!decide(failed(verdict_kind::retry), 6, 1s).again);
}

BOOST_AUTO_TEST_CASE(what_is_final_is_not_tried_again_ever) {
  for (const auto what : {verdict_kind::reject, verdict_kind::unauthorized}) {
    const auto end = decide(failed(what, 5s), 1, 0s);
    BOOST_TEST(!end.again);
    BOOST_TEST(!end.later);
    BOOST_TEST(end.retry_after.count() == 0);
  }
}

BOOST_AUTO_TEST_CASE(the_servers_time_is_kept_and_spread) {
  std::set<std::int64_t> pauses;
  for (int i = 0; i < 2'000; ++i) {
    const auto next = decide(failed(verdict_kind::wait, 60s), 1, 0s);
    BOOST_REQUIRE(next.again);
    BOOST_REQUIRE(next.pause >= 60s && next.pause <= 66s);
    pauses.insert(next.pause.count());
  }
  BOOST_TEST(pauses.size() > 1'000U); // no herd
  for (int i = 0; i < 2'000; ++i) {
    const auto next = decide(failed(verdict_kind::retry, 0s), 1, 0s);
    BOOST_REQUIRE(next.pause >= 0s && next.pause <= 500ms);
  }
}

BOOST_AUTO_TEST_CASE(a_model_that_says_later_is_never_called_at_once) {
  for (int i = 0; i < 2'000; ++i) {
    const auto next = decide(failed(verdict_kind::wait), 1, 0s);
    BOOST_REQUIRE(next.again);
    BOOST_REQUIRE(next.pause >= 250ms && next.pause <= 500ms);
  }
}

BOOST_AUTO_TEST_CASE(a_pause_past_the_deadline_is_not_begun) {
  const auto end = decide(failed(verdict_kind::wait, 60s), 2, 240s);
  BOOST_TEST(!end.again);
  BOOST_TEST(end.later);
  BOOST_TEST(end.retry_after.count() == 60'000);
  BOOST_TEST(decide(failed(verdict_kind::wait, 60s), 2, 233s).again);
  BOOST_TEST(!decide(failed(verdict_kind::retry), 1, 300s).again);
  BOOST_TEST(!decide(failed(verdict_kind::retry), 1, 10min).again);
}

BOOST_AUTO_TEST_CASE(the_servers_time_outlives_the_last_attempt) {
  const auto end = decide(failed(verdict_kind::wait, 20s), 5, 10s);
  BOOST_TEST(end.later);
  BOOST_TEST(end.retry_after.count() == 20'000);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(between_deliveries)

BOOST_AUTO_TEST_CASE(a_message_rests_longer_each_time) {
  std::mt19937 random(1);
  const milliseconds longest[] = {2s, 4s, 8s, 16s, 32s, 64s, 120s, 120s};
  for (std::uint64_t deliveries = 1; deliveries <= std::size(longest); ++deliveries)
    for (int i = 0; i < 500; ++i) {
      const auto delay = redelivery_delay(deliveries, 2s, 120s, 0s, random);
      BOOST_REQUIRE(delay >= longest[deliveries - 1] / 2 && delay <= longest[deliveries - 1]);
    }
}

BOOST_AUTO_TEST_CASE(it_does_not_come_back_before_the_server_wants_it) {
  std::mt19937 random(1);
  for (int i = 0; i < 2'000; ++i) {
    const auto delay = redelivery_delay(1, 2s, 120s, 60s, random);
    BOOST_REQUIRE(delay >= 60s && delay <= 66s);
  }
}

BOOST_AUTO_TEST_CASE(numbers_out_of_reason_do_no_harm) {
  std::mt19937 random(1);
  BOOST_TEST((redelivery_delay(0, 2s, 120s, 0s, random) <= 2s));
  BOOST_TEST((redelivery_delay(~std::uint64_t{0}, 2s, 120s, -1s, random) <= 120s));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_total_time)

BOOST_AUTO_TEST_CASE(counts_from_when_the_message_was_stored_but_leaves_a_fifth) {
  const std::chrono::steady_clock::time_point arrived{24h};
  BOOST_TEST((trying_began(arrived, 10s, 300s) == arrived - 10s));
  BOOST_TEST((trying_began(arrived, 1h, 300s) == arrived - 240s));
  BOOST_TEST((trying_began(arrived, -5s, 300s) == arrived)); // the server's clock is ahead
}

BOOST_AUTO_TEST_SUITE_END()
