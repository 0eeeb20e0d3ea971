// Each actor is killed while requests are in work: it comes back, nothing is lost, and the restart
// is counted.
#define BOOST_TEST_MODULE kill
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "test/support/standing_rule.hpp"

using namespace meme::test;

namespace {

constexpr std::size_t count = 120;

world_settings slow_model() {
  world_settings settings;
  settings.model_arguments = {"--latency", "150", "--fixed-bytes", "5000"};
  // What was on its way to an ingress that died comes back after ack_wait.
  settings.variables = {
      {"MAX_IN_FLIGHT", "20"}, {"MEME_SUPERVISOR_CHAOS", "true"}, {"MEME_INGRESS_ACK_WAIT", "5s"}};
  return settings;
}

double restarts(const world& here, const std::string& actor) {
  return here.memes->metric("meme_generator_actor_restarts_total", {"actor=\"" + actor + "\""});
}

void kill(const world& here, const std::string& actor) {
  BOOST_TEST(here.memes->post("/chaos/kill?actor=" + actor).status == 202);
}

void check_all_answered(world& here) {
  const auto end = check_all_ended(here, ids_of(count, "kill"));
  BOOST_TEST(end.errors == 0u);
  BOOST_TEST_MESSAGE("repeated answers: " << end.duplicates);
}

const std::vector<std::string> actors{"model-client-0", "generator", "cache",       "redis-cache",
                                      "publisher",      "ingress",   "provisioner", "recompressor"};

} // namespace

BOOST_DATA_TEST_CASE(an_actor_that_is_killed_under_load_comes_back, actors, actor) {
  world here{slow_model()};
  here.client.enqueue_all("meme.request", requests(count, "kill"));
  BOOST_TEST_REQUIRE(eventually([&] { return here.results.messages().size() >= count / 4; }));
  kill(here, actor);
  BOOST_TEST(eventually([&] { return restarts(here, actor) == 1; }));
  check_all_answered(here);
  BOOST_TEST(here.memes->wait_ready());
}

BOOST_AUTO_TEST_CASE(the_pages_come_back_on_the_same_address) {
  world here{slow_model()};
  kill(here, "status-server");
  BOOST_TEST(eventually([&] { return restarts(here, "status-server") == 1; }));
  BOOST_TEST(here.memes->wait_ready());
}

BOOST_AUTO_TEST_CASE(more_restarts_than_allowed_are_a_failure_of_the_whole) {
  auto settings = slow_model();
  settings.variables["MEME_SUPERVISOR_MAX_RESTARTS"] = "2";
  settings.variables["MEME_SUPERVISOR_ESCALATION_GRACE"] = "1s";
  world here{settings};
  here.client.enqueue_all("meme.request", requests(count, "kill"));
  for (int i = 0; i < 2; ++i) {
    kill(here, "cache");
    BOOST_TEST_REQUIRE(eventually([&] { return restarts(here, "cache") == i + 1; }));
  }
  kill(here, "cache");
  BOOST_TEST(eventually([&] { return here.memes->page("/readyz").status == 503; }));
  BOOST_TEST(here.memes->page("/livez").status == 200);
  BOOST_TEST(here.memes->process().wait_exit().value_or(-1) == 1);
  here.restart_service(); // what was in work has come back
  check_all_answered(here);
}

// Somebody else's consumer gives a message up after two deliveries, and both of its holders die.
BOOST_AUTO_TEST_CASE(a_message_that_the_server_gave_up_is_answered_and_kept_as_a_dead_letter) {
  world_settings settings;
  settings.model_arguments = {"--fault-plan", R"([{"hang": true}])"};
  world here{settings};
  here.memes->kill9();
  here.client.api("CONSUMER.DELETE.MEMES.meme-generator", "");
  here.client.api("CONSUMER.DURABLE.CREATE.MEMES.meme-generator",
                  R"({"stream_name": "MEMES", "config": {"durable_name": "meme-generator",
                      "ack_policy": "explicit", "ack_wait": 1000000000, "max_deliver": 2}})");
  auto mine = here.client.subscribe("_INBOX.my.answers");
  const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  here.client.enqueue("meme.request", request("stranded", "a cat"),
                      {{"Meme-Reply-To", "_INBOX.my.answers"}, {"traceparent", trace}});
  for (int holder = 1; holder <= 2; ++holder) {
    here.restart_service();
    BOOST_TEST_REQUIRE(eventually([&] { return here.model.stats().integer("/in_flight") == 1; }));
    here.memes->kill9();
    BOOST_TEST_REQUIRE(eventually([&] { return here.model.stats().integer("/in_flight") == 0; }));
  }
  here.restart_service();
  const json error{here.next_error().data};
  BOOST_TEST(error.text("/request_id") == "stranded");
  BOOST_TEST(error.text("/code") == "attempts_exhausted");
  BOOST_TEST(error.integer("/attempts") == 2);
  BOOST_TEST(here.drained());
  BOOST_TEST_REQUIRE(mine.wait_for(1));
  const auto copy = mine.messages().front();
  BOOST_TEST(json{copy.data}.text("/request_id") == "stranded");
  BOOST_TEST(copy.header.at("traceparent") == trace);
  BOOST_TEST(here.client.messages_in("MEMES_DEAD") == 1);
  const auto letter = run_meme_generator(here.folder.path(), {"dead", "show", "1"},
                                         {{"NATS_URL", here.nats.url()}});
  for (const auto* header : {"Meme-Reply-To: _INBOX.my.answers",
                             "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                             "Meme-Attempts: 2", "Meme-Request-Id: stranded"})
    BOOST_TEST(letter.out.find(header) != std::string::npos, letter.out);
}

BOOST_AUTO_TEST_CASE(actors_cannot_be_killed_from_outside_unless_it_is_allowed) {
  world here;
  BOOST_TEST(here.memes->post("/chaos/kill?actor=cache").status == 404);
}
