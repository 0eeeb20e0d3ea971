// Rows 1, 2, 2b, 13 and 17 of the fault matrix: NATS dies, falls silent, stops reading, loses an
// acknowledgement, cuts a slow consumer off, goes away with notice, cannot keep a dead letter.
#define BOOST_TEST_MODULE nats_fault
#include <boost/test/unit_test.hpp>

#include <csignal>

#include "test/fault/nats_proxy.hpp"
#include "test/support/standing_rule.hpp"
#include "test/support/stopwatch.hpp"

using namespace meme::test;
using std::chrono::seconds;

namespace {

world_settings quick_to_notice(int latency_ms, const std::string& max_in_flight) {
  world_settings settings;
  settings.model_arguments = {"--latency", std::to_string(latency_ms), "--fixed-bytes", "5000"};
  settings.variables = {{"MAX_IN_FLIGHT", max_in_flight},
                        {"MEME_INGRESS_ACK_WAIT", "5s"},
                        {"MEME_NATS_PING_INTERVAL", "1s"},
                        {"MEME_NATS_CONNECT_TIMEOUT", "1s"}};
  return settings;
}

bool pull_is_parked(world& here) {
  return eventually(
      [&] { return here.client.consumer("MEMES", "meme-generator").integer("/num_waiting") >= 1; });
}

/// NATS comes back, and the test hears what is published before the service can publish anything.
void bring_back(world& here, fault_proxy& path) {
  faults nobody_in;
  nobody_in.newcomers = admission::refuse;
  path.set(nobody_in);
  here.nats.start();
  here.client.api("INFO"); // subscriptions go to the server before it
  path.heal();
}

/// A call of JetStream's API that must succeed.
void call(world& here, const std::string& what, const std::string& request) {
  const auto reply = here.client.api(what, request);
  BOOST_TEST_REQUIRE(!reply.has("/error"), reply.source());
}

bool logged(world& here, const std::string& words) {
  return here.memes->process().err().find(words) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_CASE(row_1_nats_is_killed_while_an_empty_pull_waits, world) {
  BOOST_TEST_REQUIRE(pull_is_parked(*this));
  nats.kill9();
  nats.start();
  const stopwatch since_return;
  ask(request("after-0", "after-0"));
  BOOST_TEST(results.wait_for(1));
  BOOST_TEST_MESSAGE("row 1: answered " << since_return.seconds() << " s after NATS returned");
  BOOST_TEST(since_return.seconds() < 10);
  BOOST_TEST(check_all_ended(*this, ids_of(1, "after")).duplicates == 0u);
}

BOOST_AUTO_TEST_CASE(row_2_the_connection_is_half_open) {
  world here{quick_to_notice(200, "10")};
  const auto path = put_proxy_before_nats(here);
  here.client.enqueue_all("meme.request", requests(60, "half"));
  BOOST_TEST_REQUIRE(here.results.wait_for(15));
  path->set(half_open());
  const stopwatch since_fault;
  BOOST_TEST(eventually([&] { return here.memes->metric("meme_generator_nats_connected") == 0; }));
  BOOST_TEST_MESSAGE("row 2: noticed after " << since_fault.seconds() << " s");
  BOOST_TEST(since_fault.seconds() < 15); // two or three pings, 1 s each
  // Attempts to connect get nowhere meanwhile. ack_wait is over when they have been made.
  const auto before = path->seen().connections;
  BOOST_TEST(eventually([&] { return path->seen().connections >= before + 4; }));
  BOOST_TEST(here.memes->page("/readyz").status == 503);
  BOOST_TEST(here.memes->page("/livez").status == 200);
  path->heal();
  const stopwatch since_heal;
  BOOST_TEST(here.memes->wait_ready());
  BOOST_TEST_MESSAGE("row 2: ready " << since_heal.seconds() << " s after the end of the fault");
  const auto repeated = check_all_ended(here, ids_of(60, "half")).duplicates;
  BOOST_TEST_MESSAGE("row 2: all answered " << since_heal.seconds() << " s after it, " << repeated
                                            << " answers repeated");
}

BOOST_AUTO_TEST_CASE(row_2b_nats_stops_reading_and_is_killed) {
  world here{quick_to_notice(300, "10")};
  const auto path = put_proxy_before_nats(here);
  here.client.enqueue_all("meme.request", requests(5, "stuck"));
  BOOST_TEST_REQUIRE(eventually([&] { return here.model.stats().integer("/in_flight") == 5; }));
  here.nats.process().stop();
  // Published, into sockets that nobody reads, and held for want of a fence.
  BOOST_TEST(eventually([&] { return here.model.stats().integer("/in_flight") == 0; }));
  BOOST_TEST(
      eventually([&] { return here.memes->metric("meme_generator_answer_bytes") > 20'000; }));
  here.nats.kill9();
  BOOST_TEST(here.results.messages().empty());
  bring_back(here, *path);
  const stopwatch since_return;
  const auto repeated = check_all_ended(here, ids_of(5, "stuck")).duplicates;
  const auto again = here.memes->metric("meme_generator_answers_published_again_total");
  BOOST_TEST(again >= 5);
  BOOST_TEST_MESSAGE("row 2b: " << again << " answers published again within "
                                << since_return.seconds() << " s, seen twice: " << repeated);
}

// Pings would notice it too, after minutes here: the write has a deadline of its own.
BOOST_AUTO_TEST_CASE(a_write_that_hangs_ends_the_connection) {
  auto settings = quick_to_notice(300, "10");
  settings.nats_config = "max_payload: 8388608";
  settings.model_arguments = {"--latency", "300", "--fixed-bytes", "4000000"};
  settings.variables["MEME_INGRESS_MAX_BYTES_IN_FLIGHT"] = "268435456";
  settings.variables["MEME_NATS_PING_INTERVAL"] = "10min";
  settings.variables["MEME_NATS_WRITE_DEADLINE"] = "1s";
  world here{settings};
  const auto path = put_proxy_before_nats(here);
  here.client.enqueue_all("meme.request", requests(10, "hangs"));
  BOOST_TEST_REQUIRE(eventually([&] { return here.model.stats().integer("/in_flight") == 10; }));
  faults what;
  what.to_server.stall = true;
  path->set(what);
  const stopwatch since_fault;
  BOOST_TEST(eventually([&] { return here.memes->metric("meme_generator_nats_connected") == 0; }));
  BOOST_TEST_MESSAGE("a write that hangs: noticed after " << since_fault.seconds() << " s");
  path->heal();
  check_all_ended(here, ids_of(10, "hangs"));
}

BOOST_AUTO_TEST_CASE(row_13_an_acknowledgement_is_lost) {
  auto settings = quick_to_notice(500, "10");
  settings.variables["MEME_NATS_PING_INTERVAL"] = "30s"; // the connection is to last
  world here{settings};
  const auto path = put_proxy_before_nats(here);
  here.ask(request("unheard-0", "unheard-0"));
  BOOST_TEST_REQUIRE(eventually([&] { return here.model.stats().integer("/in_flight") == 1; }));
  // The fence waits until only the acknowledgement is left to be sent.
  faults what;
  what.to_client.stall = true;
  path->set(what);
  BOOST_TEST_REQUIRE(here.results.wait_for(1));
  what = {};
  what.to_server.vanish = true;
  path->set(what);
  BOOST_TEST(eventually([&] { return here.memes->metric("meme_generator_success_total") == 1; }));
  BOOST_TEST(eventually([&] { return path->seen().bytes_vanished > 0; }));
  path->heal();
  const stopwatch since_loss;
  BOOST_TEST(here.results.wait_for(2));
  BOOST_TEST_MESSAGE("row 13: repeated " << since_loss.seconds() << " s after the loss");
  const auto repeated = check_all_ended(here, ids_of(1, "unheard")).duplicates;
  BOOST_TEST_MESSAGE("row 13: " << repeated << " answers repeated, model called "
                                << here.model.calls() << " times");
  for (const auto& each : here.results.messages())
    BOOST_TEST(each.header.at("Nats-Msg-Id")
               == here.results.messages().front().header.at("Nats-Msg-Id"));
  BOOST_TEST(here.model.calls() == 1); // the repeat is the cached picture
}

BOOST_AUTO_TEST_CASE(row_17_the_stream_of_dead_letters_is_full) {
  auto settings = quick_to_notice(0, "10");
  settings.variables["MEME_INGRESS_MAX_DELIVERIES"] = "1";
  settings.variables["MEME_GENERATOR_MAX_CALLS"] = "1";
  world here{settings};
  const auto limit = [&](const std::string& messages) {
    call(here, "STREAM.UPDATE.MEMES_DEAD",
         R"({"name": "MEMES_DEAD", "subjects": ["meme.dead"], "storage": "file",
                        "discard": "new", "max_msgs": )"
             + messages + "}");
  };
  limit("1");
  here.client.enqueue("meme.dead", "fills it");
  here.model.set_faults(R"([{"match": "doomed", "status": 503}])");
  here.ask(request("doomed-0", "doomed-0"));
  BOOST_TEST(here.errors.wait_for(1));
  BOOST_TEST(eventually([&] { return logged(here, "a dead letter was not kept"); }));
  BOOST_TEST(here.client.messages_in("MEMES") == 1); // neither acknowledged nor given up
  // And others are served meanwhile.
  here.ask(request("doomless", "a cat"));
  BOOST_TEST(here.results.wait_for(1));
  limit("10");
  const stopwatch since_room;
  BOOST_TEST(here.drained());
  BOOST_TEST_MESSAGE("row 17: dead letter kept "
                     << since_room.seconds() << " s after there was room, "
                     << here.errors.messages().size() << " errors seen");
  BOOST_TEST(here.client.messages_in("MEMES_DEAD") == 2);
  BOOST_TEST(here.errors.messages().size() == 1u);
}

BOOST_AUTO_TEST_CASE(row_17_the_service_is_cut_off_as_a_slow_consumer) {
  auto settings = quick_to_notice(0, "400");
  settings.nats_config = "max_payload: 8388608\nmax_pending: 8388608\nwrite_deadline: \"1s\"";
  world here{settings};
  const auto path = put_proxy_before_nats(here);
  BOOST_TEST_REQUIRE(pull_is_parked(here));
  faults what;
  what.to_client.stall = true;
  path->set(what);
  // More than all sockets on the way hold.
  std::vector<std::string> large;
  for (const auto& id : ids_of(400, "slow"))
    large.push_back(request(id, id, "\"padding\": \"" + std::string(60'000, 'x') + "\""));
  here.client.enqueue_all("meme.request", large);
  BOOST_TEST(eventually([&] {
    return json{http_get(here.nats.monitor_url() + "/varz").body}.integer("/slow_consumers") >= 1;
  }));
  path->heal();
  const stopwatch since_heal;
  const auto repeated = check_all_ended(here, ids_of(400, "slow")).duplicates;
  BOOST_TEST_MESSAGE("row 17: 400 answered " << since_heal.seconds()
                                             << " s after a slow consumer was cut off, " << repeated
                                             << " answers repeated");
}

BOOST_AUTO_TEST_CASE(row_17_the_server_goes_away_with_notice) {
  auto settings = quick_to_notice(200, "10");
  settings.nats_config =
      "max_payload: 8388608\nlame_duck_duration: \"30s\"\nlame_duck_grace_period: \"1s\"";
  world here{settings};
  // The test loses its connection too: a stream sees the answers for it.
  call(here, "STREAM.CREATE.ANSWERS",
       R"({"name": "ANSWERS", "subjects": ["meme.response", "meme.response.error"],
                      "storage": "file", "duplicate_window": 100000000})");
  here.client.enqueue_all("meme.request", requests(200, "duck"));
  BOOST_TEST_REQUIRE(here.results.wait_for(20));
  here.nats.process().signal(SIGUSR2);
  BOOST_TEST(eventually([&] { return logged(here, "the NATS server is about to go"); }));
  BOOST_TEST(here.nats.process().wait_exit().has_value());
  here.nats.start();
  const stopwatch since_return;
  BOOST_TEST(here.memes->wait_ready());
  BOOST_TEST_MESSAGE("row 17: ready " << since_return.seconds() << " s after the server's return");
  BOOST_TEST(here.drained());
  auto seen = here.client.subscribe("answers.seen");
  auto none = here.client.subscribe("answers.none");
  call(here, "CONSUMER.CREATE.ANSWERS",
       R"({"stream_name": "ANSWERS", "config": {"deliver_subject": "answers.seen",
                      "ack_policy": "none", "deliver_policy": "all"}})");
  const auto repeated = check_all_ended(here, ids_of(200, "duck"), seen, none).duplicates;
  BOOST_TEST_MESSAGE("row 17: 200 answered over a lame duck's end, " << repeated
                                                                     << " answers repeated");
}
