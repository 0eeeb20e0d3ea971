// Pictures much larger than what may be held at once. (A long queue before a slow model is in
// test/fault/scale_test.cpp.)
#define BOOST_TEST_MODULE load
#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "test/support/sanitized.hpp"
#include "test/support/world.hpp"

using namespace meme::test;

BOOST_AUTO_TEST_CASE(large_pictures_at_once_stay_within_the_byte_budget) {
  constexpr std::size_t count = 100;
  constexpr std::size_t mebibyte = 1 << 20;
  world_settings settings;
  // The server must not cut this test off, which reads too slowly on a loaded machine.
  settings.nats_config += "\nmax_pending: 1073741824\nwrite_deadline: \"60s\"";
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
      6 * patience));
  BOOST_TEST(here.drained());
  // All at once they would be 400 MiB. Beside the budget there are the JSON of those that are being
  // published, and what the allocator keeps.
  BOOST_TEST_MESSAGE("peak over idle: " << (peak - idle) / mebibyte << " MiB");
  if (!sanitized)
    BOOST_TEST(peak < idle + 240 * mebibyte);
}
