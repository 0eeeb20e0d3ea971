#define BOOST_TEST_MODULE generator
#include <boost/test/unit_test.hpp>

#include "actors/generator/generator.hpp"
#include "test/actors/fixture.hpp"

using namespace meme;
using namespace meme::test;

namespace {

struct generator_fixture : fixture {
  generator_actor generator;

  generator_fixture() {
    all.ingress = new_ingress();
    all.cache = new_cache();
    all.model_clients = {new_model_client(), new_model_client()};
    generator = spawn_generator(parent(), make_generator_config(*shared));
    announce(generator);
  }

  ~generator_fixture() { kill(generator); }

  /// With the options that were changed since.
  void restart() {
    kill(generator);
    generator = spawn_generator(parent(), make_generator_config(*shared));
    announce(generator);
  }

  void ask(const std::string& key) {
    auto work = std::make_shared<job>(*some_job(1, key));
    work->spec.inputs = key;
    tell(generator, generate{work});
  }

  std::size_t calls() const {
    std::size_t count = 0;
    for (auto& each : seen.calls)
      count += each.size();
    return count;
  }

  void end_with(const call& which, verdict_kind what, error_code code,
                std::optional<std::chrono::milliseconds> retry_after = {}) {
    called end;
    end.number = which.number;
    end.verdict.kind = what;
    end.verdict.code = code;
    end.verdict.text = "the model answered so";
    end.verdict.retry_after = retry_after;
    if (what == verdict_kind::picture)
      end.picture = some_picture();
    tell(generator, end);
  }

  void fail(const call& which) {
    end_with(which, verdict_kind::retry, error_code::model_unavailable);
  }

  void failures_in_a_row_open_the_breaker() {
    for (int i = 0; i < 5; ++i)
      ask("key-" + std::to_string(i));
    for (int i = 0; i < 3; ++i)
      fail(seen.calls[0][i]);
    for (int i = 0; i < 2; ++i)
      fail(seen.calls[1][i]);
  }

