#define BOOST_TEST_MODULE value_range
#include <boost/test/unit_test.hpp>

#include "actors/cache/value_range.hpp"

using meme::value_range;

namespace {

constexpr std::size_t max = 8 << 20;

} // namespace

BOOST_AUTO_TEST_CASE(it_begins_small_and_is_twice_the_largest_value) {
  value_range range{max};
  BOOST_TEST(range.next() == 65'536u);
  range.found(100'000);
  BOOST_TEST(range.next() == 200'000u);
  range.found(max);
  BOOST_TEST(range.next() == max);
}

BOOST_AUTO_TEST_CASE(a_value_that_does_not_fit_is_asked_for_again_until_the_limit) {
  value_range range{max};
  std::size_t asked = 0;
  auto times = 0;
  do {
    asked = range.next();
    ++times;
  } while (range.fell_short(asked));
  BOOST_TEST(asked == max);
  BOOST_TEST(times == 5); // 64 KiB, 256 KiB, 1 MiB, 4 MiB, 8 MiB
}

BOOST_AUTO_TEST_CASE(one_large_value_is_forgotten) {
  value_range range{max};
  range.found(max);
  for (auto i = 0; i < 500; ++i)
    range.found(10'000);
  BOOST_TEST(range.next() < 100'000u);
}

BOOST_AUTO_TEST_CASE(a_small_limit_is_kept) {
  value_range range{1'000};
  BOOST_TEST(range.next() == 1'000u);
  range.found(1'000);
  BOOST_TEST(range.next() == 1'000u);
  BOOST_TEST(!range.fell_short(1'000));
}
