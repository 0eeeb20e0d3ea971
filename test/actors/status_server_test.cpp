#define BOOST_TEST_MODULE status server
#include <boost/test/unit_test.hpp>

#include <sys/resource.h>

#include "actors/metrics/status_server.hpp"
#include "test/actors/loop_fixture.hpp"
#include "test/actors/loopback.hpp"

using namespace meme;
using namespace meme::test;

namespace {

/// Lowers the limit of descriptors, from which the bounds on connections follow.
struct file_limit {
  explicit file_limit(rlim_t files) {
    ::getrlimit(RLIMIT_NOFILE, &before);
    auto lower = before;
    lower.rlim_cur = files;
    BOOST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &lower) == 0);
  }
  ~file_limit() { ::setrlimit(RLIMIT_NOFILE, &before); }
  rlimit before{};
};

/// The test plays Prometheus, Kubernetes and the supervisor.
struct status_fixture : loop_fixture<status_server> {
  std::shared_ptr<io::unique_fd> listener =
      std::make_shared<io::unique_fd>(io::listen_on("127.0.0.1", 0));

  status_fixture() { all.supervisor = new_supervisor(); }
  ~status_fixture() { stop(); }

  void start() {
    spawn(make_status_server_config(*shared, listener));
    announce(actor);
  }

  far_end connect() const { return loopback::connect_to(*listener); }

  /// The whole answer, head and body.
  std::string ask(const std::string& path, const std::string& method = "GET") {
    auto client = connect();
    client.send(method + ' ' + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    until([&] { return client.closed(); });
    return client.received();
  }

  void expect(const std::string& path, int status, const std::string& body) {
    const auto answer = ask(path);
    BOOST_TEST(answer.substr(0, 12) == "HTTP/1.1 " + std::to_string(status));
    BOOST_TEST(answer.substr(answer.find("\r\n\r\n") + 4) == body);
  }

  void say(const std::string& part, bool well, const std::string& reason = {}) {
    tell(actor, health{part, well, reason});
  }

  void say_all_well() {
    for (const auto* part : {"nats", "consumer", "actors"})
      say(part, true);
  }
};

const std::string ready = R"({"ready":true})";
const std::string live = R"({"live":true})";

} // namespace

BOOST_FIXTURE_TEST_SUITE(pages, status_fixture)

BOOST_AUTO_TEST_CASE(at_the_start_no_part_is_ready) {
  start();
  expect("/readyz", 503,
         R"({"ready":false,"reasons":{"actors":"starting",)"
         R"("consumer":"the consumer is not bound yet","nats":"not connected to NATS yet"}})");
}

BOOST_AUTO_TEST_CASE(with_every_part_well_it_is_ready) {
  start();
  say("nats", true);
  say("consumer", true);
  BOOST_TEST(ask("/readyz").find("HTTP/1.1 503") == 0);
  say("actors", true);
  expect("/readyz", 200, ready);
  expect("/healthz", 200, ready);
}

BOOST_AUTO_TEST_CASE(the_last_word_on_a_part_counts) {
  start();
  say_all_well();
  say("nats", false, "first");
  say("nats", false, "second\nline");
  BOOST_TEST(ask("/readyz").find("first") == std::string::npos);
  BOOST_TEST(ask("/readyz").find("\\n") == std::string::npos); // it may quote a server
  say("nats", true);
  say("nats", true);
  expect("/readyz", 200, ready);
}

BOOST_AUTO_TEST_CASE(a_part_that_nobody_knew_counts_as_well) {
  start();
  say_all_well();
  say("progress", false, "nothing moves");
  expect("/readyz", 503, R"({"ready":false,"reasons":{"progress":"nothing moves"}})");
}

BOOST_AUTO_TEST_CASE(it_is_live_for_a_minute_after_the_supervisor_was_heard) {
  start();
  pass(59'990ms);
  expect("/livez", 200, live);
  pass(10ms);
  expect("/livez", 503, R"({"live":false,"reason":"the supervisor is silent"})");
  say("actors", false, "starting");
  expect("/livez", 200, live);
}

BOOST_AUTO_TEST_CASE(the_metrics_are_those_of_the_registry) {
  start();
  shared->metrics->requests.Increment(3);
  const auto answer = ask("/metrics");
  BOOST_TEST(answer.find("HTTP/1.1 200") == 0);
  BOOST_TEST(answer.find("text/plain; version=0.0.4") != std::string::npos);
  BOOST_TEST(answer.find("_requests_total 3\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(anything_else_is_not_found) {
  start();
  expect("/", 404, R"({"error":"not found"})");
  BOOST_TEST(ask("/metrics", "POST").find("HTTP/1.1 404") == 0);
  BOOST_TEST(ask("/chaos/kill?actor=cache", "POST").find("HTTP/1.1 404") == 0);
  BOOST_TEST(seen.killed.empty());
}

BOOST_AUTO_TEST_CASE(where_it_is_allowed_the_supervisor_is_told_to_end_a_child) {
  shared->options.supervisor.chaos = true;
  start();
  BOOST_TEST(ask("/chaos/kill?actor=cache", "POST").find("HTTP/1.1 202") == 0);
  BOOST_TEST(ask("/chaos/mute?actor=generator", "POST").find("HTTP/1.1 202") == 0);
  BOOST_TEST(seen.killed == std::vector<std::string>{"cache"}, boost::test_tools::per_element());
  BOOST_TEST(seen.muted == std::vector<std::string>{"generator"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(without_a_supervisor_the_pages_are_served) {
  all.supervisor = nullptr;
  shared->options.supervisor.chaos = true;
  start();
  BOOST_TEST(ask("/chaos/kill?actor=cache", "POST").find("HTTP/1.1 202") == 0);
  all.supervisor = new_supervisor();
  announce(actor);
  ask("/chaos/kill?actor=ingress", "POST");
  BOOST_TEST(seen.killed == std::vector<std::string>{"ingress"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_client_that_keeps_its_request_back_is_closed_after_five_seconds) {
  start();
  auto client = connect();
  client.send("GET /livez HTTP/1.1\r\n");
  turn();
  pass(4'980ms);
  BOOST_TEST(!client.closed());
  for (auto i = 0; i < 100 && !client.closed(); ++i)
    pass(step);
  BOOST_TEST(client.closed());
  BOOST_TEST(client.received().empty());
}

BOOST_AUTO_TEST_CASE(a_newcomer_takes_the_place_of_the_client_that_was_silent_for_longest) {
  const file_limit files{256}; // 64 connections in all, 32 of one address
  start();
  std::vector<far_end> silent;
  for (auto i = 0; i < 32; ++i) {
    silent.push_back(connect());
    pass(step);
  }
  BOOST_TEST(!silent[0].closed());
  expect("/livez", 200, live);
  until([&] { return silent[0].closed(); });
  BOOST_TEST(!silent[1].closed());
}

BOOST_AUTO_TEST_CASE(a_successor_answers_on_the_same_socket) {
  start();
  auto open = connect();
  open.send("GET /livez HTTP/1.1\r\n");
  turn();
  stop();
  until([&] { return open.closed(); });
  auto waits = connect();
  waits.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
  start();
  until([&] { return waits.closed(); });
  BOOST_TEST(waits.received().find("HTTP/1.1 200") == 0);
}

BOOST_AUTO_TEST_SUITE_END()