  void succeed(const call& which) { end_with(which, verdict_kind::picture, error_code::internal); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(generator, generator_fixture)

BOOST_AUTO_TEST_CASE(a_picture_goes_back_to_the_cache) {
  ask("a");
  succeed(seen.calls[0].back());
  BOOST_REQUIRE_EQUAL(seen.generated_ones.size(), 1);
  BOOST_TEST(seen.generated_ones[0].key == "a");
}

BOOST_AUTO_TEST_CASE(calls_go_to_the_client_with_the_fewest_under_way) {
  for (auto key : {"a", "b", "c", "d"})
    ask(key);
  BOOST_TEST(seen.calls[0].size() == 2);
  BOOST_TEST(seen.calls[1].size() == 2);
  succeed(seen.calls[1][0]);
  succeed(seen.calls[1][1]);
  ask("e");
  BOOST_TEST(seen.calls[1].size() == 3);
}

BOOST_AUTO_TEST_CASE(the_same_key_twice_is_called_once) {
  ask("a");
  ask("a");
  BOOST_TEST(calls() == 1);
}

BOOST_AUTO_TEST_CASE(a_call_that_failed_is_made_again_after_a_pause) {
  ask("a");
  fail(seen.calls[0].back());
  advance(1s); // the first pause takes half a second at most
  BOOST_TEST(calls() == 2);
  BOOST_TEST(seen.generated_ones.empty());
}

BOOST_AUTO_TEST_CASE(the_calls_of_one_delivery_are_limited) {
  ask("a");
  for (int i = 0; i < 5; ++i) {
    BOOST_REQUIRE_EQUAL(calls(), i + 1);
    auto& last = seen.calls[0];
    fail(last.back());
    advance(60s);
  }
  BOOST_REQUIRE_EQUAL(seen.generated_ones.size(), 1);
  auto& why = std::get<failure>(seen.generated_ones[0].result);
  BOOST_TEST(why.retry);
  BOOST_TEST(to_string(why.code) == "model_unavailable");
}

BOOST_AUTO_TEST_CASE(a_refusal_is_final) {
  ask("a");
  end_with(seen.calls[0].back(), verdict_kind::reject, error_code::model_rejected);
  BOOST_REQUIRE_EQUAL(seen.generated_ones.size(), 1);
  BOOST_TEST(!std::get<failure>(seen.generated_ones[0].result).retry);
}

BOOST_AUTO_TEST_CASE(a_pause_that_the_model_asks_for_is_kept) {
  ask("a");
  end_with(seen.calls[0].back(), verdict_kind::wait, error_code::model_overloaded, 20s);
  advance(19s);
  BOOST_TEST(calls() == 1);
  advance(4s);
  BOOST_TEST(calls() == 2);
}

BOOST_AUTO_TEST_CASE(the_calls_of_a_client_that_died_are_made_on_another) {
  ask("a");
  auto lost = seen.calls[0].back();
  all.model_clients[0] = nullptr;
  announce(generator);
  BOOST_REQUIRE_EQUAL(seen.calls[1].size(), 1);
  succeed(lost); // late news of the dead one
  BOOST_TEST(seen.generated_ones.empty());
  succeed(seen.calls[1].back());
  BOOST_TEST(seen.generated_ones.size() == 1);
}

BOOST_AUTO_TEST_CASE(without_any_client_calls_wait_for_a_successor) {
  all.model_clients = {model_client_actor{}, model_client_actor{}};
  announce(generator);
  ask("a");
  BOOST_TEST(calls() == 0);
  all.model_clients[1] = new_model_client();
  announce(generator);
  BOOST_TEST(calls() == 1);
}

BOOST_AUTO_TEST_CASE(a_request_that_takes_clients_with_it_is_given_up) {
  ask("a");
  for (int i = 0; i < 3; ++i) {
    all.model_clients = {new_model_client(), model_client_actor{}};
    announce(generator);
  }
  BOOST_REQUIRE_EQUAL(seen.generated_ones.size(), 1);
  BOOST_TEST(to_string(std::get<failure>(seen.generated_ones[0].result).code) == "internal");
}

BOOST_AUTO_TEST_CASE(failures_in_a_row_open_the_breaker_and_stop_the_pulling) {
  failures_in_a_row_open_the_breaker();
  BOOST_TEST(seen.pull_limits.back() == 0u);
  BOOST_TEST(shared->metrics->breaker_state.Value() == 1);
}

BOOST_AUTO_TEST_CASE(a_successor_tells_the_ingress_that_it_knows_of_no_trouble) {
  failures_in_a_row_open_the_breaker();
  restart();
  BOOST_TEST(seen.pull_limits.back() == pull_limit{}.messages);
}

BOOST_AUTO_TEST_CASE(what_comes_during_a_drain_is_given_back_at_once) {
  tell(generator, drain{});
  ask("a");
  BOOST_TEST(calls() == 0);
  BOOST_REQUIRE_EQUAL(seen.generated_ones.size(), 1);
  BOOST_TEST(std::get<failure>(seen.generated_ones[0].result).retry);
}

BOOST_AUTO_TEST_CASE(after_the_pause_one_call_probes_and_its_success_lets_all_go_on) {
  failures_in_a_row_open_the_breaker();
  auto before = calls();
  advance(1s); // the first pause at most
  BOOST_TEST(calls() == before + 1);
  auto& probed = seen.calls[0].size() > 3 ? seen.calls[0] : seen.calls[1];
  succeed(probed.back());
  advance(1s);
  BOOST_TEST(calls() == before + 5);
  BOOST_TEST(seen.pull_limits.back() == pull_limit{}.messages);
}

BOOST_AUTO_TEST_CASE(with_nothing_in_hand_one_message_is_asked_for_to_probe_with) {
  ask("a");
  end_with(seen.calls[0].back(), verdict_kind::unauthorized, error_code::model_unauthorized);
  BOOST_TEST(seen.pull_limits.back() == 0u);
  advance(1s);
  BOOST_TEST(seen.pull_limits.back() == 1u);
  ask("b");
  succeed(seen.calls[0].back());
  BOOST_TEST(seen.pull_limits.back() == pull_limit{}.messages);
}

BOOST_AUTO_TEST_CASE(a_refused_token_answers_one_request_and_hands_the_waiting_back) {
  shared->options.ingress.max_in_flight = 1;
  restart();
  for (auto key : {"a", "b", "c", "d"})
    ask(key);
  BOOST_REQUIRE_EQUAL(calls(), 1);
  end_with(seen.calls[0].back(), verdict_kind::unauthorized, error_code::model_unauthorized);
  BOOST_REQUIRE_EQUAL(seen.generated_ones.size(), 3); // the fourth stays, to probe with
  BOOST_TEST(!std::get<failure>(seen.generated_ones[0].result).retry);
  BOOST_TEST(std::get<failure>(seen.generated_ones[1].result).retry);
  advance(1s);
  BOOST_TEST(calls() == 2);
}

BOOST_AUTO_TEST_CASE(an_overloaded_model_is_called_less_and_the_breaker_stays_closed) {
  for (int i = 0; i < 20; ++i)
    ask("key-" + std::to_string(i));
  for (int i = 0; i < 10; ++i)
    end_with(seen.calls[0][i], verdict_kind::wait, error_code::model_overloaded, 5s);
  BOOST_TEST(shared->metrics->call_limit.Value() == 44); // of 64
  BOOST_TEST(shared->metrics->breaker_state.Value() == 0);
  BOOST_TEST(shared->metrics->rate_limited.Value() == 1);
  ask("another");
  BOOST_TEST(calls() == 20); // it is quiet time
  advance(8s);
  BOOST_TEST(calls() == 31);
}

BOOST_AUTO_TEST_CASE(what_came_in_a_quiet_time_is_not_called_all_at_its_end) {
  ask("first");
  end_with(seen.calls[0].back(), verdict_kind::wait, error_code::model_overloaded, 2s);
  for (int i = 0; i < 40; ++i)
    ask("key-" + std::to_string(i));
  advance(2s);
  BOOST_TEST(calls() < 10u);
  advance(100ms);
  BOOST_TEST(calls() > 1u);
  BOOST_TEST(calls() < 30u);
  advance(400ms);
  BOOST_TEST(calls() == 42u);
}

BOOST_AUTO_TEST_CASE(a_drain_gives_back_what_waits_and_lets_calls_end) {
  ask("a");
  ask("b");
  fail(seen.calls[0].back()); // now "a" pauses
  tell(generator, drain{});
  BOOST_REQUIRE_EQUAL(seen.generated_ones.size(), 1);
  BOOST_TEST(seen.generated_ones[0].key == "a");
  BOOST_TEST(std::get<failure>(seen.generated_ones[0].result).retry);
  succeed(seen.calls[1].back());
  BOOST_TEST(seen.generated_ones.size() == 2);
}

// -- whose fault it is ----------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(one_request_that_always_fails_does_not_open_the_breaker) {
  shared->options.generator.max_calls = 20;
  restart();
  ask("poison");
  for (int i = 0; i < 12; ++i) {
    fail(seen.calls[0].back());
    advance(5s);
  }
  BOOST_TEST(calls() > 6u);
  BOOST_TEST(shared->metrics->breaker_openings.Value() == 0);
  BOOST_TEST(seen.pull_limits.back() == pull_limit{}.messages);
}

BOOST_AUTO_TEST_CASE(while_suspects_are_in_hand_an_untried_request_is_asked_for_and_probes) {
  ask("poison-1");
  ask("poison-2");
  for (int i = 0; i < 5; ++i) {
    fail(i % 2 == 0 ? seen.calls[0].back() : seen.calls[1].back());
    if (i < 4)
      advance(500ms * (i + 2));
  }
  BOOST_REQUIRE_EQUAL(seen.pull_limits.back(), 0u);
  auto before = calls();
  advance(1s); // the first pause at most; a suspect waits a second longer
  BOOST_TEST(seen.pull_limits.back() == 1u);
  BOOST_TEST(calls() == before);
  ask("healthy");
  BOOST_REQUIRE_EQUAL(calls(), before + 1);
  succeed(seen.calls[0].back().spec->inputs == "healthy" ? seen.calls[0].back()
                                                         : seen.calls[1].back());
  BOOST_TEST(shared->metrics->breaker_state.Value() == 0);
  BOOST_TEST(seen.pull_limits.back() == pull_limit{}.messages);
}

BOOST_AUTO_TEST_CASE(without_room_the_worst_suspect_goes_back_to_the_queue) {
  failures_in_a_row_open_the_breaker();
  for (int i = 0; i < 2; ++i) { // two probes, with what is in hand, fail
    auto before = seen.calls;
    while (seen.calls[0].size() == before[0].size() && seen.calls[1].size() == before[1].size())
      advance(100ms);
    fail(seen.calls[0].size() > before[0].size() ? seen.calls[0].back() : seen.calls[1].back());
  }
  BOOST_TEST(seen.pull_limits.back() == 0u);
  while (seen.pull_limits.back() != 1u)
    advance(100ms);
  BOOST_TEST(seen.generated_ones.empty());
  tell(generator, no_room{});
  BOOST_REQUIRE_EQUAL(seen.generated_ones.size(), 1);
  auto& why = std::get<failure>(seen.generated_ones[0].result);
  BOOST_TEST(why.retry);
  BOOST_TEST(why.tried_for.has_value());
}

BOOST_AUTO_TEST_CASE(a_request_that_fails_while_others_succeed_is_counted_once) {
  ask("poison");
  for (int i = 0; i < 4; ++i) {
    fail(seen.calls[0].back());
    auto key = "healthy-" + std::to_string(i);
    ask(key);
    succeed(seen.calls[0].back().spec->inputs == key ? seen.calls[0].back() : seen.calls[1].back());
    advance(5s);
  }
  BOOST_TEST(shared->metrics->suspect_requests.Value() == 1);
  BOOST_TEST(shared->metrics->breaker_openings.Value() == 0);
}

// -- the total time of trying ---------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_request_that_failed_comes_back_in_time_though_the_breaker_is_open) {
  shared->options.generator.give_up_after = 20s;
  restart();
  failures_in_a_row_open_the_breaker();
  advance(19s);
  BOOST_TEST(seen.generated_ones.empty()); // the probe is not answered
  advance(1s);
  BOOST_REQUIRE_EQUAL(seen.generated_ones.size(), 4);
  for (auto& each : seen.generated_ones) {
    auto& why = std::get<failure>(each.result);
    BOOST_TEST(to_string(why.code) == "model_unavailable");
    BOOST_TEST((why.tried_for.value() >= 20s));
  }
}

BOOST_AUTO_TEST_CASE(a_request_that_was_never_called_waits_while_the_breaker_is_open) {
  shared->options.generator.give_up_after = 20s;
  restart();
  failures_in_a_row_open_the_breaker();
  ask("untried");
  auto before = calls();
  advance(1s); // it is the probe; the model does not answer
  BOOST_REQUIRE_EQUAL(calls(), before + 1);
  ask("another");
  advance(60s);
  for (auto& each : seen.generated_ones)
    BOOST_TEST(each.key != "another");
}

BOOST_AUTO_TEST_CASE(earlier_deliveries_count_for_the_total_time) {
  shared->options.generator.give_up_after = 20s;
  restart();
  auto again = std::make_shared<job>(*some_job(1, "a"));
  again->attempt = 2;
  again->tried_since = sched.clock().now() - 15s;
  again->last_failure =
      std::make_shared<failure>(failure{error_code::model_timeout, "as before", true, 0ms});
  tell(generator, generate{again});
  BOOST_REQUIRE_EQUAL(calls(), 1u);
  advance(6s);
  BOOST_TEST(seen.generated_ones.empty()); // a call under way may end
  fail(seen.calls[0].back());
  BOOST_REQUIRE_EQUAL(seen.generated_ones.size(), 1);
  BOOST_TEST((std::get<failure>(seen.generated_ones[0].result).tried_for.value() >= 21s));
}

BOOST_AUTO_TEST_CASE(a_pause_beyond_the_total_time_is_not_waited_for) {
  ask("a");
  end_with(seen.calls[0].back(), verdict_kind::wait, error_code::model_overloaded, 400s);
  BOOST_REQUIRE_EQUAL(seen.generated_ones.size(), 1);
  BOOST_TEST((std::get<failure>(seen.generated_ones[0].result).retry_after == 400s));
}

BOOST_AUTO_TEST_SUITE_END()
