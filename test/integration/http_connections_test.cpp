// How the HTTP client treats connections: each request is sent once, closed and silent ones are not
// used, and names are looked up again.
#define BOOST_TEST_MODULE http_connections
#include <boost/test/unit_test.hpp>

#include <dlfcn.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <atomic>
#include <fstream>
#include <sstream>

#include "test/support/http_calls.hpp"
#include "test/support/raw_model.hpp"
#include "test/support/stopwatch.hpp"

using namespace meme;
using namespace meme::test;
using namespace std::chrono_literals;
using io::transfer_error;

namespace {

std::atomic<const char*> moving_address{"127.0.0.1"};
std::atomic<int> lookups{0};

const std::string picture = raw_model::reply(200, {}, "a picture");

/// This process' connections to `port` that the other side has closed and we have not.
std::size_t half_closed(std::uint16_t port) {
  std::size_t count = 0;
  std::ifstream table{"/proc/self/net/tcp"};
  for (std::string line; std::getline(table, line);) {
    std::istringstream words{line};
    std::string slot;
    std::string local;
    std::string remote;
    std::string state;
    words >> slot >> local >> remote >> state;
    const auto colon = remote.find(':');
    if (colon != remote.npos && state == "08"
        && std::stoul(remote.substr(colon + 1), nullptr, 16) == port)
      ++count;
  }
  return count;
}

/// After how many milliseconds without an acknowledgement the kernel gives up this process'
/// connection to `port`; 0: that is left to it, or there is no connection.
unsigned acknowledgement_limit(std::uint16_t port) {
  for (int fd = 3; fd < 1'024; ++fd) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0
        || peer.sin_family != AF_INET || peer.sin_port != htons(port))
      continue;
    unsigned limit_ms = 0;
    size = sizeof limit_ms;
    ::getsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit_ms, &size);
    return limit_ms;
  }
  return 0;
}

} // namespace

/// In place of the C library's: the name server of these tests.
extern "C" int getaddrinfo(const char* host, const char* service, const addrinfo* hints,
                           addrinfo** result) {
  using function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto real = reinterpret_cast<function>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  if (host == nullptr || std::string_view{host} != "moving.test")
    return real(host, service, hints, result);
  ++lookups;
  return real(moving_address.load(), service, hints, result);
}

BOOST_FIXTURE_TEST_SUITE(http_connections, http_calls)

BOOST_AUTO_TEST_CASE(a_request_whose_connection_closes_without_an_answer_is_sent_once) {
  std::atomic<bool> dying{false};
  raw_model model{[&](const raw_call& call) -> std::optional<std::string> {
    return dying && call.number > 1 ? "" : picture;
  }};
  BOOST_TEST_REQUIRE(call_many(model.url(), 20));
  const auto before = model.calls().size();
  dying = true;
  const auto failed = call(model.url());
  BOOST_TEST((failed.error == transfer_error::stale), failed.error_text);
  BOOST_TEST(model.calls().size() == before + 1);
  // The other idle connections are as old: the next request gets a new one.
  BOOST_TEST(call(model.url()).body == "a picture");
  BOOST_TEST(model.calls().size() == before + 2);
}

BOOST_AUTO_TEST_CASE(a_connection_that_fell_silent_is_not_used_again) {
  limits.timeout = 400ms;
  std::atomic<bool> silent{false};
  raw_model model{[&](const raw_call& call) -> std::optional<std::string> {
    if (silent && call.number > 1)
      return std::nullopt;
    return picture;
  }};
  BOOST_TEST_REQUIRE(call_many(model.url(), 10));
  silent = true;
  BOOST_TEST((call(model.url()).error == transfer_error::timeout));
  BOOST_TEST(call(model.url()).body == "a picture");
}

BOOST_AUTO_TEST_CASE(a_connection_that_does_not_come_up_in_time_is_given_up) {
  limits.connect_timeout = 300ms;
  const auto silent = io::listen_on("127.0.0.1", 0); // the kernel connects, and nobody speaks TLS
  const stopwatch since_begin;
  const auto reply = call("https://" + io::local_address(silent));
  BOOST_TEST((reply.error == transfer_error::timeout), reply.error_text);
  BOOST_TEST(since_begin.seconds() >= 0.3);
}

BOOST_AUTO_TEST_CASE(a_body_that_stops_coming_ends_the_call) {
  limits.stall_timeout = 300ms;
  raw_model model{[](const raw_call&) {
    return "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf a picture";
  }};
  const auto reply = call(model.url()); // its whole time is two minutes
  BOOST_TEST((reply.error == transfer_error::stalled), reply.error_text);
}

// That nothing is acknowledged takes a network that loses packets: the kernel's part is believed.
BOOST_AUTO_TEST_CASE(a_connection_that_acknowledges_nothing_is_given_up_after_30_s) {
  raw_model model{[](const raw_call&) { return picture; }};
  BOOST_TEST_REQUIRE(call(model.url()).body == "a picture");
  BOOST_TEST(acknowledgement_limit(model.port()) == 30'000u);
}

BOOST_AUTO_TEST_CASE(connections_that_the_other_side_has_closed_are_closed) {
  raw_model model{[](const raw_call&) { return picture; }};
  BOOST_TEST_REQUIRE(call_many(model.url(), 30));
  BOOST_TEST_REQUIRE(run_until([&] { return model.open_connections() > 0; }));
  BOOST_TEST_MESSAGE(model.open_connections() << " idle connections");
  model.close_connections();
  BOOST_TEST_REQUIRE(run_until([&] { return model.open_connections() == 0; }));
  BOOST_TEST(run_until([&] { return half_closed(model.port()) == 0; }));
  BOOST_TEST(call(model.url()).body == "a picture");
}

BOOST_AUTO_TEST_CASE(a_name_that_moved_is_looked_up_after_a_failure_to_connect) {
  auto before = std::make_unique<raw_model>([](const raw_call&) { return picture; });
  const auto port = before->port();
  const auto url = "http://moving.test:" + std::to_string(port) + "/models/raw";
  moving_address = "127.0.0.1";
  BOOST_TEST_REQUIRE(call(url).body == "a picture");
  raw_model after{[](const raw_call&) { return raw_model::reply(200, {}, "from there"); },
                  "127.0.0.2", port};
  before.reset();
  moving_address = "127.0.0.2";
  const auto asked = lookups.load();
  const auto failed = call(url); // the address known is the old one, or its connection
  BOOST_TEST((failed.error == transfer_error::connect || failed.error == transfer_error::stale));
  if (failed.error == transfer_error::stale)
    call(url);
  BOOST_TEST(call(url).body == "from there");
  BOOST_TEST(lookups > asked);
}

BOOST_AUTO_TEST_CASE(a_secret_does_not_go_in_clear_to_another_machine) {
  io::http_client owner{loop, limits};
  io::http_transfer transfer{owner};
  transfer.easy = curl_easy_init();
  transfer.request.url = "http://model.test/";
  transfer.request.is_confidential = true;
  BOOST_TEST(!transfer.may_send("10.0.0.1"));
  BOOST_TEST(transfer.reply.error_text.find("10.0.0.1") != std::string::npos);
  BOOST_TEST(transfer.may_send("127.0.0.1"));
  transfer.sent = false;
  transfer.request.url = "https://model.test/";
  BOOST_TEST(transfer.may_send("10.0.0.1"));
  curl_easy_cleanup(transfer.easy);
}

BOOST_AUTO_TEST_SUITE_END()
