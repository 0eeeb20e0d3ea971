#define BOOST_TEST_MODULE concurrency_limit
#include <boost/test/unit_test.hpp>

#include "actors/generator/concurrency_limit.hpp"

using namespace meme;
using namespace std::chrono_literals;

namespace {

const concurrency_limit::time_point start{1h};

} // namespace

BOOST_AUTO_TEST_CASE(it_starts_at_the_most_and_never_exceeds_it) {
  concurrency_limit limit{100};
  BOOST_TEST(limit.limit() == 100u);
  for (int i = 0; i < 1000; ++i)
    limit.succeeded(100);
  BOOST_TEST(limit.limit() == 100u);
}

BOOST_AUTO_TEST_CASE(an_overload_lowers_it_once_for_all_who_began_before) {
  concurrency_limit limit{100};
  for (int i = 0; i < 50; ++i)
    limit.overloaded(start, start + 1s);
  BOOST_TEST(limit.limit() == 70u);
  limit.overloaded(start + 2s, start + 3s);
  BOOST_TEST(limit.limit() == 49u);
}

BOOST_AUTO_TEST_CASE(it_never_falls_below_one) {
  concurrency_limit limit{10};
  for (int i = 0; i < 100; ++i)
    limit.overloaded(start + i * 1s, start + i * 1s);
  BOOST_TEST(limit.limit() == 1u);
}

BOOST_AUTO_TEST_CASE(it_grows_by_about_one_for_as_many_successes_as_it_allows) {
  concurrency_limit limit{100};
  limit.overloaded(start, start);
  for (int i = 0; i < 71; ++i)
    limit.succeeded(70);
  BOOST_TEST(limit.limit() == 71u);
}

BOOST_AUTO_TEST_CASE(it_does_not_grow_while_it_is_not_used) {
  concurrency_limit limit{100};
  limit.overloaded(start, start);
  for (int i = 0; i < 1000; ++i)
    limit.succeeded(10);
  BOOST_TEST(limit.limit() == 70u);
}

BOOST_AUTO_TEST_CASE(it_recovers_from_wherever_it_fell_to) {
  for (std::size_t most = 1; most <= 100; ++most)
    for (int falls = 1; falls <= 10; ++falls) {
      concurrency_limit limit{most};
      for (int i = 0; i < falls; ++i)
        limit.overloaded(start + i * 1s, start + i * 1s);
      for (int i = 0; i < 10'000; ++i)
        limit.succeeded(limit.limit());
      BOOST_TEST(limit.limit() == most);
    }
}
