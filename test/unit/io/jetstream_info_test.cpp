// What the server says of streams and consumers, read from its own words. The long ones were
// recorded from nats-server 2.15.3, the short ones keep only what matters of those of 2.9.10.
#define BOOST_TEST_MODULE jetstream_info
#include <boost/test/unit_test.hpp>

#include "actors/io/nats/jetstream_info.hpp"

using namespace meme::io;
using namespace std::chrono_literals;

namespace {

constexpr auto filtered_paused_grouped = R"({
  "type": "io.nats.jetstream.api.v1.consumer_info_response", "stream_name": "MEMES",
  "name": "meme-generator", "created": "2026-11-27T18:11:05.841003586Z",
  "config": {"durable_name": "meme-generator", "name": "meme-generator", "deliver_policy": "all",
    "ack_policy": "explicit", "ack_wait": 30000000000, "max_deliver": -1,
    "filter_subjects": ["meme.request", "other"], "replay_policy": "instant", "max_waiting": 512,
    "max_ack_pending": 1000, "num_replicas": 0,
    "metadata": {"_nats.level": "5", "_nats.req.level": "1", "_nats.ver": "2.15.3"},
    "pause_until": "2030-01-02T03:04:05Z", "priority_groups": ["jobs"],
    "priority_policy": "overflow"},
  "delivered": {"consumer_seq": 9, "stream_seq": 8},
  "ack_floor": {"consumer_seq": 7, "stream_seq": 6},
  "num_ack_pending": 2, "num_redelivered": 0, "num_waiting": 0, "num_pending": 5, "paused": true,
  "pause_remaining": 97750379154954746, "ts": "2026-11-27T18:11:05.845039115Z",
  "priority_groups": [{"group": "jobs", "pinned_ts": "0001-01-01T00:00:00Z"}]})";

constexpr auto sourced = R"({
  "type": "io.nats.jetstream.api.v1.stream_info_response", "total": 0, "offset": 0, "limit": 0,
  "config": {"name": "MEMES", "retention": "workqueue", "max_consumers": -1, "max_msgs": -1,
    "max_bytes": -1, "max_age": 0, "max_msgs_per_subject": -1, "max_msg_size": -1,
    "discard": "old", "storage": "file", "num_replicas": 1,
    "sources": [{"name": "SRC", "filter_subject": "meme.request"}, {"name": "FAR",
      "external": {"api": "$JS.far.API", "deliver": ""},
      "subject_transforms": [{"src": "a.>", "dest": "b.>"}]}],
    "compression": "none", "allow_direct": false, "mirror_direct": false, "sealed": false},
  "state": {"messages": 4, "bytes": 99, "first_seq": 3, "last_seq": 6, "consumer_count": 1},
  "cluster": {"leader": "n"}})";

stream_config config_with(const std::string& members) {
  const auto info =
      read_stream_info(R"({"config": {"name": "S", "retention": "workqueue", )" + members + "}}");
  BOOST_TEST_REQUIRE(info.has_value());
  return info->config;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_consumer_with_what_newer_servers_know) {
  const auto info = read_consumer_info(filtered_paused_grouped);
  BOOST_TEST_REQUIRE(info.has_value());
  const auto& config = info->config;
  BOOST_TEST(config.filters == (std::vector<std::string>{"meme.request", "other"}),
             boost::test_tools::per_element());
  BOOST_TEST(config.priority_groups == std::vector<std::string>{"jobs"},
             boost::test_tools::per_element());
  BOOST_TEST(config.priority_policy == "overflow");
  BOOST_TEST(info->paused);
  BOOST_TEST(info->paused_until == "2030-01-02T03:04:05Z");
  BOOST_TEST(info->pending == 5u);
  BOOST_TEST(info->ack_pending == 2u);
  BOOST_TEST(info->delivered_up_to == 8u);
  BOOST_TEST(info->acknowledged_to == 6u);
  BOOST_TEST(!info->leaderless);
  BOOST_TEST((config.ack_policy == js_AckExplicit));
  BOOST_TEST((config.ack_wait == 30s));
  BOOST_TEST(!config.only_new);
  BOOST_TEST(!config.push);
}

