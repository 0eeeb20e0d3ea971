#define BOOST_TEST_MODULE ingress
#include <boost/test/unit_test.hpp>

#include "test/actors/ingress_fixture.hpp"

using namespace meme;
using namespace meme::test;

BOOST_FIXTURE_TEST_SUITE(ingress, ingress_fixture)

BOOST_AUTO_TEST_CASE(it_asks_for_as_many_messages_as_it_has_permits) {
  start();
  BOOST_REQUIRE_EQUAL(bus->to(pull_subject).size(), 1);
  BOOST_TEST(batch_of_last_pull() == "{\"batch\":4");
}

BOOST_AUTO_TEST_CASE(it_does_not_pull_before_the_consumer_is_bound) {
  ingress = spawn_ingress(parent(), make_ingress_config(*shared, bus, 1));
  announce(ingress);
  tell(ingress, link_changed{true});
  BOOST_TEST(seen.looks == 1);
  BOOST_TEST(bus->to(pull_subject).empty());
}

BOOST_AUTO_TEST_CASE(a_message_is_acknowledged_only_after_its_answer_is_published) {
  start();
  deliver(7);
  BOOST_REQUIRE_EQUAL(seen.lookups.size(), 1);
  finish(some_success());
  BOOST_REQUIRE_EQUAL(seen.answers.size(), 1);
  BOOST_TEST(bus->to(ack_of(7)).empty());
  tell(ingress, published{{seen.answers.back()->id}});
  BOOST_REQUIRE_EQUAL(bus->to(ack_of(7)).size(), 1);
  BOOST_TEST(bus->to(ack_of(7)).back().data == "+ACK");
}

BOOST_AUTO_TEST_CASE(what_there_is_no_permit_for_is_handed_back) {
  start();
  for (int i = 1; i <= 5; ++i)
    deliver(i);
  BOOST_TEST(seen.lookups.size() == 4);
  BOOST_REQUIRE_EQUAL(bus->to(ack_of(5)).size(), 1);
  BOOST_TEST(bus->to(ack_of(5)).back().data == "-NAK");
}

