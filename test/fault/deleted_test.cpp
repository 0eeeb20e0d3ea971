// Row 14: the consumer or the stream is deleted while the service runs. It is noticed, said, and
// made again as it was last seen, not as the service would have made it.
#define BOOST_TEST_MODULE deleted
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>

#include "test/support/world.hpp"

using namespace meme::test;

namespace {

using steady = std::chrono::steady_clock;

/// Somebody else's: what the service finds, and would have made otherwise.
struct theirs : world {
  theirs() {
    memes->terminate();
    client.api("STREAM.DELETE.MEMES");
    client.api("STREAM.CREATE.MEMES",
               R"({"name": "MEMES", "subjects": ["meme.request"], "retention": "workqueue",
                   "storage": "memory", "max_msgs": 12345})");
    client.api("CONSUMER.DURABLE.CREATE.MEMES.meme-generator",
               R"({"stream_name": "MEMES", "config": {"durable_name": "meme-generator",
                   "ack_policy": "explicit", "ack_wait": 7000000000, "max_ack_pending": 77}})");
    restart_service();
    answered("before");
  }

  void answered(const std::string& id) {
    ask(request(id, id));
    BOOST_TEST(json{next_result().data}.text("/request_id") == id);
    BOOST_TEST(drained()); // a consumer that is deleted before the acknowledgement delivers again
  }

  bool said(const std::string& what) {
    const auto lines = memes->log_lines();
    return std::any_of(lines.begin(), lines.end(), [&](const json& line) {
      return line.source().find(what) != std::string::npos;
    });
  }

  /// Until the consumer is there again and the service pulls from it.
  void wait_until_back(const std::string& what, steady::time_point deleted) {
    BOOST_TEST_REQUIRE(eventually([&] {
      const auto found = client.consumer("MEMES", "meme-generator");
      return found.has("/num_waiting") && found.integer("/num_waiting") > 0;
    }));
    const std::chrono::duration<double> took = steady::now() - deleted;
    BOOST_TEST_MESSAGE(what << " deleted: pulling again after " << took.count() << " s");
  }

  void check_theirs() {
    const auto stream = client.stream("MEMES");
    BOOST_TEST(stream.text("/config/storage") == "memory");
    BOOST_TEST(stream.integer("/config/max_msgs") == 12345);
    BOOST_TEST(stream.size("/config/subjects") == 1U);
    const auto consumer = client.consumer("MEMES", "meme-generator");
    BOOST_TEST(consumer.integer("/config/ack_wait") == 7'000'000'000);
    BOOST_TEST(consumer.integer("/config/max_ack_pending") == 77);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(deleted, theirs)

BOOST_AUTO_TEST_CASE(a_deleted_consumer_comes_back_as_it_was) {
  const auto deleted = steady::now();
  client.api("CONSUMER.DELETE.MEMES.meme-generator");
  wait_until_back("consumer", deleted);
  check_theirs();
  answered("after");
  BOOST_TEST(said("consumer meme-generator, as it was last seen"));
  BOOST_TEST(said("a pull was refused"));
  BOOST_TEST(memes->wait_ready());
}

BOOST_AUTO_TEST_CASE(a_deleted_stream_comes_back_as_it_was) {
  const auto deleted = steady::now();
  client.api("STREAM.DELETE.MEMES");
  wait_until_back("stream", deleted);
  check_theirs();
  answered("after");
  BOOST_TEST(said("stream MEMES, as it was last seen"));
  BOOST_TEST(memes->wait_ready());
}

// Nothing is pulled for, so no refusal and no silence tells: both are looked at all the same.
BOOST_AUTO_TEST_CASE(a_stream_that_is_deleted_while_all_permits_are_in_work_comes_back) {
  settings.variables["MAX_IN_FLIGHT"] = "1";
  restart_service();
  model.set_faults(R"([{"hang": true}])");
  ask(request("slow", "slow"));
  BOOST_TEST_REQUIRE(eventually([&] { return memes->metric("meme_generator_in_flight") == 1; }));
  const auto deleted = steady::now();
  client.api("STREAM.DELETE.MEMES");
  BOOST_TEST_REQUIRE(eventually(
      [&] { return client.consumer("MEMES", "meme-generator").has("/config/ack_wait"); }));
  const std::chrono::duration<double> took = steady::now() - deleted;
  BOOST_TEST_MESSAGE("stream deleted with all permits in work: there again after " << took.count()
                                                                                   << " s");
  check_theirs();
}

// Meanwhile somebody else's stream has one of its subjects: what can be had is a stream of our own.
BOOST_AUTO_TEST_CASE(a_stream_that_cannot_come_back_as_it_was_is_made_as_it_is_needed) {
  memes->terminate();
  client.api("STREAM.UPDATE.MEMES",
             R"({"name": "MEMES", "subjects": ["meme.request", "shared"], "max_msgs": 12345,
                 "retention": "workqueue", "storage": "memory"})");
  restart_service();
  answered("with both");
  memes->process().stop();
  const auto deleted = steady::now();
  client.api("STREAM.DELETE.MEMES");
  client.api("STREAM.CREATE.OTHER", R"({"name": "OTHER", "subjects": ["shared"]})");
  memes->process().cont();
  wait_until_back("stream that others took a subject of", deleted);
  answered("after");
  const auto stream = client.stream("MEMES");
  BOOST_TEST(stream.text("/config/storage") == "file");
  BOOST_TEST(stream.size("/config/subjects") == 2U); // meme.request and those below it
  BOOST_TEST(said("what was missing cannot be made as it was last seen"));
}

BOOST_AUTO_TEST_SUITE_END()
