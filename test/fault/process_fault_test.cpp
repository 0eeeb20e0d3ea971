// Rows 3 and 4 of the fault matrix: the service is killed in the middle of jobs, or asked to go.
#define BOOST_TEST_MODULE process_fault
#include <boost/test/unit_test.hpp>

#include "test/support/standing_rule.hpp"
#include "test/support/stopwatch.hpp"

using namespace meme::test;

BOOST_AUTO_TEST_CASE(row_3_the_service_is_killed_in_the_middle_of_jobs) {
  world_settings settings;
  settings.model_arguments = {"--latency", "1000", "--fixed-bytes", "5000"};
  settings.variables = {{"MAX_IN_FLIGHT", "20"}, {"MEME_INGRESS_ACK_WAIT", "5s"}};
  world here{settings};
  here.client.enqueue_all("meme.request", requests(100, "killed"));
  const auto nameless = here.ask(R"({"prompt": "MEMES-101"})"); // gets its place as its id
  BOOST_TEST(nameless.sequence == 101u);
  BOOST_TEST_REQUIRE(here.results.wait_for(20));
  BOOST_TEST_REQUIRE(eventually([&] { return here.model.stats().integer("/in_flight") == 20; }));
  here.memes->kill9();
  const stopwatch since_kill;
  here.restart_service();
  auto ids = ids_of(100, "killed");
  ids.insert("MEMES-101");
  const auto repeated = check_all_ended(here, ids).duplicates;
  BOOST_TEST_MESSAGE("row 3: all answered " << since_kill.seconds() << " s after the kill, "
                                            << repeated << " answers repeated");
  const auto redelivered = here.memes->metric("meme_generator_redeliveries_total");
  BOOST_TEST_MESSAGE("row 3: " << redelivered << " messages delivered again");
  BOOST_TEST(redelivered >= 10);         // those that were just done are not among them
  BOOST_TEST(since_kill.seconds() < 60); // 5 s of ack_wait, 4 s of work
  std::map<std::string, std::set<std::string>> message_ids;
  for (const auto& each : here.results.messages())
    message_ids[json{each.data}.text("/request_id")].insert(each.header.at("Nats-Msg-Id"));
  for (const auto& [id, distinct] : message_ids)
    BOOST_TEST(distinct.size() == 1u, id);
}

BOOST_AUTO_TEST_CASE(row_4_the_service_is_asked_to_go_with_100_in_flight) {
  world_settings settings;
  settings.model_arguments = {"--latency", "3000", "--fixed-bytes", "5000"};
  settings.variables = {{"MAX_IN_FLIGHT", "100"}, {"DRAIN_TIMEOUT", "20"}};
  world here{settings};
  here.client.enqueue_all("meme.request", requests(150, "leave"));
  BOOST_TEST_REQUIRE(eventually([&] { return here.model.stats().integer("/in_flight") == 100; }));
  const stopwatch since_signal;
  BOOST_TEST(here.memes->terminate() == 0);
  BOOST_TEST_MESSAGE("row 4: ended " << since_signal.seconds() << " s after SIGTERM");
  BOOST_TEST(since_signal.seconds() < 20);
  const auto finished = here.results.messages().size();
  BOOST_TEST(finished >= 100u);
  BOOST_TEST(here.client.messages_in("MEMES") == static_cast<std::int64_t>(150 - finished));
  here.restart_service();
  const auto repeated = check_all_ended(here, ids_of(150, "leave")).duplicates;
  BOOST_TEST_MESSAGE("row 4: " << finished << " finished before the end, " << repeated
                               << " answers repeated");
  BOOST_TEST(repeated == 0u);
  BOOST_TEST(here.model.calls() == 150);
}
