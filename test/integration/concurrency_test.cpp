// Two thousand transfers of three seconds each in one process, at the same time.
#define BOOST_TEST_MODULE concurrency
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>

#include "test/support/sanitized.hpp"
#include "test/support/world.hpp"

using namespace meme::test;

BOOST_AUTO_TEST_CASE(two_thousand_transfers_need_neither_threads_nor_memory_of_their_own) {
  using clock = std::chrono::steady_clock;
  constexpr std::size_t count = 2'000;
  constexpr std::size_t mebibyte = 1 << 20;
  world_settings settings;
  // Long enough for all of them to begin before the first one ends.
  settings.model_arguments = {"--latency", std::to_string(slowdown * 3'000), "--fixed-bytes",
                              "20000"};
  settings.variables = {{"MAX_IN_FLIGHT", std::to_string(count)}, {"CACHE_TTL", "0"}};
  world here{settings};
  const auto start = clock::now();
  here.client.enqueue_all("meme.request", requests(count, "many"));
  std::size_t most_threads = 0;
  const auto answered = eventually(
      [&] {
        most_threads = std::max(most_threads, here.memes->process().thread_count());
        return here.results.messages().size() >= count;
      },
      slowdown * patience);
  const std::chrono::duration<double> took = clock::now() - start;
  BOOST_TEST(answered);
  BOOST_TEST(here.model.stats().integer("/max_in_flight") == static_cast<std::int64_t>(count));
  BOOST_TEST(most_threads < 24u);
  if (!sanitized) {
    BOOST_TEST(took.count() <= 5.0);
    BOOST_TEST(here.memes->process().peak_rss_bytes() < 300 * mebibyte);
  }
  BOOST_TEST_MESSAGE("took " << took.count() << " s, " << most_threads << " threads, "
                             << here.memes->process().peak_rss_bytes() / mebibyte << " MiB");
  BOOST_TEST(here.drained());
}
