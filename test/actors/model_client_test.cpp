#define BOOST_TEST_MODULE model client
#include <boost/test/unit_test.hpp>

#include "actors/generator/model_client.hpp"
#include "test/actors/loop_fixture.hpp"
#include "test/actors/loopback.hpp"
#include "test/unit/samples.hpp"

using namespace meme;
using namespace meme::test;

namespace {

std::string reply(int status, const std::string& type, const std::string& body,
                  const std::string& header = {}) {
  return "HTTP/1.1 " + std::to_string(status) + " words\r\nContent-Type: " + type
         + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + header + "\r\n" + body;
}

/// The test plays the model, byte by byte, and the generator.
struct client_fixture : loop_fixture<model_client> {
  loopback model;
  std::vector<far_end> links; ///< in the order in which they came

  client_fixture() {
    shared->options.generator.token = "secret";
    all.generator = new_generator();
  }
  ~client_fixture() { stop(); }

  void start() {
    spawn(make_model_client_config(*shared));
    announce(actor);
  }

  void ask(std::uint64_t number) {
    auto spec = std::make_shared<picture_spec>();
    spec->url = "http://" + model.address() + "/models/some";
    spec->inputs = "a cat";
    tell(actor, call{number, spec});
  }

  /// As `until`, with virtual time: libcurl has timers of its own.
  template <class Condition>
  void wait_for(Condition reached) {
    until([&] {
      sched.advance_time(1ms);
      return reached();
    });
  }

  void accept() {
    wait_for([this] { return model.accept(links); });
  }

  /// The request that came over the newest connection, once it is whole.
  std::string expect_request() {
    auto& bytes = links.back().received();
    wait_for([&] {
      links.back().received();
      return !bytes.empty() && bytes.back() == '}'; // the body is an object of JSON
    });
    return std::exchange(bytes, {});
  }

  void answer(const std::string& bytes) { links.back().send(bytes); }

  called expect_end(std::uint64_t number) {
    wait_for([this] { return ends_ < seen.called_ones.size(); });
    auto end = seen.called_ones[ends_++];
    BOOST_TEST(end.number == number);
    return end;
  }

  bool ended() {
    turn();
    return ends_ < seen.called_ones.size();
  }

