// What nats-server learned after the one that Debian 12 has: run by scripts/check-nats-versions.sh
// with servers of 2.11 and later. What the service makes of it is in the suite, from recorded words
// of such servers (unit.jetstream_info, stream_check_test).
#define BOOST_TEST_MODULE newer_nats
#include <boost/test/unit_test.hpp>

#include "test/support/world.hpp"

using namespace meme::test;

namespace {

struct fixture : world {
  /// Puts another consumer in the place of the service's own; `members` are those that matter.
  void make_consumer(const std::string& members) {
    memes->terminate();
    client.api("CONSUMER.DELETE.MEMES.meme-generator");
    const auto made = client.api("CONSUMER.DURABLE.CREATE.MEMES.meme-generator",
                                 R"({"stream_name": "MEMES", "config": {"durable_name":
                                     "meme-generator", "ack_policy": "explicit", )"
                                     + members + "}}");
    BOOST_TEST_REQUIRE(!made.has("/error"), made.source());
  }

  finished_run plan() {
    return run_meme_generator(folder.path(), {"provision", "--plan"}, {{"NATS_URL", nats.url()}});
  }

  std::string readiness() { return memes->page("/readyz").body; }

  bool said(const std::string& words) {
    return memes->process().err().find(words) != std::string::npos;
  }
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(newer_nats, fixture)

BOOST_AUTO_TEST_CASE(a_pause_is_said_in_four_places_and_ends) {
  client.api("CONSUMER.PAUSE.MEMES.meme-generator", R"({"pause_until": "2099-01-02T03:04:05Z"})");
  const auto* const words = "consumer meme-generator is paused until 2099-01-02T03:04:05Z";
  BOOST_TEST(eventually([&] { return contains(readiness(), words); }));
  BOOST_TEST(said(words));
  BOOST_TEST(memes->metric("meme_generator_consumer_paused") == 1);
  const auto planned = plan();
  BOOST_TEST(planned.status == 1);
  BOOST_TEST(contains(planned.err, words), planned.err);
  client.api("CONSUMER.PAUSE.MEMES.meme-generator", "{}");
  BOOST_TEST(memes->wait_ready());
  BOOST_TEST(memes->metric("meme_generator_consumer_paused") == 0);
}

BOOST_AUTO_TEST_CASE(filters_are_read_as_a_whole) {
  client.api("STREAM.UPDATE.MEMES",
             R"({"name": "MEMES", "retention": "workqueue",
                 "subjects": ["meme.request", "meme.request.>", "other"]})");
  make_consumer(R"("filter_subjects": ["other"])");
  const auto planned = plan();
  BOOST_TEST(planned.status == 1);
  BOOST_TEST(contains(planned.err, "has the filter other, which leaves meme.request out"),
             planned.err);
  make_consumer(R"("filter_subjects": ["other", "meme.request"])");
  BOOST_TEST(contains(plan().err, "requests on meme.request.> wait for ever"));
}

BOOST_AUTO_TEST_CASE(a_stream_that_is_widened_later_is_said) {
  client.api("STREAM.UPDATE.MEMES",
             R"({"name": "MEMES", "retention": "workqueue", "subjects": ["meme.request"]})");
  make_consumer(R"("filter_subjects": ["meme.request"])");
  restart_service();
  client.api("STREAM.UPDATE.MEMES",
             R"({"name": "MEMES", "retention": "workqueue", "max_msgs": 1000,
                 "subjects": ["meme.request", "meme.request.>"]})");
  BOOST_TEST(eventually([&] { return said("max_msgs 1000"); }));
  BOOST_TEST(said("requests on meme.request.> wait for ever"));
}

BOOST_AUTO_TEST_CASE(a_priority_group_is_served_when_it_is_named) {
  make_consumer(R"("priority_groups": ["jobs"], "priority_policy": "overflow")");
  BOOST_TEST(contains(plan().err, "set nats.consumer-group to one of them"));
  settings.variables["MEME_NATS_CONSUMER_GROUP"] = "jobs";
  restart_service();
  ask(request("grouped", "grouped"));
  BOOST_TEST(json{next_result().data}.text("/request_id") == "grouped");
}

BOOST_AUTO_TEST_CASE(requests_that_are_renamed_on_the_way_in_are_served) {
  memes->terminate();
  client.api("STREAM.DELETE.MEMES");
  client.api("STREAM.CREATE.MEMES",
             R"({"name": "MEMES", "subjects": ["in.>"], "retention": "workqueue",
                 "subject_transform": {"src": "in.>", "dest": "meme.request.>"}})");
  restart_service();
  client.enqueue("in.x", request("renamed", "renamed"));
  BOOST_TEST(json{next_result().data}.text("/request_id") == "renamed");
  BOOST_TEST(said("renamed to meme.request.>"));
}

BOOST_AUTO_TEST_SUITE_END()