// The server takes 1 MiB a message: base64 makes four bytes of three.
BOOST_AUTO_TEST_CASE(a_job_knows_how_large_its_picture_may_be) {
  start();
  deliver(1);
  BOOST_TEST(seen.lookups.at(0)->largest < 786'432);
  BOOST_TEST(seen.lookups.at(0)->largest > 780'000);
}

BOOST_AUTO_TEST_CASE(a_free_permit_is_pulled_for) {
  start();
  for (int i = 1; i <= 4; ++i)
    deliver(i);
  BOOST_TEST(bus->to(pull_subject).size() == 1);
  finish(some_success());
  tell(ingress, published{{seen.answers.back()->id}});
  BOOST_REQUIRE_EQUAL(bus->to(pull_subject).size(), 2);
  BOOST_TEST(batch_of_last_pull() == "{\"batch\":1");
}

BOOST_AUTO_TEST_CASE(a_byte_budget_that_is_used_up_stops_the_pulling) {
  shared->budget = std::make_shared<io::byte_budget>(10);
  start();
  deliver(1);
  finish(some_success("more than ten bytes"));
  deliver_status("408", "3");
  BOOST_TEST(bus->to(pull_subject).size() == 1);
  BOOST_TEST(shared->metrics->byte_budget_exhaustions.Value() == 1);
  tell(ingress, caf::tick_atom_v);
  BOOST_TEST(shared->metrics->bytes_in_flight.Value() == 28); // in base64
  tell(ingress, published{{seen.answers.back()->id}});
  BOOST_TEST(bus->to(pull_subject).size() == 2);
  BOOST_TEST(shared->metrics->byte_budget_exhaustions.Value() == 1);
}

BOOST_AUTO_TEST_CASE(a_picture_that_no_message_can_hold_is_an_error) {
  start();
  deliver(1);
  finish(some_success(std::string(1 << 20, 'x')));
  BOOST_REQUIRE_EQUAL(seen.answers.size(), 1);
  BOOST_TEST(to_string(std::get<failure>(seen.answers.back()->result).code) == "image_too_large");
}

BOOST_AUTO_TEST_CASE(a_bad_request_is_answered_with_an_error_and_acknowledged) {
  start();
  deliver(1, 1, R"({"id":"x1","prompt":5})");
  BOOST_TEST(seen.lookups.empty());
  BOOST_REQUIRE_EQUAL(seen.answers.size(), 1);
  auto& why = std::get<failure>(seen.answers.back()->result);
  BOOST_TEST(to_string(why.code) == "bad_request");
  BOOST_TEST(seen.answers.back()->header.request_id == "x1");
  tell(ingress, published{{seen.answers.back()->id}});
  BOOST_TEST(bus->to(ack_of(1)).back().data == "+ACK");
}

BOOST_AUTO_TEST_CASE(a_request_without_id_gets_one_from_stream_and_sequence) {
  start();
  deliver(12);
  BOOST_TEST(seen.lookups.back()->request_id == "MEMES-12");
}

BOOST_AUTO_TEST_CASE(a_failure_that_may_pass_goes_back_to_the_queue_with_a_delay) {
  start();
  deliver(1);
  finish(passing_failure());
  BOOST_TEST(seen.answers.empty());
  BOOST_REQUIRE_EQUAL(bus->to(ack_of(1)).size(), 1);
  BOOST_TEST(bus->to(ack_of(1)).back().data.rfind("-NAK {\"delay\":", 0) == 0);
}

BOOST_AUTO_TEST_CASE(the_last_attempt_ends_as_error_and_dead_letter) {
  shared->options.ingress.max_deliveries = 3;
  start();
  deliver(1, 3);
  finish(passing_failure());
  BOOST_REQUIRE_EQUAL(seen.answers.size(), 1);
  BOOST_TEST(bool{seen.answers.back()->dead_letter});
  BOOST_TEST(bus->to(ack_of(1, 3)).empty());
  tell(ingress, published{{seen.answers.back()->id}});
  BOOST_TEST(bus->to(ack_of(1, 3)).back().data == "+TERM");
}

BOOST_AUTO_TEST_CASE(a_delivery_beyond_the_limit_is_dead_at_once) {
  shared->options.ingress.max_deliveries = 3;
  start();
  deliver(1, 4);
  BOOST_TEST(seen.lookups.empty());
  BOOST_REQUIRE_EQUAL(seen.answers.size(), 1);
  BOOST_TEST(to_string(std::get<failure>(seen.answers.back()->result).code)
             == "attempts_exhausted");
}

BOOST_AUTO_TEST_CASE(a_limit_that_somebody_set_on_the_consumer_counts) {
  start();
  binding found;
  found.usable = true;
  found.max_deliver = 2;
  tell(ingress, found);
  deliver(1, 2);
  finish(passing_failure());
  BOOST_REQUIRE_EQUAL(seen.answers.size(), 1);
  BOOST_TEST(bool{seen.answers.back()->dead_letter});
}

BOOST_AUTO_TEST_CASE(the_last_delivery_that_a_consumer_allows_is_not_handed_back_by_a_drain) {
  start();
  binding found;
  found.usable = true;
  found.max_deliver = 1;
  tell(ingress, found);
  deliver(1);
  tell(ingress, drain{});
  finish(passing_failure());
  BOOST_REQUIRE_EQUAL(seen.answers.size(), 1);
  BOOST_TEST(bool{seen.answers.back()->dead_letter});
}

BOOST_AUTO_TEST_CASE(a_message_that_is_delivered_again_while_it_is_held_takes_no_second_permit) {
  start();
  deliver(1);
  deliver(1, 2);
  BOOST_TEST(seen.lookups.size() == 1);
  finish(some_success());
  BOOST_REQUIRE_EQUAL(seen.answers.size(), 1);
  tell(ingress, published{{seen.answers.back()->id}});
  BOOST_TEST(bus->to(ack_of(1, 2)).back().data == "+ACK");
  BOOST_TEST(shared->metrics->in_flight.Value() == 0);
}

BOOST_AUTO_TEST_CASE(no_more_is_pulled_than_for_as_long_as_the_consumer_allows) {
  start();
  binding found;
  found.usable = true;
  found.max_expires = 3s;
  tell(ingress, found);
  auto data = bus->to(pull_subject).back().data;
  BOOST_TEST(data == R"({"batch":4,"expires":3000000000,"idle_heartbeat":1000000000})");
}

BOOST_AUTO_TEST_CASE(a_binding_that_is_lost_ends_the_pulls_and_keeps_the_limits) {
  start();
  binding found;
  found.usable = true;
  found.max_deliver = 2;
  tell(ingress, found);
  deliver(1, 2);
  tell(ingress, binding{});
  BOOST_TEST(bus->subscribers.empty());
  finish(passing_failure());
  BOOST_REQUIRE_EQUAL(seen.answers.size(), 1); // not postponed: it would not come again
}

BOOST_AUTO_TEST_CASE(what_is_no_trace_context_is_not_passed_on) {
  start();
  std::uint64_t number = 0;
  for (const auto& text : {std::string(60'000, 'x'), std::string{"any text"}}) {
    auto message = std::make_shared<fake_message>();
    message->subject_text = "meme.request";
    message->reply_text = ack_of(++number);
    message->data_text = R"({"prompt":5})";
    message->headers["traceparent"] = text;
    tell(ingress, delivered{message});
    BOOST_TEST_REQUIRE(seen.answers.size() == number);
    BOOST_TEST(seen.answers.back()->traceparent.empty());
  }
}

BOOST_AUTO_TEST_CASE(the_queue_hears_every_third_of_ack_wait_that_work_goes_on) {
  start();
  deliver(1);
  advance(31s);
  auto said = bus->to(ack_of(1));
  BOOST_TEST(said.size() >= 3);
  BOOST_TEST(said.back().data == "+WPI");
}

BOOST_AUTO_TEST_CASE(a_cache_that_was_restarted_is_asked_again) {
  start();
  deliver(1);
  all.cache = nullptr;
  announce(ingress);
  deliver(2); // waits here for the successor
  BOOST_TEST(seen.lookups.size() == 1);
  all.cache = new_cache();
  announce(ingress);
  BOOST_TEST(seen.lookups.size() == 3);
}

BOOST_AUTO_TEST_CASE(a_publisher_that_was_restarted_gets_the_answers_again) {
  start();
  deliver(1);
  finish(some_success());
  all.publisher = new_publisher();
  announce(ingress);
  BOOST_REQUIRE_EQUAL(seen.answers.size(), 2);
  BOOST_TEST((seen.answers[0] == seen.answers[1]));
}

BOOST_AUTO_TEST_CASE(what_it_holds_goes_back_to_the_queue_when_it_dies) {
  start();
  deliver(1);
  kill(ingress);
  BOOST_REQUIRE_EQUAL(bus->to(ack_of(1)).size(), 1);
  BOOST_TEST(bus->to(ack_of(1)).back().data == "-NAK");
}

BOOST_AUTO_TEST_CASE(answers_for_an_earlier_incarnation_are_ignored) {
  start();
  deliver(1);
  tell(ingress, finished{{99, seen.lookups.back()->id.number}, some_success()});
  BOOST_TEST(seen.answers.empty());
}

BOOST_AUTO_TEST_CASE(a_pull_that_lapses_is_made_anew) {
  start();
  deliver_status("408", "4");
  BOOST_TEST(bus->to(pull_subject).size() == 2);
  BOOST_TEST(batch_of_last_pull() == "{\"batch\":4");
}

BOOST_AUTO_TEST_CASE(silence_is_a_fault_and_pulls_are_made_anew_on_another_inbox) {
  start();
  advance(10s);
  BOOST_TEST(bus->to(pull_subject).size() == 1);
  advance(8s);
  auto pulls = bus->to(pull_subject);
  BOOST_REQUIRE_GE(pulls.size(), 2);
  BOOST_TEST(pulls.front().reply != pulls.back().reply);
}

BOOST_AUTO_TEST_CASE(heartbeats_are_no_silence) {
  start();
  for (int i = 0; i < 6; ++i) {
    advance(5s);
    deliver_status("100");
  }
  BOOST_TEST(bus->to(pull_subject).size() == 1);
}

BOOST_AUTO_TEST_CASE(a_refused_pull_has_the_consumer_looked_at_again) {
  start();
  auto looks = seen.looks;
  deliver_status("409");
  BOOST_TEST(!seen.healths.back().well);
  advance(2s);
  BOOST_TEST(seen.looks == looks + 1);
}

BOOST_AUTO_TEST_CASE(after_a_reconnect_the_consumer_is_looked_at_and_pulled_from_anew) {
  start();
  tell(ingress, link_changed{false});
  tell(ingress, link_changed{true});
  BOOST_TEST(seen.looks == 2);
  binding found;
  found.usable = true;
  tell(ingress, found);
  BOOST_TEST(bus->to(pull_subject).size() == 2);
}

BOOST_AUTO_TEST_CASE(a_drain_hands_back_what_comes_and_waits_for_what_is_in_work) {
  start();
  deliver(1);
  tell(ingress, drain{});
  BOOST_TEST(seen.drains == 1);
  BOOST_TEST(seen.drained_ones == 0);
  deliver(2);
  BOOST_TEST(bus->to(ack_of(2)).back().data == "-NAK");
  finish(some_success());
  BOOST_TEST(seen.drained_ones == 0);
  tell(ingress, published{{seen.answers.back()->id}});
  BOOST_TEST(seen.drained_ones == 1);
  BOOST_TEST(bus->to(pull_subject).size() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
