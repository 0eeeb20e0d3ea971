#define BOOST_TEST_MODULE descriptor_share
#include <boost/test/unit_test.hpp>

#include "actors/supervisor/descriptor_share.hpp"

using meme::messages_for_descriptors;

BOOST_AUTO_TEST_CASE(a_usual_limit_changes_nothing) {
  BOOST_TEST(messages_for_descriptors(1'024, 64) == 64u);
  BOOST_TEST(messages_for_descriptors(1'048'576, 100'000) == 100'000u);
  BOOST_TEST(messages_for_descriptors(64 + 256, 64) == 64u);
}

BOOST_AUTO_TEST_CASE(a_low_limit_leaves_room_for_what_is_open_anyway) {
  BOOST_TEST(messages_for_descriptors(1'024, 2'000) == 768u);
  BOOST_TEST(messages_for_descriptors(256, 200) == 112u);
  BOOST_TEST(messages_for_descriptors(64, 64) == 16u);
  BOOST_TEST(messages_for_descriptors(40, 64) == 4u);
}

BOOST_AUTO_TEST_CASE(there_is_always_one_and_never_more_than_wanted) {
  for (std::uint64_t limit = 0; limit < 2'000; ++limit)
    for (const std::size_t wanted : {1, 5, 64, 1'000}) {
      const auto got = messages_for_descriptors(limit, wanted);
      BOOST_REQUIRE(got >= 1);
      BOOST_REQUIRE(got <= wanted);
      BOOST_REQUIRE(got <= messages_for_descriptors(limit + 1, wanted));
    }
}
