#define BOOST_TEST_MODULE max_deliveries_watch
#include <boost/test/unit_test.hpp>

#include "actors/publisher/max_deliveries_watch.hpp"

using namespace meme;
using places = std::vector<std::uint64_t>;

namespace {

/// Three messages in the stream that were delivered and neither wait nor are in work.
constexpr queue_counts three_lost{3, 0, 0, 10, 10};

} // namespace

BOOST_AUTO_TEST_CASE(what_is_in_the_stream_and_not_known_to_the_consumer_is_unaccounted_for) {
  BOOST_TEST(unaccounted({10, 7, 3, 0, 0}) == 0u);
  BOOST_TEST(unaccounted({10, 7, 2, 0, 0}) == 1u);
  BOOST_TEST(unaccounted({10, 7, 9, 0, 0}) == 0u); // the counts are of different moments
}

BOOST_AUTO_TEST_CASE(with_messages_in_work_only_the_acknowledgement_floor_is_sure) {
  BOOST_TEST(settled_up_to({9, 0, 0, 20, 5}) == 20u);
  BOOST_TEST(settled_up_to({9, 0, 1, 20, 5}) == 5u);
}

BOOST_AUTO_TEST_CASE(a_message_has_reached_max_deliver_when_two_reviews_have_seen_it) {
  max_deliveries_watch watch;
  BOOST_TEST(watch.review(three_lost, {4, 7, 9}).empty());
  BOOST_TEST(watch.suspects_some());
  BOOST_TEST(watch.review(three_lost, {4, 9}) == (places{4, 9}), boost::test_tools::per_element());
  BOOST_TEST(watch.review(three_lost, {}).empty());
  BOOST_TEST(!watch.suspects_some());
}

BOOST_AUTO_TEST_CASE(one_that_was_only_just_acknowledged_is_gone_the_second_time) {
  max_deliveries_watch watch;
  BOOST_TEST(watch.review(three_lost, {4}).empty());
  BOOST_TEST(watch.review(three_lost, {5}).empty());
}

BOOST_AUTO_TEST_CASE(places_in_a_stream_that_was_made_again_mean_other_messages) {
  max_deliveries_watch watch;
  BOOST_TEST(watch.review(three_lost, {4}).empty());
  auto made_again = three_lost;
  made_again.delivered_up_to = 4;
  BOOST_TEST(watch.review(made_again, {4}).empty());
}

BOOST_AUTO_TEST_CASE(a_count_is_told_when_it_has_lasted) {
  max_deliveries_watch watch;
  watch.review({5, 0, 0, 9, 9}, {});
  watch.review({3, 0, 0, 9, 9}, {});
  BOOST_TEST(watch.lasting() == 0u); // two reviews only
  watch.review({4, 0, 0, 9, 9}, {});
  BOOST_TEST(watch.lasting() == 3u);
  watch.review({4, 4, 0, 9, 9}, {});
  BOOST_TEST(watch.lasting() == 0u);
}
