// What is refused and what is said of streams and consumers that somebody else has configured.
#define BOOST_TEST_MODULE stream_check
#include <boost/test/unit_test.hpp>

#include "actors/provisioner/stream_check.hpp"

using namespace meme;
using namespace std::chrono_literals;

namespace {

struct fixture {
  config::options options;
  io::stream_info stream;
  io::consumer_info consumer;

  fixture() {
    stream.config.name = "MEMES";
    stream.config.subjects = {"meme.request", "meme.request.>"};
    stream.config.duplicate_window = 120s;
    consumer.config.name = "meme-generator";
  }

  std::string refusal_of_stream() const { return check_stream(stream, options).refusal; }
  std::string refusal_of_consumer() const {
    return check_consumer(consumer, stream.config, options).refusal;
  }

  static std::string all_of(const check_result& result) {
    std::string text;
    for (const auto& each : result.differences)
      text += each + '\n';
    return text;
  }
  std::string said_of_stream() const { return all_of(check_stream(stream, options)); }
  std::string said_of_consumer() const {
    return all_of(check_consumer(consumer, stream.config, options));
  }
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(stream_check, fixture)

BOOST_AUTO_TEST_CASE(what_the_service_makes_itself_is_right) {
  BOOST_TEST(refusal_of_stream() == "");
  BOOST_TEST(said_of_stream() == "");
  BOOST_TEST(refusal_of_consumer() == "");
  BOOST_TEST(said_of_consumer() == "");
}

BOOST_AUTO_TEST_CASE(each_limit_that_loses_requests_is_named) {
  stream.config.max_messages_per_subject = 1;
  BOOST_TEST(contains(said_of_stream(), "drops the oldest requests"));
  BOOST_TEST(contains(said_of_stream(), "max_msgs_per_subject 1"));
  stream.config.max_age = 60s;
  stream.config.max_messages = 9;
  stream.config.max_bytes = 8;
  BOOST_TEST(
      contains(said_of_stream(), "max_age 60 s, max_msgs 9, max_bytes 8, max_msgs_per_subject 1"));
}

BOOST_AUTO_TEST_CASE(limits_that_refuse_requests_are_named_as_such) {
  stream.config.discards_new = true;
  stream.config.discards_new_per_subject = true;
  stream.config.max_messages_per_subject = 1;
  stream.config.max_messages = 9;
  BOOST_TEST(!contains(said_of_stream(), "drops"));
  BOOST_TEST(contains(said_of_stream(), "refuses further requests when it is full (max_msgs 9, "
                                        "max_msgs_per_subject 1)"));
  stream.config.max_message_bytes = 1'000;
  BOOST_TEST(contains(said_of_stream(), "refuses requests of more than 1000 bytes"));
}

BOOST_AUTO_TEST_CASE(a_long_duplicate_window_is_said) {
  stream.config.duplicate_window = 3'600s;
  BOOST_TEST(contains(said_of_stream(), "Nats-Msg-Id of the last 3600 s"));
}

BOOST_AUTO_TEST_CASE(a_stream_without_the_request_subject_is_refused_unless_it_is_fed) {
  stream.config.subjects = {"other"};
  BOOST_TEST(refusal_of_stream() == "stream MEMES does not capture meme.request");
  stream.config.feeds = {{"SRC", {}, false}};
  BOOST_TEST(refusal_of_stream() == "");
  BOOST_TEST(contains(said_of_stream(), "gets its requests from stream SRC"));
  BOOST_TEST(contains(said_of_stream(), "dead requeue"));
  stream.config.feeds.clear();
  stream.config.transform_source = "in.>";
  stream.config.transform_destination = "meme.request.>";
  BOOST_TEST(refusal_of_stream() == "");
  BOOST_TEST(contains(said_of_stream(), "from in.>, renamed to meme.request.>"));
}

BOOST_AUTO_TEST_CASE(a_stream_that_stores_what_the_service_publishes_is_refused) {
  stream.config.subjects = {"meme.request", "meme.response"};
  BOOST_TEST(refusal_of_stream()
             == "stream MEMES captures meme.response: answers would become requests");
  stream.config.subjects = {"meme.request", "meme.*.error"};
  BOOST_TEST(refusal_of_stream()
             == "stream MEMES captures meme.response.error: answers would become requests");
  stream.config.subjects = {"meme.request", "meme.dead"};
  BOOST_TEST(refusal_of_stream()
             == "stream MEMES captures meme.dead: dead letters would become requests");
}

BOOST_AUTO_TEST_CASE(what_others_have_on_our_outputs_passes_only_without_a_filter) {
  BOOST_TEST(passes({"SRC", {}, false}, "meme.response"));
  BOOST_TEST(!passes({"SRC", {"meme.request"}, false}, "meme.response"));
  BOOST_TEST(passes({"SRC", {"meme.>"}, false}, "meme.response"));
}

BOOST_AUTO_TEST_CASE(a_stream_that_takes_nothing_is_refused) {
  stream.leaderless = true;
  BOOST_TEST(refusal_of_stream() == "stream MEMES has no leader among the servers");
  stream.leaderless = false;
  stream.config.sealed = true;
  BOOST_TEST(contains(refusal_of_stream(), "sealed"));
}

BOOST_AUTO_TEST_CASE(filters_are_looked_at_as_a_whole) {
  consumer.config.filters = {"other"};
  BOOST_TEST(refusal_of_consumer()
             == "consumer meme-generator has the filter other, which leaves meme.request out");
  consumer.config.filters = {"other", "meme.request"};
  BOOST_TEST(refusal_of_consumer() == "");
  BOOST_TEST(contains(said_of_consumer(), "requests on meme.request.> wait for ever"));
  consumer.config.filters = {"meme.request", "meme.request.>"};
  BOOST_TEST(said_of_consumer() == "");
}

BOOST_AUTO_TEST_CASE(the_filter_of_a_stream_that_is_fed_may_be_of_other_subjects) {
  stream.config.subjects.clear();
  stream.config.feeds = {{"SRC", {}, false}};
  consumer.config.filters = {"jobs.in"};
  BOOST_TEST(refusal_of_consumer() == "");
}

BOOST_AUTO_TEST_CASE(a_pause_says_until_when) {
  consumer.paused = true;
  consumer.paused_until = "2030-01-02T03:04:05Z";
  BOOST_TEST(refusal_of_consumer()
             == "consumer meme-generator is paused until 2030-01-02T03:04:05Z");
}

BOOST_AUTO_TEST_CASE(a_consumer_with_priority_groups_needs_one_of_them_to_be_named) {
  consumer.config.priority_policy = "overflow";
  consumer.config.priority_groups = {"jobs", "spare"};
  BOOST_TEST(refusal_of_consumer()
             == "consumer meme-generator has priority groups (jobs, spare): set "
                "nats.consumer-group to one of them");
  options.nats.consumer_group = "other";
  BOOST_TEST(contains(refusal_of_consumer(), "and not other"));
  options.nats.consumer_group = "jobs";
  BOOST_TEST(refusal_of_consumer() == "");
  consumer.config.priority_policy = "pinned_client";
  BOOST_TEST(contains(refusal_of_consumer(), "pinned_client"));
  consumer.config.priority_groups.clear();
  BOOST_TEST(refusal_of_consumer() == "");
  BOOST_TEST(contains(said_of_consumer(), "nats.consumer-group is not used"));
}

BOOST_AUTO_TEST_CASE(a_consumer_without_a_leader_is_refused) {
  consumer.leaderless = true;
  BOOST_TEST(contains(refusal_of_consumer(), "no leader"));
}

BOOST_AUTO_TEST_SUITE_END()
