// What the ingress does where the model is in trouble: how long a request is tried, and how many
// more are taken from the queue.
#define BOOST_TEST_MODULE ingress_model
#include <boost/test/unit_test.hpp>

#include "test/actors/ingress_fixture.hpp"

using namespace meme;
using namespace meme::test;

BOOST_FIXTURE_TEST_SUITE(ingress_and_model, ingress_fixture)

BOOST_AUTO_TEST_CASE(a_request_that_was_tried_for_the_total_time_is_dead) {
  start();
  deliver(7);
  auto why = passing_failure();
  why.tried_for = 300s;
  sched.advance_time(300s); // no ticks in between: nothing else is of interest
  finish(why);
  BOOST_REQUIRE_EQUAL(seen.answers.size(), 1);
  BOOST_TEST((seen.answers[0]->dead_letter != nullptr));
  auto& told = std::get<failure>(seen.answers[0]->result);
  BOOST_TEST(told.text == "the model answered 500 (tried for 300 s)");
}

BOOST_AUTO_TEST_CASE(a_request_that_was_not_tried_goes_back_however_long_it_waited) {
  start();
  deliver(7);
  sched.advance_time(1h);
  finish(passing_failure());
  BOOST_TEST(seen.answers.empty());
  BOOST_TEST(bus->to(ack_of(7)).back().data.find("-NAK") == 0u);
}

BOOST_AUTO_TEST_CASE(a_redelivered_request_remembers_how_long_it_was_tried) {
  start();
  deliver(7);
  auto why = passing_failure();
  why.tried_for = 10s;
  sched.advance_time(10s);
  auto first_call = sched.clock().now() - 10s;
  finish(why);
  advance(5s);
  deliver(7, 2);
  BOOST_REQUIRE_EQUAL(seen.lookups.size(), 2);
  auto& again = *seen.lookups.back();
  BOOST_TEST((again.tried_since == first_call));
  BOOST_REQUIRE(again.last_failure);
  BOOST_TEST(again.last_failure->text == "the model answered 500");
}

BOOST_AUTO_TEST_CASE(a_message_comes_back_before_its_total_time_is_over) {
  shared->options.ingress.retry_base = 1h;
  shared->options.ingress.retry_cap = 1h;
  start();
  deliver(7);
  auto why = passing_failure();
  why.tried_for = 1s;
  sched.advance_time(1s);
  finish(why);
  BOOST_TEST(bus->to(ack_of(7)).back().data == "-NAK {\"delay\":299000000000}");
}

BOOST_AUTO_TEST_CASE(what_another_process_tried_counts_from_when_it_was_stored) {
  start();
  deliver(7, 2);
  auto& work = *seen.lookups.back();
  BOOST_TEST((work.tried_since == sched.clock().now())); // stored right now
  BOOST_TEST(!work.last_failure);
}

BOOST_AUTO_TEST_CASE(one_message_beyond_those_in_work_is_pulled_to_probe_with) {
  start();
  deliver(1);
  deliver(2);
  tell(ingress, pull_limit{0});
  auto before = bus->to(pull_subject).size();
  tell(ingress, pull_limit{1});
  BOOST_REQUIRE_EQUAL(bus->to(pull_subject).size(), before + 1);
  BOOST_TEST(batch_of_last_pull() == "{\"batch\":1");
  // One of the older ones ends: that makes no room for a second new one.
  deliver(3);
  tell(ingress, finished{seen.lookups[0]->id, some_success()});
  tell(ingress, published{{seen.answers.back()->id}});
  BOOST_TEST(bus->to(pull_subject).size() == before + 1);
  // The new one ends (it was in a cache): the next one may probe.
  tell(ingress, finished{seen.lookups[2]->id, some_success()});
  tell(ingress, published{{seen.answers.back()->id}});
  BOOST_TEST(bus->to(pull_subject).size() == before + 2);
}

BOOST_AUTO_TEST_CASE(without_a_permit_for_a_probe_the_generator_is_told) {
  all.generator = new_generator();
  start();
  for (int i = 1; i <= 4; ++i)
    deliver(i);
  tell(ingress, pull_limit{0});
  BOOST_TEST(seen.full == 0);
  tell(ingress, pull_limit{1});
  BOOST_TEST(seen.full == 1);
}

BOOST_AUTO_TEST_SUITE_END()
