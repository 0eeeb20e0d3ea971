// Stream and consumer: made where they are missing, left alone where somebody made them.
#define BOOST_TEST_MODULE provision
#include <boost/test/unit_test.hpp>

#include "test/support/nats_client.hpp"
#include "test/support/nats_server.hpp"
#include "test/support/service.hpp"
#include "test/support/temporary_folder.hpp"

using namespace meme::test;

namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

struct fixture {
  finished_run provision(std::vector<std::string> options = {}) {
    options.insert(options.begin(), "provision");
    return run_meme_generator(folder.path(), std::move(options), {{"NATS_URL", nats.url()}});
  }

  temporary_folder folder;
  nats_server nats{folder.path()};
  nats_client client{nats.url()};
};

const char* const own_stream = R"({"name": "MEMES", "subjects": ["meme.request"],
                                   "retention": "workqueue", "storage": "file"})";

} // namespace

BOOST_FIXTURE_TEST_SUITE(provisioning, fixture)

BOOST_AUTO_TEST_CASE(makes_stream_consumer_and_dead_letters) {
  const auto run = provision();
  BOOST_TEST(run.status == 0, run.err);
  const auto stream = client.stream("MEMES");
  BOOST_TEST(stream.size("/config/subjects") == 2u);
  BOOST_TEST(stream.text("/config/subjects/0") == "meme.request");
  BOOST_TEST(stream.text("/config/subjects/1") == "meme.request.>");
  BOOST_TEST(stream.text("/config/retention") == "workqueue");
  BOOST_TEST(stream.text("/config/storage") == "file");
  const auto consumer = client.consumer("MEMES", "meme-generator");
  BOOST_TEST(consumer.text("/config/durable_name") == "meme-generator");
  BOOST_TEST(consumer.text("/config/ack_policy") == "explicit");
  BOOST_TEST(consumer.integer("/config/ack_wait") == 30 * second_ns);
  BOOST_TEST(consumer.integer("/config/max_deliver") == -1);
  BOOST_TEST(consumer.integer("/config/max_ack_pending") == 20'000);
  BOOST_TEST(!consumer.has("/config/backoff"));
  BOOST_TEST(!consumer.has("/config/deliver_subject"));
  BOOST_TEST(!consumer.has("/config/filter_subject"));
  BOOST_TEST(client.stream("MEMES_DEAD").text("/config/subjects/0") == "meme.dead");
}

BOOST_AUTO_TEST_CASE(needs_no_token_and_may_be_repeated) {
  BOOST_TEST(provision().status == 0);
  client.enqueue("meme.request", "kept");
  const auto created = client.consumer("MEMES", "meme-generator").text("/created");
  BOOST_TEST(provision().status == 0);
  BOOST_TEST(client.messages_in("MEMES") == 1);
  BOOST_TEST(client.consumer("MEMES", "meme-generator").text("/created") == created);
}

BOOST_AUTO_TEST_CASE(leaves_a_consumer_of_somebody_elses_as_it_is_and_says_how_it_differs) {
  client.api("STREAM.CREATE.MEMES", own_stream);
  client.api("CONSUMER.DURABLE.CREATE.MEMES.meme-generator",
             R"({"stream_name": "MEMES", "config": {"durable_name": "meme-generator",
                 "ack_policy": "explicit", "ack_wait": 60000000000, "max_deliver": 3,
                 "filter_subject": "meme.request"}})");
  const auto run = provision();
  BOOST_TEST(run.status == 0, run.err);
  BOOST_TEST((run.out + run.err).find("max_deliver 3") != std::string::npos);
  const auto consumer = client.consumer("MEMES", "meme-generator");
  BOOST_TEST(consumer.integer("/config/ack_wait") == 60 * second_ns);
  BOOST_TEST(consumer.integer("/config/max_deliver") == 3);
  BOOST_TEST(consumer.text("/config/filter_subject") == "meme.request");
  BOOST_TEST(client.stream("MEMES").size("/config/subjects") == 1u);
}

BOOST_AUTO_TEST_CASE(says_every_difference) {
  client.api("STREAM.CREATE.MEMES",
             R"({"name": "MEMES", "subjects": ["meme.request"], "retention": "interest",
                 "storage": "memory", "max_msgs": 1000, "discard": "old", "no_ack": true})");
  client.api("CONSUMER.DURABLE.CREATE.MEMES.meme-generator",
             R"({"stream_name": "MEMES", "config": {"durable_name": "meme-generator",
                 "ack_policy": "explicit", "ack_wait": 60000000000, "max_deliver": 3,
                 "max_ack_pending": 50, "filter_subject": "meme.request",
                 "deliver_policy": "new", "inactive_threshold": 3600000000000}})");
  const auto before = client.consumer("MEMES", "meme-generator").text("/created");
  for (const auto& options : {std::vector<std::string>{"--plan"}, {}}) {
    const auto run = provision(options);
    BOOST_TEST(run.status == 0, run.err);
    for (const auto* difference :
         {"does not capture meme.request.>", "keeps requests in memory", "is no work queue",
          "drops the oldest requests", "confirms no publication", "max_deliver 3 instead of -1",
          "ack_wait 60 s instead of 30 s", "max_ack_pending 50 instead of 20000",
          "has the filter meme.request", "does not begin with the first message",
          "is deleted when nobody pulls"})
      BOOST_TEST(run.err.find(difference) != std::string::npos, difference);
  }
  BOOST_TEST(client.consumer("MEMES", "meme-generator").text("/created") == before);
}