BOOST_AUTO_TEST_CASE(a_consumer_of_an_older_server) {
  const auto info = read_consumer_info(
      R"({"config": {"durable_name": "c", "deliver_policy": "new", "ack_policy": "none",
          "deliver_subject": "pushed", "filter_subject": "meme.request", "max_deliver": 3,
          "max_batch": 7, "max_expires": 2000000000, "backoff": [1000000000],
          "headers_only": true, "inactive_threshold": 5000000000},
          "cluster": {"name": "c1"}})");
  BOOST_TEST_REQUIRE(info.has_value());
  const auto& config = info->config;
  BOOST_TEST(config.filters == std::vector<std::string>{"meme.request"},
             boost::test_tools::per_element());
  BOOST_TEST(config.push);
  BOOST_TEST((config.ack_policy == js_AckNone));
  BOOST_TEST(config.max_deliver == 3);
  BOOST_TEST(config.max_request_batch == 7);
  BOOST_TEST((config.max_request_expires == 2s));
  BOOST_TEST(config.has_backoff);
  BOOST_TEST(config.only_new);
  BOOST_TEST(config.headers_only);
  BOOST_TEST((config.inactive_threshold == 5s));
  BOOST_TEST(!info->paused);
  BOOST_TEST(info->leaderless); // of a cluster, and nobody leads
}

BOOST_AUTO_TEST_CASE(a_stream_that_is_fed_by_others) {
  const auto info = read_stream_info(sourced);
  BOOST_TEST_REQUIRE(info.has_value());
  BOOST_TEST(info->config.is_fed());
  BOOST_TEST_REQUIRE(info->config.feeds.size() == 2u);
  BOOST_TEST(info->config.feeds[0].name == "SRC");
  BOOST_TEST(info->config.feeds[0].filters == std::vector<std::string>{"meme.request"},
             boost::test_tools::per_element());
  BOOST_TEST(!info->config.feeds[0].external);
  BOOST_TEST(info->config.feeds[1].filters == std::vector<std::string>{"a.>"},
             boost::test_tools::per_element());
  BOOST_TEST(info->config.feeds[1].external);
  BOOST_TEST(info->messages == 4u);
  BOOST_TEST(info->first_sequence == 3u);
  BOOST_TEST(!info->leaderless); // a server that is alone names itself, and no cluster
  BOOST_TEST(info->configuration.find(R"("retention":"workqueue")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_mirror_and_a_renaming_of_subjects) {
  const auto mirror = config_with(R"("mirror": {"name": "SRC"})");
  BOOST_TEST(mirror.is_fed());
  BOOST_TEST(mirror.feeds.at(0).name == "SRC");
  const auto renaming = config_with(R"("subject_transform": {"src": "in.>", "dest": "out.>"})");
  BOOST_TEST(renaming.is_fed());
  BOOST_TEST(renaming.transform_source == "in.>");
  BOOST_TEST(renaming.transform_destination == "out.>");
  BOOST_TEST(!config_with(R"("subjects": ["a"])").is_fed());
}

BOOST_AUTO_TEST_CASE(which_limits_drop_messages_that_wait) {
  BOOST_TEST(!config_with(R"("max_msgs": -1, "max_bytes": -1, "max_age": 0)").forgets());
  BOOST_TEST(config_with(R"("max_age": 1, "discard": "new")").forgets());
  BOOST_TEST(config_with(R"("max_msgs": 1, "discard": "old")").forgets());
  BOOST_TEST(!config_with(R"("max_msgs": 1, "discard": "new")").forgets());
  BOOST_TEST(config_with(R"("max_bytes": 1, "discard": "old")").forgets());
  BOOST_TEST(config_with(R"("max_msgs_per_subject": 1, "discard": "old")").forgets());
  BOOST_TEST(config_with(R"("max_msgs_per_subject": 1, "discard": "new")").forgets());
  BOOST_TEST(!config_with(R"("max_msgs_per_subject": 1, "discard": "new",
                             "discard_new_per_subject": true)")
                  .forgets());
}

BOOST_AUTO_TEST_CASE(what_describes_nothing_is_nothing) {
  for (const auto* reply :
       {"", "{", "[]", "null", "3", R"({"error": {"code": 404}})", R"({"config": 5})"}) {
    BOOST_TEST(!read_stream_info(reply).has_value(), reply);
    BOOST_TEST(!read_consumer_info(reply).has_value(), reply);
  }
}

BOOST_AUTO_TEST_CASE(members_of_another_type_are_as_if_not_there) {
  const auto info = read_consumer_info(
      R"({"config": {"filter_subjects": "x", "filter_subject": 7, "ack_wait": "30s",
          "max_deliver": null, "priority_groups": [1, "g"]}, "num_pending": -1, "paused": "yes",
          "delivered": 5, "cluster": []})");
  BOOST_TEST_REQUIRE(info.has_value());
  BOOST_TEST(info->config.filters.empty());
  BOOST_TEST(info->config.max_deliver == -1);
  BOOST_TEST(info->config.priority_groups == std::vector<std::string>{"g"},
             boost::test_tools::per_element());
  BOOST_TEST(info->pending == 0u);
  BOOST_TEST(!info->paused);
  BOOST_TEST(!info->leaderless);
}