  double in_flight() const { return shared->metrics->calls_in_flight.Value(); }
  double calls() const { return shared->metrics->calls.Value(); }

private:
  std::size_t ends_ = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(client, client_fixture)

BOOST_AUTO_TEST_CASE(a_call_is_one_post_that_ends_with_a_picture) {
  start();
  ask(1);
  accept();
  const auto request = expect_request();
  BOOST_TEST(request.find("POST /models/some HTTP/1.1\r\n") == 0);
  BOOST_TEST(request.find("Authorization: Bearer secret\r\n") != std::string::npos);
  BOOST_TEST(request.find("a cat") != std::string::npos);
  BOOST_TEST(in_flight() == 1);
  answer(reply(200, "image/png", png(2, 3)));
  const auto end = expect_end(1);
  BOOST_REQUIRE(end.picture);
  BOOST_TEST(end.picture->bytes == png(2, 3));
  BOOST_TEST(in_flight() == 0);
  BOOST_TEST(calls() == 1);
}

BOOST_AUTO_TEST_CASE(the_next_call_uses_the_same_connection) {
  start();
  for (std::uint64_t number : {1, 2}) {
    ask(number);
    if (number == 1)
      accept();
    expect_request();
    answer(reply(200, "image/png", png(2, 3)));
    expect_end(number);
  }
  BOOST_TEST(!model.accept(links));
}

BOOST_AUTO_TEST_CASE(what_the_model_says_of_a_failure_is_judged) {
  start();
  ask(1);
  accept();
  expect_request();
  answer(reply(503, "application/json", R"({"error":"loading"})", "Retry-After: 7\r\n"));
  const auto end = expect_end(1);
  BOOST_TEST(!end.picture);
  BOOST_TEST((end.verdict.kind != verdict_kind::picture));
}

// The generator decides whether there is another call.
BOOST_AUTO_TEST_CASE(a_connection_that_breaks_in_an_answer_ends_the_call) {
  start();
  ask(1);
  accept();
  expect_request();
  answer("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 1000\r\n\r\nbegin");
  links.back().close();
  const auto end = expect_end(1);
  BOOST_TEST(!end.picture);
  BOOST_TEST(in_flight() == 0);
  BOOST_TEST(shared->budget->used() == 0);
  BOOST_TEST(calls() == 1);
  ask(2);
  accept();
}

BOOST_AUTO_TEST_CASE(an_answer_that_stops_in_the_middle_ends_after_the_stall_timeout) {
  start();
  ask(1);
  accept();
  expect_request();
  answer("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 1000\r\n\r\nbegin");
  until([this] { return shared->budget->used() == 1000; });
  pass(19s); // of generator.stall-timeout, 20 s
  BOOST_TEST(!ended());
  pass(3s);
  const auto end = expect_end(1);
  BOOST_TEST(!end.picture);
  BOOST_TEST(links.back().closed());
  BOOST_TEST(shared->budget->used() == 0);
}

BOOST_AUTO_TEST_CASE(a_body_that_is_larger_than_allowed_is_refused) {
  shared->options.generator.max_body_bytes = 100;
  start();
  ask(1);
  accept();
  expect_request();
  answer(reply(200, "image/png", std::string(101, 'x')));
  BOOST_TEST(!expect_end(1).picture);
  BOOST_TEST(shared->budget->used() == 0);
}

// Degraded: pictures fill the memory that they may take.
BOOST_AUTO_TEST_CASE(a_body_waits_in_its_socket_while_the_byte_budget_is_used_up) {
  start();
  shared->budget->add(1 << 20);
  ask(1);
  accept();
  expect_request();
  answer(reply(200, "image/png", png(2, 3)));
  pass(1s);
  BOOST_TEST(!ended());
  shared->budget->remove(1 << 20);
  BOOST_TEST(expect_end(1).picture != nullptr);
}

BOOST_AUTO_TEST_CASE(a_picture_counts_in_the_byte_budget_while_somebody_has_it) {
  start();
  ask(1);
  accept();
  expect_request();
  answer(reply(200, "image/png", png(2, 3) + "foreign bytes"));
  BOOST_TEST(expect_end(1).picture->bytes == png(2, 3));
  BOOST_TEST(shared->budget->used() == png(2, 3).size());
  seen.called_ones.clear();
  BOOST_TEST(shared->budget->used() == 0);
}

// To tell calls apart is the generator's task.
BOOST_AUTO_TEST_CASE(a_call_that_is_handed_over_twice_is_made_twice) {
  start();
  ask(1);
  accept();
  ask(1);
  expect_request();
  accept();
  expect_request();
  BOOST_TEST(in_flight() == 2);
  for (auto& link : links)
    link.send(reply(200, "image/png", png(2, 3)));
  expect_end(1);
  expect_end(1);
}

BOOST_AUTO_TEST_CASE(while_the_generator_is_restarted_ends_are_dropped) {
  start();
  ask(1);
  accept();
  expect_request();
  all.generator = nullptr;
  announce(actor);
  answer(reply(200, "image/png", png(2, 3)));
  wait_for([this] { return in_flight() == 0; });
  all.generator = new_generator();
  announce(actor);
  ask(2);
  expect_request();
  answer(reply(200, "image/png", png(2, 3)));
  expect_end(2);
}

BOOST_AUTO_TEST_CASE(at_its_end_a_call_that_is_still_connecting_is_given_up) {
  start();
  ask(1);
  accept(); // the kernel has connected it, libcurl has not looked yet
  stop();
  BOOST_TEST(!alive());
  BOOST_TEST(in_flight() == 0);
}

BOOST_AUTO_TEST_CASE(at_its_end_calls_are_given_up_and_not_counted_any_more) {
  start();
  ask(1);
  accept();
  expect_request();
  stop();
  until([this] { return links.back().closed(); });
  BOOST_TEST(in_flight() == 0);
  BOOST_TEST(!ended());
}

BOOST_AUTO_TEST_SUITE_END()
