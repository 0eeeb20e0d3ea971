#define BOOST_TEST_MODULE publisher
#include <boost/test/unit_test.hpp>

#include "actors/publisher/publisher.hpp"
#include "test/actors/fixture.hpp"

using namespace meme;
using namespace meme::test;

namespace {

const std::string inbox = "_INBOX.1";

struct publisher_fixture : fixture {
  publisher_actor publisher;

  publisher_fixture() {
    all.ingress = new_ingress();
    publisher = spawn_publisher(parent(), make_publisher_config(*shared, bus));
    announce(publisher);
  }

  ~publisher_fixture() { kill(publisher); }

  void connect() { tell(publisher, link_changed{true}); }

  /// A connection broke and there is another one.
  void reconnect() {
    ++bus->connection;
    tell(publisher, link_changed{false});
    tell(publisher, link_changed{true});
  }

  static answer_ptr result(std::uint64_t number) {
    auto made = std::make_shared<answer>();
    made->id = {1, number};
    made->header = {"request-" + std::to_string(number), "a cat", 1'700'000'000, 5, 1};
    made->result = some_success();
    made->message_key = "MEMES:" + std::to_string(number) + ":9";
    return made;
  }

  static answer_ptr dead_letter(std::uint64_t number) {
    auto made = std::make_shared<answer>(*result(number));
    made->result = failure{error_code::attempts_exhausted, "delivered too often"};
    auto original = std::make_shared<fake_message>();
    original->subject_text = "meme.request";
    original->data_text = "the request";
    made->dead_letter = original;
    return made;
  }

  static answer_ptr with_copy(const answer_ptr& what) {
    auto made = std::make_shared<answer>(*what);
    made->reply_to = "my.inbox";
    return made;
  }

  std::vector<fake_bus::sent> results() const { return bus->to("meme.response"); }
  std::vector<fake_bus::sent> fences() const { return bus->below(inbox + ".fence."); }
  std::vector<fake_bus::sent> dead_letters() const { return bus->to("meme.dead"); }

  void come_back(const std::string& subject, const std::string& data = {}) {
    auto message = std::make_shared<fake_message>();
    message->subject_text = subject;
    message->data_text = data;
    tell(publisher, delivered{message});
  }

  std::size_t confirmed() const {
    std::size_t count = 0;
    for (auto& each : seen.published_ones)
      count += each.ids.size();
    return count;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(publisher, publisher_fixture)

BOOST_AUTO_TEST_CASE(an_answer_is_confirmed_when_its_fence_comes_back) {
  connect();
  tell(publisher, result(1));
  BOOST_REQUIRE_EQUAL(results().size(), 1);
  BOOST_REQUIRE_EQUAL(fences().size(), 1);
  BOOST_TEST(confirmed() == 0);
  come_back(fences().back().subject);
  BOOST_TEST(confirmed() == 1);
}

BOOST_AUTO_TEST_CASE(the_message_id_names_the_message_and_the_kind_of_answer) {
  connect();
  tell(publisher, result(1));
  BOOST_TEST(results().back().headers.front().first == "Nats-Msg-Id");
  BOOST_TEST(results().back().headers.front().second == "MEMES:1:9:result");
}

BOOST_AUTO_TEST_CASE(one_fence_is_out_at_a_time_and_the_next_covers_what_came_meanwhile) {
  connect();
  for (std::uint64_t i = 1; i <= 5; ++i)
    tell(publisher, result(i));
  BOOST_REQUIRE_EQUAL(fences().size(), 1);
  come_back(fences().back().subject);
  BOOST_TEST(confirmed() == 1);
  BOOST_REQUIRE_EQUAL(fences().size(), 2);
  come_back(fences().back().subject);
  BOOST_TEST(confirmed() == 5);
}

BOOST_AUTO_TEST_CASE(the_fence_goes_out_behind_all_answers_that_wait_already) {
  connect();
  for (std::uint64_t i = 1; i <= 5; ++i)
    caf::anon_send(publisher, result(i));
  run();
  BOOST_REQUIRE_EQUAL(fences().size(), 1);
  BOOST_TEST(bus->published.back().subject == fences().back().subject);
  come_back(fences().back().subject);
  BOOST_TEST(confirmed() == 5);
}

BOOST_AUTO_TEST_CASE(a_fence_that_comes_back_over_another_connection_confirms_nothing) {
  connect();
  tell(publisher, result(1));
  ++bus->connection; // the library reconnects and sends what it had not sent: only the fence
  come_back(fences().back().subject);
  BOOST_TEST(confirmed() == 0);
  BOOST_REQUIRE_EQUAL(results().size(), 2);
  BOOST_TEST(results()[0].headers.front().second == results()[1].headers.front().second);
  come_back(fences().back().subject);
  BOOST_TEST(confirmed() == 1);
}

BOOST_AUTO_TEST_CASE(what_was_not_confirmed_before_a_reconnect_is_published_again) {
  connect();
  tell(publisher, result(1));
  tell(publisher, result(2));
  reconnect();
  BOOST_TEST(results().size() == 4);
  come_back(fences().front().subject); // the old one, late
  BOOST_TEST(confirmed() == 0);
  come_back(fences().back().subject);
  BOOST_TEST(confirmed() == 2);
}

BOOST_AUTO_TEST_CASE(without_a_connection_answers_wait) {
  tell(publisher, result(1));
  BOOST_TEST(results().empty());
  connect();
  BOOST_TEST(results().size() == 1);
  come_back(fences().back().subject);
  BOOST_TEST(confirmed() == 1);
}

BOOST_AUTO_TEST_CASE(the_same_answer_twice_is_published_once) {
  connect();
  auto once = result(1);
  tell(publisher, once);
  tell(publisher, once);
  BOOST_TEST(results().size() == 1);
}

BOOST_AUTO_TEST_CASE(a_fence_that_stays_out_is_sent_again_without_its_answers) {
  connect();
  tell(publisher, result(1));
  advance(8s);
  BOOST_TEST(fences().size() == 2);
  BOOST_TEST(results().size() == 1);
  come_back(fences().back().subject);
  BOOST_TEST(confirmed() == 1);
}

BOOST_AUTO_TEST_CASE(an_answer_that_was_not_sent_is_not_confirmed_but_tried_again) {
  connect();
  bus->refused = "meme.response";
  bus->publish_error = bus_error::other;
  tell(publisher, result(1));
  tell(publisher, result(2));
  BOOST_TEST(fences().empty());
  bus->publish_error = bus_error::none;
  advance(2s);
  BOOST_TEST(results().size() == 2);
  come_back(fences().back().subject);
  BOOST_TEST(confirmed() == 2);
}

BOOST_AUTO_TEST_CASE(a_picture_that_the_server_refuses_for_its_size_becomes_an_error) {
  connect();
  bus->refused = "meme.response";
  bus->publish_error = bus_error::too_large;
  tell(publisher, result(1));
  BOOST_REQUIRE_EQUAL(bus->to("meme.response.error").size(), 1);
  BOOST_TEST(bus->to("meme.response.error").back().data.find("image_too_large")
             != std::string::npos);
  come_back(fences().back().subject);
  BOOST_TEST(confirmed() == 1);
}

BOOST_AUTO_TEST_CASE(a_dead_letter_kept_over_another_connection_is_published_again_with_its_error) {
  connect();
  tell(publisher, dead_letter(1));
  ++bus->connection;
  come_back(dead_letters().back().reply, R"({"stream":"MEMES_DEAD","seq":1})");
  BOOST_TEST(confirmed() == 0);
  BOOST_TEST(bus->to("meme.response.error").size() == 2);
  come_back(dead_letters().back().reply, R"({"stream":"MEMES_DEAD","seq":1,"duplicate":true})");
  BOOST_TEST(confirmed() == 1);
}

BOOST_AUTO_TEST_CASE(an_answer_goes_to_reply_to_as_well_once_the_server_has_it) {
  connect();
  tell(publisher, with_copy(result(1)));
  BOOST_TEST(results().size() == 1);
  BOOST_TEST(bus->to("my.inbox").empty());
  come_back(fences().back().subject);
  BOOST_REQUIRE_EQUAL(bus->to("my.inbox").size(), 1);
  BOOST_TEST(bus->to("my.inbox").back().headers.front().second == "MEMES:1:9:result:reply");
  BOOST_TEST(confirmed() == 0);
  come_back(fences().back().subject);
  BOOST_TEST(confirmed() == 1);
  BOOST_TEST(results().size() == 1);
}

// Only the latest refusal is known when a fence is back.
BOOST_AUTO_TEST_CASE(answers_and_copies_are_never_on_their_way_together) {
  connect();
  tell(publisher, with_copy(result(1)));
  tell(publisher, result(2));
  come_back(fences().back().subject);
  BOOST_TEST(bus->to("my.inbox").empty()); // 2 is not known to be taken
  tell(publisher, result(3));
  BOOST_TEST(results().size() == 2); // it waits for the copy's turn
  come_back(fences().back().subject);
  BOOST_TEST(confirmed() == 1);
  BOOST_TEST(bus->to("my.inbox").size() == 1);
  bus->not_permitted = R"(Permissions Violation for Publish to "my.inbox")";
  come_back(fences().back().subject);
  BOOST_TEST(confirmed() == 2);
  BOOST_TEST(results().size() == 3);
  come_back(fences().back().subject);
  BOOST_TEST(confirmed() == 3);
}

// A user that may not publish to its own inbox.
BOOST_AUTO_TEST_CASE(where_a_fence_is_refused_the_server_is_asked_for_the_consumer) {
  const std::string consumer = "$JS.API.CONSUMER.INFO.MEMES.meme-generator";
  connect();
  BOOST_TEST(bus->to(inbox + ".probe.0").size() == 1);
  bus->not_permitted = "Permissions Violation for Publish to \"" + inbox + ".probe.0\"";
  tell(publisher, result(1));
  BOOST_TEST(fences().empty());
  BOOST_REQUIRE_EQUAL(bus->to(consumer).size(), 1);
  come_back(bus->to(consumer).back().reply);
  BOOST_TEST(confirmed() == 1);
  BOOST_TEST(results().size() == 1);
}

// The refusal of the fence takes the place of an answer's before it.
BOOST_AUTO_TEST_CASE(what_a_refused_fence_covered_is_published_again) {
  const std::string consumer = "$JS.API.CONSUMER.INFO.MEMES.meme-generator";
  connect();
  tell(publisher, result(1));
  BOOST_REQUIRE_EQUAL(fences().size(), 1);
  bus->not_permitted = "Permissions Violation for Publish to \"" + fences().back().subject + '"';
  tell(publisher, result(2));
  BOOST_TEST(results().size() == 3); // 1 twice
  BOOST_REQUIRE(!bus->to(consumer).empty());
  bus->not_permitted = R"(Permissions Violation for Publish to "meme.response")";
  come_back(bus->to(consumer).back().reply);
  BOOST_TEST(confirmed() == 0);
}

BOOST_AUTO_TEST_CASE(a_fence_confirms_nothing_that_the_server_may_have_refused) {
  connect();
  tell(publisher, result(1));
  tell(publisher, dead_letter(2));
  bus->not_permitted = R"(Permissions Violation for Publish to "meme.response")";
  come_back(fences().back().subject);
  come_back(dead_letters().back().reply, R"({"stream":"MEMES_DEAD","seq":1})");
  advance(20s);
  BOOST_TEST(confirmed() == 0);
  BOOST_TEST(results().size() == 1);
  bus->not_permitted.clear(); // of the next connection nothing is known yet
  reconnect();
  BOOST_TEST(results().size() == 2);
  come_back(fences().back().subject);
  come_back(dead_letters().back().reply, R"({"stream":"MEMES_DEAD","seq":1})");
  BOOST_TEST(confirmed() == 2);
}

BOOST_AUTO_TEST_CASE(a_dead_letter_is_confirmed_when_its_error_is_copied) {
  connect();
  tell(publisher, with_copy(dead_letter(1)));
  come_back(dead_letters().back().reply, R"({"stream":"MEMES_DEAD","seq":1})");
  BOOST_TEST(bus->to("my.inbox").empty()); // what the server says of the error is not known
  BOOST_TEST(confirmed() == 0);
  come_back(fences().back().subject);
  BOOST_TEST(bus->to("my.inbox").size() == 1);
  come_back(fences().back().subject);
  BOOST_TEST(confirmed() == 1);
}

BOOST_AUTO_TEST_CASE(a_copy_whose_fence_was_lost_with_the_connection_is_sent_again) {
  connect();
  tell(publisher, with_copy(result(1)));
  come_back(fences().back().subject);
  reconnect();
  BOOST_TEST(confirmed() == 0);
  come_back(fences().back().subject);
  BOOST_TEST(bus->to("my.inbox").size() == 2);
  come_back(fences().back().subject);
  BOOST_TEST(confirmed() == 1);
}

BOOST_AUTO_TEST_CASE(a_dead_letter_is_confirmed_by_the_stream_that_keeps_it) {
  connect();
  tell(publisher, dead_letter(1));
  BOOST_REQUIRE_EQUAL(dead_letters().size(), 1);
  BOOST_TEST(dead_letters().back().data == "the request");
  BOOST_TEST(bus->to("meme.response.error").size() == 1);
  BOOST_TEST(confirmed() == 0);
  come_back(dead_letters().back().reply, R"({"stream":"MEMES_DEAD","seq":1})");
  BOOST_TEST(confirmed() == 1);
}

BOOST_AUTO_TEST_CASE(a_dead_letter_that_is_not_kept_is_sent_again_but_not_its_error) {
  connect();
  tell(publisher, dead_letter(1));
  come_back(dead_letters().back().reply, R"({"error":{"code":503,"err_code":10077,)"
                                         R"("description":"maximum messages exceeded"},)"
                                         R"("stream":"MEMES_DEAD","seq":0})");
  advance(8s);
  BOOST_TEST(confirmed() == 0);
  BOOST_TEST(dead_letters().size() == 2);
  BOOST_TEST(bus->to("meme.response.error").size() == 1);
}

BOOST_AUTO_TEST_CASE(answers_of_an_ingress_that_died_are_forgotten) {
  tell(publisher, result(1));
  all.ingress = new_ingress();
  announce(publisher);
  connect();
  BOOST_TEST(results().empty());
}

BOOST_AUTO_TEST_SUITE_END()
