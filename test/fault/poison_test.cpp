// Requests that the model fails for good: they do not keep it from others, whatever comes of them
// comes in time, and the log says so in a line each.
#define BOOST_TEST_MODULE poison
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "test/support/standing_rule.hpp"

using namespace meme::test;

namespace {

using clock = std::chrono::steady_clock;

world_settings settings_with(environment more) {
  world_settings settings;
  settings.model_arguments = {"--fixed-bytes", "2000"};
  settings.variables = std::move(more);
  return settings;
}

std::vector<json> lines_that_say(world& here, const std::string& message) {
  std::vector<json> result;
  for (auto& line : here.memes->log_lines())
    if (line.text("/msg") == message)
      result.push_back(std::move(line));
  return result;
}

struct lasting_failure {
  const char* name;
  const char* does; ///< of a rule of the fault plan
  const char* code;
};

std::ostream& operator<<(std::ostream& out, const lasting_failure& what) {
  return out << what.name;
}

const std::vector<lasting_failure> lasting_failures{
    {"500", R"("status": 500)", "model_unavailable"},
    {"503", R"("status": 503)", "model_unavailable"},
    {"429", R"("status": 429)", "model_overloaded"},
    {"429 that says when", R"("status": 429, "headers": {"Retry-After": "2"})", "model_overloaded"},
    {"a hang", R"("hang": true)", "model_timeout"},
};

} // namespace

// The model runs out of memory for these, as for a size that is too large for it.
BOOST_DATA_TEST_CASE(others_are_answered_beside_requests_that_always_fail,
                     std::vector<std::size_t>({1, 3}), count) {
  constexpr std::size_t healthy = 6;
  world here{settings_with({{"MEME_GENERATOR_GIVE_UP_AFTER", "30s"}})};
  here.model.set_faults(R"([{"match": "poison", "status": 500}])");
  here.client.enqueue_all("meme.request", requests(count, "poison"));
  // Five failures of any requests opened the breaker before.
  const auto* sign =
      count == 1 ? "meme_generator_delayed_naks_total" : "meme_generator_breaker_openings_total";
  BOOST_TEST_REQUIRE(eventually([&] { return here.memes->metric(sign) >= 1; }));
  std::chrono::duration<double> slowest{};
  for (const auto& id : ids_of(healthy, "healthy")) {
    const auto asked = clock::now();
    here.ask(request(id, id));
    const json answer{here.next_result().data};
    BOOST_TEST(answer.text("/request_id") == id);
    slowest = std::max<std::chrono::duration<double>>(slowest, clock::now() - asked);
  }
  BOOST_TEST(slowest.count() < 60);
  BOOST_TEST(eventually(
      [&] { return here.memes->metric("meme_generator_suspect_requests_total") == count; }));
  BOOST_TEST(lines_that_say(here, "a request fails while others succeed").size() == count);
  BOOST_TEST(here.memes->metric("meme_generator_breaker_state") == 0);
  const auto openings = here.memes->metric("meme_generator_breaker_openings_total");
  // One request alone never opens it, three may once.
  if (count == 1)
    BOOST_TEST(openings == 0);

  auto ids = ids_of(healthy, "healthy");
  ids.merge(ids_of(count, "poison"));
  const auto end = check_all_ended(here, ids);
  BOOST_TEST(end.errors == count);
  BOOST_TEST(end.duplicates == 0u);
  BOOST_TEST(here.client.messages_in("MEMES_DEAD") == static_cast<std::int64_t>(count));
  BOOST_TEST_MESSAGE(count << " requests that always fail: the slowest of " << healthy
                           << " others answered after " << slowest.count() << " s, breaker opened "
                           << openings << " times; " << end);
}

