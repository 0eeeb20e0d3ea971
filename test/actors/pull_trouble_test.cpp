// Pulls that the server refuses or ignores: when the service is ready, and how often it asks.
#define BOOST_TEST_MODULE pull_trouble
#include <boost/test/unit_test.hpp>

#include "actors/ingress/ingress.hpp"
#include "test/actors/fixture.hpp"

using namespace meme;
using namespace meme::test;

namespace {

const std::string pull_subject = "$JS.API.CONSUMER.MSG.NEXT.MEMES.meme-generator";

struct trouble_fixture : fixture {
  ingress_actor ingress;

  trouble_fixture() {
    all.cache = new_cache();
    all.publisher = new_publisher();
    all.provisioner = new_provisioner();
    all.supervisor = new_supervisor();
    ingress = spawn_ingress(parent(), make_ingress_config(*shared, bus, 1));
    announce(ingress);
    tell(ingress, link_changed{true});
    bind();
  }

  ~trouble_fixture() { kill(ingress); }

  void bind(const std::string& group = {}) {
    binding found;
    found.usable = true;
    found.group = group;
    tell(ingress, found);
  }

  void deliver_status(const std::string& code, const std::string& description = {}) {
    auto message = std::make_shared<fake_message>();
    message->subject_text = bus->to(pull_subject).back().reply;
    message->headers["Status"] = code;
    message->headers["Description"] = description;
    tell(ingress, delivered{message});
  }

  bool ready() const { return seen.healths.back().well; }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(pull_trouble, trouble_fixture)

BOOST_AUTO_TEST_CASE(the_first_silence_has_stream_and_consumer_looked_at) {
  auto looks = seen.looks;
  advance(17s);
  BOOST_TEST(seen.looks == looks + 1);
  BOOST_TEST(ready());
}

// The stream can be looked at while the consumer has no leader: that alone is not "ready".
BOOST_AUTO_TEST_CASE(after_the_second_silence_it_is_ready_only_when_a_pull_is_answered) {
  advance(33s);
  BOOST_TEST(!ready());
  BOOST_TEST(seen.healths.back().reason.find("does not answer pulls") != std::string::npos);
  bind();
  BOOST_TEST(!ready());
  deliver_status("100");
  BOOST_TEST(ready());
}

BOOST_AUTO_TEST_CASE(open_pulls_are_counted_once_that_an_unusable_consumer_ends) {
  const auto resets = [&] { return shared->metrics->pull_resets.Value(); };
  binding unusable;
  unusable.reason = "consumer meme-generator has no leader among the servers";
  tell(ingress, unusable);
  tell(ingress, unusable);
  BOOST_TEST(!ready());
  BOOST_TEST(resets() == 1);
  bind();
  BOOST_TEST(ready());
  BOOST_TEST(resets() == 1);
  tell(ingress, unusable);
  BOOST_TEST(resets() == 2);
}

BOOST_AUTO_TEST_CASE(a_message_answers_a_pull_as_a_heartbeat_does) {
  advance(33s);
  bind();
  auto message = std::make_shared<fake_message>();
  message->subject_text = "meme.request";
  message->reply_text = "$JS.ACK.MEMES.meme-generator.1.1.1.1700000000000000000.0";
  message->data_text = R"({"prompt":"a cat"})";
  tell(ingress, delivered{message});
  BOOST_TEST(ready());
}

BOOST_AUTO_TEST_CASE(after_a_reconnect_it_is_not_ready_before_the_consumer_was_looked_at) {
  BOOST_TEST(ready());
  tell(ingress, link_changed{false});
  tell(ingress, link_changed{true});
  BOOST_TEST(!ready());
  bind();
  BOOST_TEST(ready());
}

BOOST_AUTO_TEST_CASE(a_consumer_that_refuses_each_pull_is_asked_ever_less_often) {
  auto looks = seen.looks;
  for (int i = 0; i < 3; ++i) { // each look finds nothing wrong
    deliver_status("400", "Bad Request - Priority Group missing");
    advance(2s);
    bind();
    BOOST_TEST(!ready() == (i > 0));
  }
  BOOST_TEST(seen.looks >= looks + 2);
  looks = seen.looks;
  for (int i = 0; i < 100; ++i) {
    if (seen.looks > looks + 1)
      break;
    deliver_status("400", "Bad Request - Priority Group missing");
    advance(1s);
    if (seen.looks > looks)
      bind();
  }
  const auto pulls = bus->to(pull_subject).size();
  deliver_status("400", "Bad Request - Priority Group missing");
  advance(5s);
  BOOST_TEST(bus->to(pull_subject).size() == pulls);
}

BOOST_AUTO_TEST_CASE(a_pull_names_the_priority_group_that_the_consumer_wants) {
  BOOST_TEST(bus->to(pull_subject).back().data.find("group") == std::string::npos);
  bind("jobs");
  BOOST_TEST(bus->to(pull_subject).back().data.find(R"(,"group":"jobs"})") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
