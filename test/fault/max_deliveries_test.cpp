// Somebody else's consumer delivers a message a limited number of times. Where its last holder
// dies with nobody left to hear of it, the message is found later, answered and removed.
#define BOOST_TEST_MODULE max_deliveries
#include <boost/test/unit_test.hpp>

#include <chrono>

#include "test/support/world.hpp"

using namespace meme::test;

namespace {

using steady = std::chrono::steady_clock;

struct given_up : world {
  given_up() {
    memes->terminate();
    client.api("CONSUMER.DELETE.MEMES.meme-generator");
    client.api("CONSUMER.DURABLE.CREATE.MEMES.meme-generator",
               R"({"stream_name": "MEMES", "config": {"durable_name": "meme-generator",
                   "ack_policy": "explicit", "ack_wait": 200000000, "max_deliver": 1,
                   "max_ack_pending": 20000}})");
  }

  /// Takes one message and never acknowledges it, as a process that is killed; returns when the
  /// server has given it up.
  void take_and_forget() {
    auto inbox = client.subscribe("_INBOX.killed");
    pull(R"({"batch": 1})");
    BOOST_TEST_REQUIRE(inbox.wait_for(1));
    BOOST_TEST_REQUIRE(eventually([&] {
      pull(R"({"batch": 1, "no_wait": true})");
      const auto consumer = client.consumer("MEMES", "meme-generator");
      return consumer.integer("/num_ack_pending") == 0;
    }));
    BOOST_TEST(client.messages_in("MEMES") == 1);
  }

  void pull(const std::string& wanted) {
    client.publish_request("$JS.API.CONSUMER.MSG.NEXT.MEMES.meme-generator", wanted,
                           "_INBOX.killed");
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(max_deliveries, given_up)

BOOST_AUTO_TEST_CASE(a_message_that_was_given_up_while_no_process_lived_is_answered) {
  ask(request("poison", "poison"));
  take_and_forget();
  const auto plan =
      run_meme_generator(folder.path(), {"provision", "--plan"}, {{"NATS_URL", nats.url()}});
  BOOST_TEST(plan.err.find("neither wait nor are in work: 1") != std::string::npos, plan.err);
  const auto started = steady::now();
  restart_service();
  const auto error = json{next_error().data};
  const std::chrono::duration<double> took = steady::now() - started;
  BOOST_TEST_MESSAGE("a message that reached max_deliver was answered " << took.count()
                                                                        << " s after the start");
  BOOST_TEST(error.text("/request_id") == "poison");
  BOOST_TEST(error.text("/code") == "attempts_exhausted");
  BOOST_TEST(drained());
  BOOST_TEST(client.messages_in("MEMES_DEAD") == 1);
  BOOST_TEST(memes->metric("meme_generator_dead_letters_total") == 1);
  // Others are served as ever.
  ask(request("fine", "fine"));
  BOOST_TEST(json{next_result().data}.text("/request_id") == "fine");
}

// Two processes see it at the same time: one error, one dead letter.
BOOST_AUTO_TEST_CASE(one_of_two_processes_answers_it) {
  ask(request("poison", "poison"));
  take_and_forget();
  restart_service();
  const auto second = another_service("second");
  next_error();
  BOOST_TEST(drained());
  BOOST_TEST(client.messages_in("MEMES_DEAD") == 1);
  BOOST_TEST(errors.messages().size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
