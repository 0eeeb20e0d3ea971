// Rows 15 and 16: a queue much longer than what may be in work, and processes that come and go
// under load as an autoscaler has them.
#define BOOST_TEST_MODULE scale
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>

#include "test/support/sanitized.hpp"
#include "test/support/standing_rule.hpp"

using namespace meme::test;

namespace {

constexpr std::size_t mebibyte = 1 << 20;

} // namespace

BOOST_AUTO_TEST_CASE(twenty_thousand_wait_and_only_what_is_permitted_is_taken) {
  constexpr std::size_t count = sanitized ? 4'000 : 20'000;
  constexpr std::int64_t permits = 200;
  world_settings settings;
  settings.model_arguments = {"--latency", "1000", "--fixed-bytes", "2000"};
  settings.variables = {{"MAX_IN_FLIGHT", std::to_string(permits)}, {"CACHE_TTL", "0"}};
  world here{settings};
  const auto idle = here.memes->process().rss_bytes();
  here.client.enqueue_all("meme.request", requests(count, "load"));

  double most_held = 0;
  const auto look = [&] {
    most_held = std::max(most_held, here.memes->metric("meme_generator_in_flight"));
    return here.results.messages().size();
  };
  BOOST_TEST_REQUIRE(eventually([&] { return look() >= 1'000; }));
  BOOST_TEST(here.model.stats().integer("/max_in_flight") <= permits);

  // What the first has not taken is there for another one at once.
  const auto second = here.another_service("second");
  BOOST_TEST(eventually([&] { return second->metric("meme_generator_requests_total") > 0; },
                        std::chrono::seconds{sanitized ? 10 : 2}));
  here.model.set_faults(R"([{"latency_ms": 20}])");
  BOOST_TEST(eventually([&] { return look() >= count; }, 4 * patience));
  const auto end = check_all_ended(here, ids_of(count, "load"));
  const auto peak = here.memes->process().peak_rss_bytes();
  BOOST_TEST(most_held <= permits);
  BOOST_TEST(here.model.stats().integer("/max_in_flight") <= 2 * permits);
  BOOST_TEST(here.model.calls() == static_cast<std::int64_t>(count));
  BOOST_TEST(end.results == count);
  BOOST_TEST(end.duplicates == 0u);
  if (!sanitized)
    BOOST_TEST(peak < idle + 48 * mebibyte);
  BOOST_TEST_MESSAGE("row 15: at most " << most_held << " of " << permits << " permits in use, "
                                        << (peak - idle) / mebibyte
                                        << " MiB over idle at the peak; " << end);
}

// A message that got stranded would have to wait for its ack_wait, longer than this test does.
BOOST_AUTO_TEST_CASE(replicas_come_and_go_and_nothing_is_stranded_or_done_twice) {
  constexpr std::size_t count = 1'000;
  constexpr std::size_t replicas = sanitized ? 4 : 10;
  world_settings settings;
  settings.model_arguments = {"--latency", "300", "--fixed-bytes", "2000"};
  settings.variables = {{"MAX_IN_FLIGHT", "5"}, {"MEME_INGRESS_ACK_WAIT", "5min"}};
  world here{settings};
  BOOST_TEST(here.memes->terminate() == 0); // none
  here.client.enqueue_all("meme.request", requests(count, "scale"));

  std::vector<std::unique_ptr<service>> running;
  const auto add = [&](std::size_t many) {
    static int number = 0;
    while (running.size() < many)
      running.push_back(here.another_service("replica-" + std::to_string(number++)));
  };
  const auto remove_all = [&] {
    for (const auto& each : running)
      each->process().signal(SIGTERM);
    for (const auto& each : running)
      BOOST_TEST(each->process().wait_exit().value_or(-1) == 0);
    running.clear();
  };
  add(replicas);
  BOOST_TEST_REQUIRE(eventually([&] { return here.results.messages().size() >= count / 4; }));
  remove_all();
  ending between; // the last answers may still be on their way to us
  BOOST_TEST(eventually([&] {
    between = look_at_ending(here, ids_of(count, "scale"));
    return between.answered() + static_cast<std::size_t>(between.queued) == count;
  }));
  BOOST_TEST(here.model.stats().integer("/in_flight") == 0);
  BOOST_TEST(here.model.calls() == static_cast<std::int64_t>(between.answered()));

  add(replicas / 2);
  const auto end = check_all_ended(here, ids_of(count, "scale"), 3 * patience);
  remove_all();
  BOOST_TEST(end.results == count);
  BOOST_TEST(end.duplicates == 0u);
  BOOST_TEST(here.model.calls() == static_cast<std::int64_t>(count));
  BOOST_TEST_MESSAGE("row 16: 0, " << replicas << ", 0, " << replicas / 2 << ", 0 replicas; "
                                   << between.queued << " waited without any; "
                                   << here.model.calls() << " calls; " << end);
}