// Each new request throws the waiting one of its subject away, as a limit of the whole stream does.
BOOST_AUTO_TEST_CASE(says_that_a_limit_of_each_subject_loses_requests) {
  client.api("STREAM.CREATE.MEMES",
             R"({"name": "MEMES", "subjects": ["meme.request", "meme.request.>"],
                 "retention": "workqueue", "max_msgs_per_subject": 1, "max_msg_size": 1000,
                 "duplicate_window": 3600000000000})");
  const auto plan = provision({"--plan"});
  BOOST_TEST(plan.status == 0, plan.err);
  BOOST_TEST(plan.err.find("drops the oldest requests at a limit of its own "
                           "(max_msgs_per_subject 1)")
             != std::string::npos);
  BOOST_TEST(plan.err.find("refuses requests of more than 1000 bytes") != std::string::npos);
  BOOST_TEST(plan.err.find("Nats-Msg-Id of the last 3600 s") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(serves_a_work_queue_that_is_fed_by_another_stream) {
  client.api("STREAM.CREATE.REQUESTS", R"({"name": "REQUESTS", "subjects": ["meme.request"]})");
  for (const auto* feed :
       {R"("sources": [{"name": "REQUESTS"}])", R"("mirror": {"name": "REQUESTS"})"}) {
    client.api("STREAM.CREATE.MEMES",
               std::string{R"({"name": "MEMES", "retention": "workqueue", )"} + feed + "}");
    const auto run = provision();
    BOOST_TEST(run.status == 0, run.err);
    BOOST_TEST(run.err.find("gets its requests from stream REQUESTS") != std::string::npos,
               run.err);
    client.api("STREAM.DELETE.MEMES");
  }
}

BOOST_AUTO_TEST_CASE(refuses_a_work_queue_that_is_fed_with_its_own_answers) {
  client.api("STREAM.CREATE.ALL", R"({"name": "ALL", "subjects": ["meme.>"]})");
  client.api("STREAM.CREATE.MEMES",
             R"({"name": "MEMES", "retention": "workqueue", "sources": [{"name": "ALL"}]})");
  const auto run = provision({"--plan"});
  BOOST_TEST(run.status == 1);
  BOOST_TEST(run.err.find("takes messages from stream ALL, which captures meme.response")
                 != std::string::npos,
             run.err);
}

BOOST_AUTO_TEST_CASE(makes_nothing_where_it_is_only_to_plan) {
  const auto plan = provision({"--plan"});
  BOOST_TEST(plan.status == 0, plan.err);
  for (const auto* made : {"to be made: stream MEMES\n", "to be made: consumer meme-generator\n",
                           "to be made: stream MEMES_DEAD\n"})
    BOOST_TEST(plan.out.find(made) != std::string::npos, made);
  BOOST_TEST(client.stream("MEMES").has("/error"));
  BOOST_TEST(client.stream("MEMES_DEAD").has("/error"));
}

BOOST_AUTO_TEST_CASE(refuses_a_stream_that_would_take_answers_for_requests) {
  client.api("STREAM.CREATE.MEMES",
             R"({"name": "MEMES", "subjects": ["meme.>"], "retention": "workqueue"})");
  const auto run = provision();
  BOOST_TEST(run.status != 0);
  BOOST_TEST(run.err.find("meme.response") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(refuses_a_stream_that_keeps_what_is_acknowledged) {
  client.api("STREAM.CREATE.MEMES", R"({"name": "MEMES", "subjects": ["meme.request"]})");
  BOOST_TEST(provision().status != 0);
}

BOOST_AUTO_TEST_CASE(refuses_a_push_consumer) {
  client.api("STREAM.CREATE.MEMES", own_stream);
  client.api("CONSUMER.DURABLE.CREATE.MEMES.meme-generator",
             R"({"stream_name": "MEMES", "config": {"durable_name": "meme-generator",
                 "ack_policy": "explicit", "deliver_subject": "pushed"}})");
  BOOST_TEST(provision().status != 0);
}

BOOST_AUTO_TEST_CASE(fails_without_nats) {
  nats.kill9();
  const auto run = provision();
  BOOST_TEST(run.status != 0);
  BOOST_TEST(run.status != 2);
}

BOOST_AUTO_TEST_SUITE_END()
