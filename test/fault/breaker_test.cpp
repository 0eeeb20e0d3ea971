// Row 18, and the circuit breaker: a model that fails, or refuses our token, is left alone but for
// one probe after each pause. Meanwhile the queue is kept and no delivery is spent.
#define BOOST_TEST_MODULE breaker
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "test/support/standing_rule.hpp"

using namespace meme::test;

namespace {

using clock = std::chrono::steady_clock;

world_settings ten_permits() {
  world_settings settings;
  settings.model_arguments = {"--fixed-bytes", "2000"};
  settings.variables = {{"MAX_IN_FLIGHT", "10"}};
  return settings;
}

std::int64_t deliveries(world& here) {
  return here.client.consumer("MEMES", "meme-generator").integer("/delivered/consumer_seq");
}

double openings(const world& here) {
  return here.memes->metric("meme_generator_breaker_openings_total");
}

bool closed(const world& here) {
  return here.memes->metric("meme_generator_breaker_state") == 0;
}

std::size_t times_said(world& here, const std::string& message) {
  const auto lines = here.memes->log_lines();
  return static_cast<std::size_t>(std::count_if(
      lines.begin(), lines.end(), [&](const json& line) { return line.text("/msg") == message; }));
}

/// How long after the one before each of `calls` came.
std::vector<std::int64_t> gaps_ms(const std::vector<model_call>& calls) {
  std::vector<std::int64_t> result;
  for (std::size_t i = 1; i < calls.size(); ++i)
    result.push_back(calls[i].at_ms - calls[i - 1].at_ms);
  return result;
}

/// The n-th pause is at least half of a second doubled n times; a little is lost in measuring.
void check_pauses(const std::vector<std::int64_t>& pauses_ms) {
  std::int64_t least_ms = 450;
  for (const auto pause_ms : pauses_ms) {
    BOOST_TEST(pause_ms >= least_ms);
    least_ms *= 2;
  }
}

std::string listed(const std::vector<std::int64_t>& numbers) {
  std::string result;
  for (const auto each : numbers)
    result += (result.empty() ? "" : ", ") + std::to_string(each);
  return result;
}

/// Ends the faults, and says how long it takes until the model is called as before.
double seconds_until_closed(world& here) {
  const auto start = clock::now();
  here.model.set_faults("[]");
  BOOST_TEST(eventually([&] { return closed(here); }));
  return std::chrono::duration<double>(clock::now() - start).count();
}

} // namespace

BOOST_AUTO_TEST_CASE(a_model_that_fails_is_probed_with_what_is_in_hand_and_the_queue_is_kept) {
  constexpr std::size_t count = 100;
  constexpr std::size_t permits = 10;
  world here{ten_permits()};
  here.model.set_faults(R"([{"status": 500}])");
  here.client.enqueue_all("meme.request", requests(count, "down"));
  BOOST_TEST_REQUIRE(eventually([&] { return openings(here) >= 3; }));
  // What was on its way when it opened went back at once.
  const auto spent = deliveries(here);
  const auto back = static_cast<std::int64_t>(here.memes->metric("meme_generator_naks_total"));
  BOOST_TEST(back <= static_cast<std::int64_t>(permits));
  BOOST_TEST(spent <= static_cast<std::int64_t>(permits) + back);
  BOOST_TEST(here.memes->page("/readyz").status == 200); // the model is no part of us
  BOOST_TEST(here.client.messages_in("MEMES") == static_cast<std::int64_t>(count));

  auto calls = here.model.journal();
  const auto recovery_s = seconds_until_closed(here);
  const auto end = check_all_ended(here, ids_of(count, "down"));
  BOOST_TEST(end.errors == 0u);
  BOOST_TEST(end.duplicates == 0u);
  // One of those in hand may have made room for a request that had not failed yet.
  const auto made_room =
      static_cast<std::int64_t>(here.memes->metric("meme_generator_delayed_naks_total"));
  BOOST_TEST(made_room <= 1);
  BOOST_TEST(deliveries(here) == static_cast<std::int64_t>(count) + back + made_room);
  BOOST_TEST(times_said(here, "circuit breaker opened") == 1u);
  BOOST_TEST(times_said(here, "circuit breaker closed") == 1u);

  // At the beginning as many as are permitted at once, or fewer; then one after each pause.
  BOOST_TEST_REQUIRE(calls.size() >= 3u);
  BOOST_TEST(calls.size() <= permits + 2);
  calls.erase(calls.begin(), calls.end() - 3);
  const auto pauses = gaps_ms(calls);
  check_pauses(pauses);
  BOOST_TEST_MESSAGE("breaker: opened 3 times, pauses "
                     << listed(pauses) << " ms, " << spent << " of " << count
                     << " delivered meanwhile, closed " << recovery_s << " s after the model was "
                     << "well; " << end);
}

BOOST_DATA_TEST_CASE(a_refused_token_costs_one_request_a_probe, std::vector<int>({401, 402, 403}),
                     status) {
  constexpr std::size_t held = 6;
  constexpr std::size_t queued = 30;
  const std::size_t refusals = status == 401 ? 3 : 2;
  world here{ten_permits()};
  // Six wait out the model's loading; then the token is refused.
  here.model.set_faults(R"([{"match": "held", "calls": [1, 6], "status": 503,
                             "body": "{\"estimated_time\": 2.0}"}, {"status": )"
                        + std::to_string(status) + "}]");
  here.client.enqueue_all("meme.request", requests(held, "held"));
  BOOST_TEST_REQUIRE(
      eventually([&] { return here.memes->metric("meme_generator_model_retries_total") == held; }));
  here.ask(request("refused-0", "refused"));
  const json first{here.next_error().data};
  BOOST_TEST(first.text("/request_id") == "refused-0");
  BOOST_TEST(first.integer("/attempts") == 1);
  // One of those in hand stays, to probe with.
  BOOST_TEST(eventually(
      [&] { return here.memes->metric("meme_generator_delayed_naks_total") == held - 1; }));
  here.client.enqueue_all("meme.request", requests(queued, "queued"));
  BOOST_TEST_REQUIRE(here.errors.wait_for(refusals));
  // Each probe beyond the held one is pulled for it.
  BOOST_TEST(deliveries(here) == static_cast<std::int64_t>(held + 1 + (refusals - 2)));
  BOOST_TEST(eventually([&] {
    return here.client.messages_in("MEMES")
           == static_cast<std::int64_t>(held + 1 + queued - refusals);
  }));

  auto calls = here.model.journal();
  const auto recovery_s = seconds_until_closed(here);
  auto ids = ids_of(held, "held");
  ids.merge(ids_of(queued, "queued"));
  ids.insert("refused-0");
  const auto end = check_all_ended(here, ids);
  BOOST_TEST(end.errors == refusals);
  BOOST_TEST(end.duplicates == 0u);
  for (const auto& each : here.errors.messages())
    BOOST_TEST(json{each.data}.text("/code") == "model_unauthorized");
  BOOST_TEST(here.memes->metric("meme_generator_dead_letters_total") == 0);
  calls.erase(std::remove_if(calls.begin(), calls.end(),
                             [&](const auto& each) { return each.status != status; }),
              calls.end());
  BOOST_TEST(calls.size() == refusals);
  const auto pauses = gaps_ms(calls);
  check_pauses(pauses);
  BOOST_TEST_MESSAGE("row 18, " << status << ": " << refusals << " answered in " << refusals
                                << " calls, pauses " << listed(pauses) << " ms, " << held - 1
                                << " in hand handed back, closed " << recovery_s
                                << " s after the token was good; " << end);
}
