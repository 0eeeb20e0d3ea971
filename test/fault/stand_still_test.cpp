// A stage that is made to stand still is named, makes the service not ready, and is counted; what
// only takes its time does not.
#define BOOST_TEST_MODULE stand_still
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

#include "test/support/world.hpp"

using namespace meme::test;

namespace {

using steady = std::chrono::steady_clock;

world_settings watched(const environment& more = {}) {
  world_settings settings;
  settings.variables = {{"MEME_SUPERVISOR_CHAOS", "true"},
                        {"MEME_SUPERVISOR_STALL_AFTER", "2s"},
                        {"MEME_GENERATOR_TIMEOUT", "1s"},
                        {"MEME_GENERATOR_CONNECT_TIMEOUT", "1s"}};
  for (const auto& [name, value] : more)
    settings.variables[name] = value;
  return settings;
}

struct muted_actor {
  const char* actor;
  const char* stage;
};

std::ostream& operator<<(std::ostream& out, const muted_actor& each) {
  return out << each.actor;
}

const muted_actor muted_actors[] = {{"cache", "cache"},
                                    {"generator", "generator"},
                                    {"model-client-0", "model-client"},
                                    {"publisher", "publisher"}};

bool names_stage(const world& here, const std::string& words) {
  const auto page = here.memes->page("/readyz");
  return page.status == 503 && page.body.find("progress") != std::string::npos
         && page.body.find(words) != std::string::npos;
}

double stalled(const world& here) {
  return here.memes->metric("meme_generator_stalled");
}

} // namespace

BOOST_AUTO_TEST_SUITE(stand_still)

BOOST_DATA_TEST_CASE(a_stage_that_takes_no_messages_is_named, muted_actors, muted) {
  world here{watched()};
  const auto label = std::string{"stage=\""} + muted.stage + '"';
  here.memes->post(std::string{"/chaos/mute?actor="} + muted.actor);
  const auto asked = steady::now();
  here.ask(request("waits", "waits"));
  BOOST_TEST_REQUIRE(eventually([&] { return names_stage(here, muted.stage); }));
  const std::chrono::duration<double> took = steady::now() - asked;
  BOOST_TEST_MESSAGE(muted.actor << " stands still: not ready after " << took.count()
                                 << " s (stall-after 2 s)");
  BOOST_TEST(here.memes->metric("meme_generator_stalled", {label}) == 1);
  BOOST_TEST(here.memes->metric("meme_generator_stalls_total", {label}) == 1);
  // Its successor gets the work again.
  here.memes->post(std::string{"/chaos/kill?actor="} + muted.actor);
  BOOST_TEST(json{here.next_result().data}.text("/request_id") == "waits");
  BOOST_TEST(here.memes->wait_ready());
  BOOST_TEST(eventually([&] { return stalled(here) == 0; }));
}

// The dead letters' stream is full: the request cannot be settled, however often it is tried.
BOOST_AUTO_TEST_CASE(answers_that_are_never_confirmed_are_named) {
  world here{watched({{"MEME_INGRESS_MAX_DELIVERIES", "1"}, {"MEME_GENERATOR_MAX_CALLS", "1"}})};
  here.client.api("STREAM.UPDATE.MEMES_DEAD",
                  R"({"name": "MEMES_DEAD", "subjects": ["meme.dead"], "max_msgs": 1,
                      "discard": "new"})");
  here.client.enqueue("meme.dead", "full");
  here.model.set_faults(R"([{"status": 500}])");
  here.ask(request("dies", "dies"));
  BOOST_TEST_REQUIRE(eventually([&] { return names_stage(here, "wait for NATS to confirm"); }));
  here.client.api("STREAM.PURGE.MEMES_DEAD");
  BOOST_TEST(here.drained());
  BOOST_TEST(here.memes->wait_ready());
}

// A call takes three times stall-after and less than its own time-out.
BOOST_AUTO_TEST_CASE(a_slow_model_is_no_standstill) {
  auto settings = watched({{"MEME_GENERATOR_TIMEOUT", "60s"}});
  settings.model_arguments = {"--latency", "6000"};
  world here{std::move(settings)};
  here.ask(request("slow", "slow"));
  auto always_ready = true;
  BOOST_TEST(eventually([&] {
    always_ready = always_ready && here.memes->page("/readyz").status == 200;
    return !here.results.messages().empty();
  }));
  BOOST_TEST(always_ready);
  BOOST_TEST(here.memes->metric("meme_generator_stalls_total") == 0);
}

// Requests are held while the model is down; the breaker says so, and the service is ready. The
// probes that follow its opening take longer than stall-after.
BOOST_AUTO_TEST_CASE(an_open_circuit_breaker_is_no_standstill) {
  world here{watched({{"MEME_GENERATOR_MAX_CALLS", "1000"}})};
  const auto metric = [&](const std::string& name) {
    return here.memes->metric("meme_generator_" + name);
  };
  here.model.kill9();
  for (const auto* name : {"a", "b", "c", "d", "e", "f"})
    here.ask(request(name, name));
  BOOST_TEST_REQUIRE(eventually([&] { return metric("breaker_openings_total") >= 1; }));
  const auto calls = metric("model_calls_total");
  BOOST_TEST_REQUIRE(eventually([&] { return metric("model_calls_total") >= calls + 3; }));
  BOOST_TEST(metric("stalls_total") == 0);
  BOOST_TEST(here.memes->page("/readyz").status == 200);
}

// Redis is given up by the cache before anybody would call it a standstill.
BOOST_AUTO_TEST_CASE(a_store_that_takes_no_messages_costs_a_timeout_and_no_more) {
  world here{watched()};
  here.memes->post("/chaos/mute?actor=redis-cache");
  here.ask(request("drawn", "drawn"));
  BOOST_TEST(json{here.next_result().data}.text("/request_id") == "drawn");
  BOOST_TEST(here.memes->metric("meme_generator_stalls_total") == 0);
}

BOOST_AUTO_TEST_SUITE_END()