// Two at a time, so that the breaker opens where it can.
BOOST_DATA_TEST_CASE(a_request_that_the_model_fails_for_good_is_answered_in_time, lasting_failures,
                     lasting) {
  constexpr std::size_t count = 2;
  constexpr double give_up_after_s = 8;
  constexpr double timeout_s = 3;
  world here{
      settings_with({{"MEME_GENERATOR_GIVE_UP_AFTER", "8s"}, {"MEME_GENERATOR_TIMEOUT", "3s"}})};
  here.model.set_faults("[{" + std::string{lasting.does} + "}]");
  const auto asked = clock::now();
  here.client.enqueue_all("meme.request", requests(count, "fails"));
  BOOST_TEST_REQUIRE(here.errors.wait_for(count));
  const std::chrono::duration<double> elapsed = clock::now() - asked;
  BOOST_TEST(elapsed.count() > give_up_after_s - timeout_s);
  // A second and a half for a busy machine, and for the server to deliver again.
  BOOST_TEST(elapsed.count() < give_up_after_s + timeout_s + 1.5);
  const auto calls = here.model.journal().size();
  for (const auto& each : here.errors.messages()) {
    const json error{each.data};
    BOOST_TEST(error.text("/code") == lasting.code);
    BOOST_TEST(error.text("/error").find("(tried for 8 s)") != std::string::npos);
  }
  BOOST_TEST(eventually([&] { return here.client.messages_in("MEMES_DEAD") == count; }));
  const auto end = check_all_ended(here, ids_of(count, "fails"));
  BOOST_TEST(end.errors == count);
  BOOST_TEST(end.duplicates == 0u);
  BOOST_TEST_MESSAGE(lasting.name << " for good, 8 s to give up, 3 s for a call: both answered "
                                  << "after " << elapsed.count() << " s and " << calls << " calls");
}

BOOST_AUTO_TEST_CASE(an_answered_request_is_one_line_and_a_transition_of_the_breaker_too) {
  world here{settings_with({{"LOG_LEVEL", "debug"}, {"MAX_IN_FLIGHT", "10"}})};
  here.ask(request("first", "a cat"));
  here.next_result();
  BOOST_TEST_REQUIRE(eventually([&] { return !lines_that_say(here, "request answered").empty(); }));
  const auto answers = lines_that_say(here, "request answered");
  const auto& answered = answers.front();
  BOOST_TEST(answered.text("/level") == "info");
  BOOST_TEST(answered.text("/request_id") == "first");
  BOOST_TEST(answered.integer("/stream_sequence") == 1);
  BOOST_TEST(answered.integer("/attempt") == 1);
  BOOST_TEST(answered.text("/outcome") == "result");
  BOOST_TEST(!answered.flag("/cached"));
  BOOST_TEST(answered.integer("/duration_ms") >= 0);
  BOOST_TEST(answered.integer("/bytes") > 2'000);
  const auto taken = lines_that_say(here, "request taken");
  BOOST_TEST_REQUIRE(taken.size() == 1u);
  BOOST_TEST(taken.front().text("/level") == "debug");
  BOOST_TEST(taken.front().text("/request_id") == "first");

  here.model.set_faults(R"([{"status": 500, "body": "{\"error\": \"out of memory\"}"}])");
  here.client.enqueue_all("meme.request", requests(10, "down"));
  BOOST_TEST_REQUIRE(
      eventually([&] { return here.memes->metric("meme_generator_breaker_openings_total") >= 3; }));
  here.model.set_faults("[]");
  BOOST_TEST_REQUIRE(
      eventually([&] { return !lines_that_say(here, "circuit breaker closed").empty(); }));
  const auto opened = lines_that_say(here, "circuit breaker opened");
  BOOST_TEST_REQUIRE(opened.size() == 1u);
  BOOST_TEST(opened.front().text("/level") == "error");
  BOOST_TEST(opened.front().text("/code") == "model_unavailable");
  BOOST_TEST(opened.front().text("/error").find("out of memory") != std::string::npos);
  BOOST_TEST(opened.front().text("/endpoint").find("http://127.0.0.1:") == 0u);
  BOOST_TEST(opened.front().text("/since").size() == 20u);
  BOOST_TEST(opened.front().integer("/pause_ms") > 0);
  const auto half_open = lines_that_say(here, "circuit breaker half-open");
  BOOST_TEST(half_open.size() >= 3u);
  BOOST_TEST(half_open.front().text("/level") == "debug");
  BOOST_TEST(lines_that_say(here, "circuit breaker closed").size() == 1u);
}
