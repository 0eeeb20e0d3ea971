#define BOOST_TEST_MODULE backoff
#include <boost/test/unit_test.hpp>

#include "actors/base/backoff.hpp"

using namespace std::chrono_literals;
using namespace meme;
using std::chrono::milliseconds;

BOOST_AUTO_TEST_CASE(the_ceiling_doubles_up_to_the_cap) {
  const milliseconds expected[] = {500ms, 1s, 2s, 4s, 8s, 16s, 30s, 30s};
  for (std::uint64_t attempt = 0; attempt < std::size(expected); ++attempt)
    BOOST_TEST(backoff_ceiling(500ms, 30s, attempt).count() == expected[attempt].count());
}

BOOST_AUTO_TEST_CASE(no_attempt_and_no_duration_overflows) {
  constexpr auto longest = milliseconds::max();
  for (const std::uint64_t attempt : {10UL, 61UL, 62UL, 63UL, 64UL, 1'000UL, ~0UL}) {
    BOOST_TEST(backoff_ceiling(500ms, 30s, attempt).count() == 30'000);
    BOOST_TEST(backoff_ceiling(longest, longest, attempt).count() == longest.count());
    BOOST_TEST(backoff_ceiling(0ms, longest, attempt).count() == 0);
    BOOST_TEST(backoff_ceiling(1ms, 0ms, attempt).count() == 0);
    BOOST_TEST(backoff_ceiling(-1s, 30s, attempt).count() == 0);
    BOOST_TEST(backoff_ceiling(1s, -1s, attempt).count() == 0);
  }
  BOOST_TEST(backoff_ceiling(1ms, longest, 62).count() == std::int64_t{1} << 62);
  BOOST_TEST(backoff_ceiling(40s, 30s, 0).count() == 30'000);
}

BOOST_AUTO_TEST_CASE(full_jitter_uses_the_whole_range) {
  std::mt19937 random(1);
  auto least = milliseconds::max();
  auto most = milliseconds::min();
  for (int i = 0; i < 20'000; ++i) {
    const auto pause = full_jitter(500ms, 30s, 3, random);
    least = std::min(least, pause);
    most = std::max(most, pause);
    BOOST_REQUIRE(pause >= 0ms && pause <= 4s);
  }
  BOOST_TEST(least.count() < 40);
  BOOST_TEST(most.count() > 3'960);
}

BOOST_AUTO_TEST_CASE(equal_jitter_uses_the_upper_half) {
  std::mt19937 random(1);
  auto least = milliseconds::max();
  auto most = milliseconds::min();
  for (int i = 0; i < 20'000; ++i) {
    const auto pause = equal_jitter(500ms, 30s, 3, random);
    least = std::min(least, pause);
    most = std::max(most, pause);
    BOOST_REQUIRE(pause >= 2s && pause <= 4s);
  }
  BOOST_TEST(least.count() < 2'020);
  BOOST_TEST(most.count() > 3'980);
  BOOST_TEST(equal_jitter(1ms, 1ms, 0, random).count() <= 1);
  BOOST_TEST(equal_jitter(0ms, 1s, 0, random).count() == 0);
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_pauses) {
  std::mt19937 one(7);
  std::mt19937 other(7);
  for (std::uint64_t attempt = 0; attempt < 10; ++attempt)
    BOOST_TEST(full_jitter(500ms, 30s, attempt, one).count()
               == full_jitter(500ms, 30s, attempt, other).count());
}
