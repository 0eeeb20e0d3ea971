// Rows 6 and 7: a model that is well and asks to be left alone for a while, with 429 or with 503
// and an estimate. That is waited for; the breaker stays closed.
#define BOOST_TEST_MODULE overload
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <set>

#include "test/support/standing_rule.hpp"

using namespace meme::test;
using namespace std::chrono_literals;

namespace {

double limit_of(const service& which) {
  return which.metric("meme_generator_model_call_limit");
}

void check_breaker_stayed_closed(const service& which) {
  BOOST_TEST(which.metric("meme_generator_breaker_openings_total") == 0);
  BOOST_TEST(which.metric("meme_generator_breaker_state") == 0);
}

world_settings settings_for(std::size_t permits, int latency_ms, environment more = {}) {
  world_settings settings;
  settings.model_arguments = {"--latency", std::to_string(latency_ms), "--fixed-bytes", "2000"};
  settings.variables = std::move(more);
  settings.variables["MAX_IN_FLIGHT"] = std::to_string(permits);
  return settings;
}

/// The most of `calls` that began within `window_ms` of each other.
std::size_t most_within(const std::vector<model_call>& calls, std::int64_t window_ms) {
  std::size_t most = 0;
  for (auto first = calls.begin(); first != calls.end(); ++first) {
    const auto past = std::find_if(first, calls.end(), [&](const model_call& each) {
      return each.at_ms > first->at_ms + window_ms;
    });
    most = std::max(most, static_cast<std::size_t>(past - first));
  }
  return most;
}

/// The first successful call for each prompt that was refused before.
std::vector<model_call> returns(const std::vector<model_call>& calls) {
  std::set<std::string> refused;
  std::vector<model_call> result;
  for (const auto& each : calls)
    if (each.status == 429)
      refused.insert(each.prompt);
    else if (refused.erase(each.prompt) != 0)
      result.push_back(each);
  return result;
}

std::size_t refusals(const std::vector<model_call>& calls, int status) {
  return static_cast<std::size_t>(std::count_if(
      calls.begin(), calls.end(), [&](const auto& each) { return each.status == status; }));
}

} // namespace

// Three processes are told the same time by the same model.
BOOST_AUTO_TEST_CASE(a_429_that_says_when_is_waited_out_and_nobody_comes_back_in_step) {
  constexpr std::size_t count = 240;
  constexpr std::size_t permits = 40;
  constexpr std::int64_t ban_ms = 2'000;
  world here{settings_for(permits, 20)};
  const auto second = here.another_service("second");
  const auto third = here.another_service("third");
  here.model.set_faults(R"([{"status": 429, "headers": {"Retry-After": "2"}}])");
  here.client.enqueue_all("meme.request", requests(count, "ban"));
  // Each has been told; then the ban ends as it was said to.
  BOOST_TEST_REQUIRE(eventually([&] {
    const auto quiet = [](const service& each) {
      return each.metric("meme_generator_model_call_limit") < permits;
    };
    return quiet(*here.memes) && quiet(*second) && quiet(*third);
  }));
  const auto banned = here.model.journal();
  const auto last_ms = banned.back().at_ms;
  here.model.set_faults("[]");
  const auto end = check_all_ended(here, ids_of(count, "ban"));

  const auto calls = here.model.journal();
  const auto back = returns(calls);
  BOOST_TEST_REQUIRE(!back.empty());
  BOOST_TEST(back.front().at_ms >= calls.front().at_ms + ban_ms);
  // Spread over retry-base, 500 ms: in step they would all come within a few milliseconds.
  const auto herd = most_within(back, 25);
  BOOST_TEST(herd < refusals(calls, 429) / 2);
  BOOST_TEST(refusals(calls, 429) <= 3 * permits);
  BOOST_TEST(calls.size() == count + refusals(calls, 429));
  check_breaker_stayed_closed(*here.memes);
  check_breaker_stayed_closed(*second);
  check_breaker_stayed_closed(*third);
  BOOST_TEST(end.errors == 0u);
  BOOST_TEST(end.duplicates == 0u);
  BOOST_TEST_MESSAGE("row 6, Retry-After 2 s: "
                     << refusals(calls, 429) << " refusals within " << last_ms - calls.front().at_ms
                     << " ms, the first back after " << back.front().at_ms - calls.front().at_ms
                     << " ms, at most " << herd << " of them within 25 ms; " << end);
}

