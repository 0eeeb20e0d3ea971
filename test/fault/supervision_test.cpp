// Row 9: the generator fails again and again while requests are in work. (One failure of each
// actor, and what too many do to the process, is in test/integration/kill_test.cpp.)
#define BOOST_TEST_MODULE supervision
#include <boost/test/unit_test.hpp>

#include <utility>

#include "test/support/standing_rule.hpp"

using namespace meme::test;

namespace {

using clock = std::chrono::steady_clock;

world_settings settings_for(int latency_ms, environment more = {}) {
  world_settings settings;
  settings.model_arguments = {"--latency", std::to_string(latency_ms), "--fixed-bytes", "2000"};
  settings.variables = std::move(more);
  settings.variables["MAX_IN_FLIGHT"] = "20";
  settings.variables["MEME_SUPERVISOR_CHAOS"] = "true";
  return settings;
}

double restarts(const world& here) {
  return here.memes->metric("meme_generator_actor_restarts_total", {"actor=\"generator\""});
}

void kill_generator(const world& here) {
  BOOST_TEST(here.memes->post("/chaos/kill?actor=generator").status == 202);
}

/// What the supervisor says that it waits before each restart.
std::vector<std::int64_t> pauses_ms(world& here) {
  std::vector<std::int64_t> result;
  for (const auto& line : here.memes->log_lines())
    if (line.text("/msg") == "an actor has failed" && line.text("/actor") == "generator")
      result.push_back(line.integer("/restart_in_ms"));
  return result;
}

std::int64_t deliveries(world& here) {
  return here.client.consumer("MEMES", "meme-generator").integer("/delivered/consumer_seq");
}

} // namespace

BOOST_AUTO_TEST_CASE(it_is_restarted_after_growing_pauses_and_its_work_is_done) {
  constexpr std::size_t count = 400;
  constexpr int kills = 5; // as many as are allowed in a minute
  world here{settings_for(150)};
  here.client.enqueue_all("meme.request", requests(count, "kill"));
  for (int i = 0; i < kills; ++i) {
    BOOST_TEST_REQUIRE(eventually([&] { return here.model.stats().integer("/in_flight") > 0; }));
    kill_generator(here);
    BOOST_TEST_REQUIRE(eventually([&] { return restarts(here) == i + 1; }));
  }
  BOOST_TEST(here.memes->wait_ready());
  const auto end = check_all_ended(here, ids_of(count, "kill"));
  BOOST_TEST(end.errors == 0u);
  BOOST_TEST(end.duplicates == 0u); // the ingress has held them all the time
  BOOST_TEST(here.memes->metric("meme_generator_redeliveries_total") == 0);

  const auto pauses = pauses_ms(here);
  BOOST_TEST_REQUIRE(pauses.size() == static_cast<std::size_t>(kills));
  std::string listed;
  std::set<double> shares; // of the longest that each may be
  std::int64_t longest_ms = 100;
  for (const auto pause : pauses) {
    BOOST_TEST(pause >= longest_ms / 2);
    BOOST_TEST(pause <= longest_ms);
    shares.insert(static_cast<double>(pause) / static_cast<double>(longest_ms));
    listed += std::to_string(pause) + ' ';
    longest_ms *= 2;
  }
  BOOST_TEST(shares.size() > 1u); // jitter
  BOOST_TEST_MESSAGE("row 9, killed " << kills << " times: pauses " << listed << "ms, "
                                      << here.model.calls() << " calls; " << end);
}

BOOST_AUTO_TEST_CASE(past_its_intensity_nothing_more_is_pulled_and_the_work_comes_back) {
  constexpr std::size_t count = 100;
  world here{settings_for(1'000, {{"MEME_SUPERVISOR_MAX_RESTARTS", "2"},
                                  {"MEME_SUPERVISOR_ESCALATION_GRACE", "3s"},
                                  {"MEME_INGRESS_ACK_WAIT", "2min"}})};
  here.client.enqueue_all("meme.request", requests(count, "kill"));
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST_REQUIRE(eventually([&] { return here.model.stats().integer("/in_flight") > 0; }));
    kill_generator(here);
    BOOST_TEST_REQUIRE(eventually([&] {
      return i < 2 ? restarts(here) == i + 1 : here.memes->page("/readyz").status == 503;
    }));
  }
  BOOST_TEST(json{here.memes->page("/readyz").body}.text("/reasons/actors").find("generator")
             != std::string::npos);
  std::int64_t taken = -1; // what was on its way has come
  int times = 0;
  BOOST_TEST(eventually([&] {
    const auto now = deliveries(here);
    times = std::exchange(taken, now) == now ? times + 1 : 0;
    return times == 10;
  }));
  BOOST_TEST(here.memes->process().wait_exit().value_or(-1) == 1);
  BOOST_TEST(deliveries(here) == taken);
  std::size_t answered = 0;
  BOOST_TEST(eventually([&] {
    answered = here.results.messages().size();
    return here.client.messages_in("MEMES") == static_cast<std::int64_t>(count - answered);
  }));

  // Handed back: the next process need not wait for an ack_wait of two minutes.
  here.model.set_faults(R"([{"latency_ms": 0}])");
  const auto start = clock::now();
  here.restart_service();
  const auto end = check_all_ended(here, ids_of(count, "kill"));
  const std::chrono::duration<double> took = clock::now() - start;
  BOOST_TEST(end.errors == 0u);
  BOOST_TEST(end.duplicates == 0u);
  BOOST_TEST_MESSAGE("row 9, past the intensity: "
                     << taken << " delivered and no more, " << answered
                     << " answered before its end, the rest " << took.count()
                     << " s after the next start; " << end);
}
