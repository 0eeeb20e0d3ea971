// SIGTERM with work in hand: what was begun is finished and what was not goes back to the queue.
#define BOOST_TEST_MODULE drain
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <set>

#include "test/support/world.hpp"

using namespace meme::test;
using std::chrono::seconds;

namespace {

world_settings slow_model(int latency_ms, environment variables = {}) {
  world_settings settings;
  settings.model_arguments = {"--latency", std::to_string(latency_ms), "--fixed-bytes", "2000"};
  settings.variables = std::move(variables);
  return settings;
}

/// Queues `count` requests and waits until the model works on `begun` of them.
void keep_busy(world& here, std::size_t count, std::int64_t begun) {
  here.client.enqueue_all("meme.request", requests(count, "drain"));
  BOOST_TEST_REQUIRE(eventually([&] { return here.model.stats().integer("/in_flight") == begun; }));
}

} // namespace

BOOST_AUTO_TEST_CASE(what_is_in_work_is_finished_and_the_rest_left) {
  world here{slow_model(1'000, {{"MAX_IN_FLIGHT", "10"}})};
  keep_busy(here, 25, 10);
  BOOST_TEST(here.memes->terminate() == 0);
  const auto finished = here.model.calls(); // more than 10 where the first were done already
  BOOST_TEST(finished < 25);
  BOOST_TEST(here.results.messages().size() == static_cast<std::size_t>(finished));
  BOOST_TEST(here.client.messages_in("MEMES") == 25 - finished);
}

BOOST_AUTO_TEST_CASE(nothing_is_lost_and_nothing_done_twice_when_another_one_goes_on) {
  world here{slow_model(300, {{"MAX_IN_FLIGHT", "20"}})};
  const auto other = here.another_service("other");
  keep_busy(here, 200, 40);
  BOOST_TEST(here.memes->terminate() == 0);
  BOOST_TEST(here.results.wait_for(200));
  BOOST_TEST(here.drained());
  std::set<std::string> ids;
  for (const auto& each : here.results.messages())
    ids.insert(json{each.data}.text("/request_id"));
  BOOST_TEST(ids.size() == 200u);
  BOOST_TEST(here.results.messages().size() == 200u);
  BOOST_TEST(here.model.calls() == 200);
}

BOOST_AUTO_TEST_CASE(what_takes_longer_than_the_drain_timeout_goes_back_to_the_queue) {
  world here{slow_model(60'000, {{"DRAIN_TIMEOUT", "1"}})};
  keep_busy(here, 5, 5);
  BOOST_TEST(here.memes->terminate() == 0);
  BOOST_TEST(here.client.messages_in("MEMES") == 5);
  // Handed back, so that the next one need not wait for their ack_wait of 30 s.
  here.model.set_faults(R"([{"latency_ms": 0}])");
  here.restart_service();
  BOOST_TEST(here.results.wait_for(5, seconds{15}));
}

BOOST_AUTO_TEST_CASE(what_waits_for_another_attempt_goes_back_to_the_queue) {
  world here{slow_model(0)};
  here.model.set_faults(
      R"([{"match": "drain", "status": 503, "body": "{\"estimated_time\": 60}"}])");
  here.client.enqueue_all("meme.request", requests(5, "drain"));
  BOOST_TEST_REQUIRE(eventually([&] { return here.model.calls() >= 1; }));
  BOOST_TEST(here.memes->terminate() == 0);
  BOOST_TEST(here.client.messages_in("MEMES") == 5);
  BOOST_TEST(here.errors.messages().empty());
}

BOOST_AUTO_TEST_CASE(a_second_signal_ends_it_at_once) {
  world here{slow_model(60'000)};
  keep_busy(here, 5, 5);
  auto& process = here.memes->process();
  process.signal(SIGTERM);
  // The first one has been seen when it stops being ready.
  BOOST_TEST_REQUIRE(eventually([&] { return here.memes->page("/readyz").status != 200; }));
  process.signal(SIGTERM);
  BOOST_TEST(process.wait_exit(seconds{5}).has_value());
  BOOST_TEST(here.client.messages_in("MEMES") == 5);
}

BOOST_AUTO_TEST_CASE(sigint_is_no_worse) {
  world here{slow_model(500)};
  keep_busy(here, 5, 5);
  here.memes->process().signal(SIGINT);
  BOOST_TEST(here.memes->process().wait_exit().value_or(-1) == 0);
  BOOST_TEST(here.results.messages().size() == 5u);
}

BOOST_FIXTURE_TEST_CASE(an_idle_one_ends_at_once, world) {
  memes->process().signal(SIGTERM);
  BOOST_TEST(memes->process().wait_exit(seconds{5}).value_or(-1) == 0);
}

BOOST_FIXTURE_TEST_CASE(without_nats_it_ends_all_the_same, world) {
  nats.kill9();
  memes->process().signal(SIGTERM);
  BOOST_TEST(memes->process().wait_exit(seconds{10}).has_value());
}