// One request is refused; what comes while it waits has not been told anything.
BOOST_AUTO_TEST_CASE(what_came_during_a_ban_does_not_come_all_at_its_end) {
  constexpr std::size_t count = 60;
  world here{settings_for(100, 1'000)};
  here.model.set_faults(
      R"([{"calls": [1, 1], "status": 429, "latency_ms": 0, "headers": {"Retry-After": "2"}}])");
  here.ask(request("ban-0", "ban-0"));
  BOOST_TEST_REQUIRE(eventually([&] { return limit_of(*here.memes) < 100; }));
  auto all = requests(count, "ban");
  all.erase(all.begin());
  here.client.enqueue_all("meme.request", all);
  const auto end = check_all_ended(here, ids_of(count, "ban"));
  auto calls = here.model.journal();
  const auto refused_ms = calls.front().at_ms;
  calls.erase(calls.begin());
  const auto herd = most_within(calls, 25);
  BOOST_TEST(calls.front().at_ms >= refused_ms + 2'000);
  BOOST_TEST(herd < count / 2);
  BOOST_TEST(here.memes->metric("meme_generator_model_rate_limited_total") == 1);
  BOOST_TEST(end.results == count);
  BOOST_TEST(end.duplicates == 0u);
  BOOST_TEST_MESSAGE("row 6, arrivals during a ban: the first after "
                     << calls.front().at_ms - refused_ms << " ms, at most " << herd << " of "
                     << count << " within 25 ms; " << end);
}

BOOST_AUTO_TEST_CASE(a_429_that_does_not_say_when_is_waited_out_too) {
  constexpr std::size_t count = 100;
  world here{settings_for(40, 20)};
  here.model.set_faults(R"([{"calls": [1, 80], "status": 429}])");
  here.client.enqueue_all("meme.request", requests(count, "ban"));
  const auto end = check_all_ended(here, ids_of(count, "ban"));
  check_breaker_stayed_closed(*here.memes);
  BOOST_TEST(
      here.memes->metric("meme_generator_model_retries_total", {"reason=\"model_overloaded\""})
      > 0);
  BOOST_TEST(end.errors == 0u);
  BOOST_TEST(end.duplicates == 0u);

  // A refused request rests at least half of retry-base, 500 ms, before it is tried again.
  std::map<std::string, std::int64_t> refused_at;
  std::int64_t shortest_ms = 10'000;
  for (const auto& each : here.model.journal()) {
    if (const auto before = refused_at.find(each.prompt); before != refused_at.end())
      shortest_ms = std::min(shortest_ms, each.at_ms - before->second);
    refused_at[each.prompt] = each.at_ms;
  }
  BOOST_TEST(shortest_ms >= 250);
  BOOST_TEST_MESSAGE("row 6, no Retry-After: " << refusals(here.model.journal(), 429)
                                               << " refusals, shortest pause " << shortest_ms
                                               << " ms; " << end);
}

// A model that takes ten calls at a time, before a service that would make forty.
BOOST_AUTO_TEST_CASE(calls_at_a_time_follow_what_the_model_takes) {
  constexpr std::size_t count = 2'500;
  constexpr std::size_t permits = 40;
  constexpr double takes = 10;
  world here{settings_for(permits, 50)};
  BOOST_TEST(limit_of(*here.memes) == permits);
  here.model.set_faults(R"([{"while_busy": 10, "status": 429}])");
  here.client.enqueue_all("meme.request", requests(count, "many"));
  double lowest = permits;
  BOOST_TEST_REQUIRE(eventually([&] {
    lowest = std::min(lowest, limit_of(*here.memes));
    return here.results.messages().size() >= 600;
  }));
  const auto overloaded = limit_of(*here.memes);
  BOOST_TEST(lowest >= 1);
  BOOST_TEST(overloaded < takes * 2);
  const auto calls = here.model.journal();
  const auto refused = static_cast<double>(refusals(calls, 429));

  here.model.set_faults("[]");
  const auto start = std::chrono::steady_clock::now();
  BOOST_TEST(eventually([&] { return limit_of(*here.memes) > permits - 1; }));
  const std::chrono::duration<double> recovered = std::chrono::steady_clock::now() - start;
  const auto end = check_all_ended(here, ids_of(count, "many"));
  check_breaker_stayed_closed(*here.memes);
  BOOST_TEST(end.errors == 0u);
  BOOST_TEST(end.duplicates == 0u);
  BOOST_TEST_MESSAGE("adaptive concurrency, model takes 10: limit 40, then at the lowest "
                     << lowest << ", " << overloaded << " after 600 answers, "
                     << 100 * refused / static_cast<double>(calls.size())
                     << " % of calls refused; 40 again " << recovered.count()
                     << " s after the model took all; " << end);
}

// The minute that a model may take to load, in proportion: three times ack_wait.
BOOST_AUTO_TEST_CASE(a_model_that_loads_for_longer_than_ack_wait_costs_one_delivery) {
  world here{settings_for(5, 0, {{"MEME_INGRESS_ACK_WAIT", "2s"}})};
  auto acknowledgements = here.client.subscribe("$JS.ACK.>");
  here.model.set_faults(
      R"([{"calls": [1, 2], "status": 503,
           "body": "{\"error\": \"Model is currently loading\", \"estimated_time\": 3.0}"}])");
  here.ask(request("loading-0", "a cat"));
  const auto end = check_all_ended(here, {"loading-0"});
  std::size_t progress = 0;
  BOOST_TEST(eventually([&] {
    const auto& all = acknowledgements.messages();
    progress = static_cast<std::size_t>(std::count_if(
        all.begin(), all.end(), [](const auto& each) { return each.data == "+WPI"; }));
    return !all.empty() && all.back().data == "+ACK";
  }));
  const json answer{here.results.messages().front().data};
  const auto consumer = here.client.consumer("MEMES", "meme-generator");
  BOOST_TEST(answer.integer("/duration_ms") >= 6'000);
  BOOST_TEST(progress >= 6u); // every third of ack_wait
  BOOST_TEST(consumer.integer("/delivered/consumer_seq") == 1);
  BOOST_TEST(here.memes->metric("meme_generator_redeliveries_total") == 0);
  BOOST_TEST(here.model.calls("a cat") == 3);
  BOOST_TEST(end.results == 1u);
  BOOST_TEST(end.duplicates == 0u);
  check_breaker_stayed_closed(*here.memes);
  BOOST_TEST_MESSAGE("row 7: loading for " << answer.integer("/duration_ms")
                                           << " ms with an ack_wait of 2 s: " << progress
                                           << " +WPI, 1 delivery; " << end);
}
