#define BOOST_TEST_MODULE suspects
#include <boost/test/unit_test.hpp>

#include "actors/generator/suspects.hpp"

using namespace meme;
using namespace std::chrono_literals;
using standing = suspect_requests::standing;

namespace {

struct fixture {
  suspect_requests table;
  suspect_requests::time_point now{1h};

  suspect_requests::record fail(const std::string& key) { return table.failed(key, now); }
  bool is_culprit(const std::string& key) { return table.get(key, now).is == standing::culprit; }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_request, fixture)

BOOST_AUTO_TEST_CASE(that_nothing_is_known_of_is_innocent) {
  BOOST_TEST((table.get("a", now).is == standing::innocent));
  BOOST_TEST(table.get("a", now).failures == 0u);
}

BOOST_AUTO_TEST_CASE(that_failed_is_a_suspect_however_often_where_nothing_succeeds) {
  for (int i = 0; i < 50; ++i)
    BOOST_TEST((fail("a").is == standing::suspect));
}

BOOST_AUTO_TEST_CASE(that_fails_again_after_another_one_succeeded_is_a_culprit) {
  BOOST_TEST((fail("a").is == standing::suspect));
  table.succeeded("b", now);
  BOOST_TEST((table.get("a", now).is == standing::suspect)); // it has failed only once
  BOOST_TEST((fail("a").is == standing::culprit));
}

BOOST_AUTO_TEST_CASE(is_not_judged_by_successes_before_it_failed) {
  table.succeeded("b", now);
  fail("a");
  fail("a");
  BOOST_TEST(!is_culprit("a"));
}

BOOST_AUTO_TEST_CASE(that_succeeds_is_innocent_again) {
  fail("a");
  table.succeeded("b", now);
  fail("a");
  table.succeeded("a", now);
  BOOST_TEST((table.get("a", now).is == standing::innocent));
  BOOST_TEST((fail("a").is == standing::suspect));
}

BOOST_AUTO_TEST_CASE(blames_the_model_three_times_at_most_between_two_successes) {
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(suspect_requests::blames_model(fail("a")));
  BOOST_TEST(!suspect_requests::blames_model(fail("a")));
  BOOST_TEST(suspect_requests::blames_model(fail("b")));
}

BOOST_AUTO_TEST_CASE(blames_the_model_no_more_once_it_is_a_culprit) {
  fail("a");
  table.succeeded("b", now);
  BOOST_TEST(!suspect_requests::blames_model(fail("a")));
}

BOOST_AUTO_TEST_CASE(that_was_delivered_too_often_is_a_suspect_before_it_fails_here) {
  table.distrust("a", now);
  BOOST_TEST(table.get("a", now).failures == 1u);
  table.succeeded("b", now);
  BOOST_TEST((fail("a").is == standing::culprit));
}

BOOST_AUTO_TEST_CASE(is_forgotten_half_an_hour_after_its_last_failure) {
  fail("a");
  now += 29min;
  fail("a");
  now += 29min;
  BOOST_TEST(table.get("a", now).failures == 2u);
  now += 2min;
  BOOST_TEST(table.get("a", now).failures == 0u);
}

BOOST_AUTO_TEST_CASE(is_forgotten_where_too_many_others_failed_since) {
  fail("a");
  for (std::size_t i = 0; i < 2 * suspect_requests::max_entries; ++i)
    fail("other-" + std::to_string(i));
  BOOST_TEST(table.get("a", now).failures == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
