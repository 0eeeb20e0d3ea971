// A long queue before a slow model: a process holds no more than its permits, stays as small as it
// was, and leaves the rest to others.
#define BOOST_TEST_MODULE load
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

#include "test/support/sanitized.hpp"
#include "test/support/world.hpp"

using namespace meme::test;

BOOST_AUTO_TEST_CASE(large_pictures_at_once_stay_within_the_byte_budget) {
  constexpr std::size_t count = 100;
  constexpr std::size_t mebibyte = 1 << 20;
  world_settings settings;
  settings.model_arguments = {"--latency", "200", "--fixed-bytes", std::to_string(4 * mebibyte)};
  settings.variables = {{"MAX_IN_FLIGHT", std::to_string(count)},
                        {"CACHE_TTL", "0"},
                        {"MEME_GENERATOR_MAX_BODY_BYTES", std::to_string(8 * mebibyte)},
                        {"MEME_INGRESS_MAX_BYTES_IN_FLIGHT", std::to_string(24 * mebibyte)}};
  world here{settings};
  const auto idle = here.memes->process().rss_bytes();
  here.client.enqueue_all("meme.request", requests(count, "large"));
  std::size_t peak = 0;
  BOOST_TEST_REQUIRE(eventually(
      [&] {
        peak = std::max<std::size_t>(peak, here.memes->process().rss_bytes());
        return here.results.messages().size() >= count;
      },
      std::chrono::seconds{90}));
  BOOST_TEST(here.drained());
  // All at once they would be 400 MiB. Beside the budget there are the JSON of those that are being
  // published, and what the allocator keeps.
  BOOST_TEST_MESSAGE("peak over idle: " << (peak - idle) / mebibyte << " MiB");
  if (!sanitized)
    BOOST_TEST(peak < idle + 240 * mebibyte);
}

BOOST_AUTO_TEST_CASE(five_thousand_wait_and_only_what_is_permitted_is_taken) {
  constexpr std::size_t count = 5'000;
  constexpr std::int64_t permits = 200;
  constexpr std::size_t mebibyte = 1 << 20;
  world_settings settings;
  settings.model_arguments = {"--latency", "1000", "--fixed-bytes", "20000"};
  settings.variables = {{"MAX_IN_FLIGHT", std::to_string(permits)}, {"CACHE_TTL", "0"}};
  world here{settings};
  here.client.enqueue_all("meme.request", requests(count, "load"));

  // What the server counts as unacknowledged is a little more: it takes its time with each +ACK.
  double most_held = 0;
  const auto look = [&] {
    most_held = std::max(most_held, here.memes->metric("meme_generator_permits_in_use"));
    return here.results.messages().size();
  };
  BOOST_TEST_REQUIRE(eventually([&] { return look() >= count / 5; }));
  BOOST_TEST(most_held <= permits);
  BOOST_TEST(here.model.stats().integer("/max_in_flight") <= permits);
  const auto rss_then = here.memes->process().rss_bytes();

  // What the first has not taken is there for another one at once.
  const auto second = here.another_service("second");
  BOOST_TEST(eventually([&] { return second->metric("meme_generator_requests_total") > 0; },
                        std::chrono::seconds{sanitized ? 10 : 2}));
  BOOST_TEST(eventually([&] { return look() >= count; }, std::chrono::seconds{90}));
  BOOST_TEST(most_held <= permits);
  BOOST_TEST(here.model.stats().integer("/max_in_flight") <= 2 * permits);
  BOOST_TEST(here.model.calls() == static_cast<std::int64_t>(count));
  if (!sanitized)
    BOOST_TEST(here.memes->process().rss_bytes() < rss_then + 16 * mebibyte);

  BOOST_TEST(here.drained());
  std::set<std::string> ids;
  for (const auto& each : here.results.messages())
    ids.insert(json{each.data}.text("/request_id"));
  BOOST_TEST(ids.size() == count);
  BOOST_TEST(here.results.messages().size() == count);
}
