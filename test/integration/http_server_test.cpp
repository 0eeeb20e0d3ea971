// The status port by itself: clients that are slow, many, or in the way.
#define BOOST_TEST_MODULE http_server
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <deque>
#include <filesystem>
#include <string>

#include "actors/io/http/http_server.hpp"
#include "actors/io/http/listener.hpp"
#include "test/support/eventually.hpp"

using namespace meme;
using namespace std::chrono_literals;

namespace {

const std::string question = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";

io::unique_fd new_socket() {
  return io::unique_fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
}

/// A client that waits for nothing but the kernel, which connects it to the listener's queue: the
/// server runs on the same thread.
struct client {
  explicit client(const sockaddr_in& server, io::unique_fd own = new_socket())
      : socket{std::move(own)} {
    BOOST_REQUIRE(socket);
    BOOST_REQUIRE(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&server), sizeof server)
                  == 0);
    ::fcntl(socket.get(), F_SETFL, O_NONBLOCK);
  }

  void send(const std::string& bytes) {
    [[maybe_unused]] const auto sent =
        ::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }

  /// Takes what has come.
  void receive() {
    char buffer[4096];
    ssize_t size = 0;
    while ((size = ::recv(socket.get(), buffer, sizeof buffer, 0)) > 0)
      text.append(buffer, static_cast<std::size_t>(size));
    closed = closed || size == 0 || errno != EAGAIN;
  }

  bool is_answered() {
    receive();
    return text.rfind("HTTP/1.1 200", 0) == 0;
  }

  bool is_closed() {
    receive();
    return closed;
  }

  io::unique_fd socket;
  std::string text;
  bool closed = false;
};

struct stage {
  explicit stage(io::server_connection_limits limits = {}) {
    auto listener = io::listen_on("127.0.0.1", 0);
    socklen_t length = sizeof address;
    ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &length);
    server = std::make_unique<io::http_server>(
        loop, std::move(listener),
        [this](const io::server_request&) {
          ++asked;
          return io::server_response{200, "text/plain", answer};
        },
        limits);
  }

  template <class Predicate>
  bool run_until(Predicate&& holds, std::chrono::milliseconds timeout = test::patience) {
    return test::eventually(
        [&] {
          loop.run_once(false);
          ++rounds;
          return holds();
        },
        timeout);
  }

  /// A new connection asks and is answered.
  bool is_alive() {
    client probe{address};
    probe.send(question);
    return run_until([&] { return probe.is_answered(); });
  }

  io::event_loop loop;
  sockaddr_in address{};
  std::unique_ptr<io::http_server> server;
  std::string answer = "well";
  int asked = 0;
  int rounds = 0;
};

std::ptrdiff_t open_descriptors() {
  return std::distance(std::filesystem::directory_iterator{"/proc/self/fd"}, {});
}

} // namespace

BOOST_AUTO_TEST_CASE(a_connection_carries_one_request) {
  stage here;
  client one{here.address};
  one.send(question);
  BOOST_TEST(here.run_until([&] { return one.is_answered() && one.is_closed(); }));
  BOOST_TEST(one.text.find("Connection: close") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(more_connections_than_the_limit_that_close_leave_no_trace) {
  stage here{{64, 64, 5s, 5s}};
  {
    std::deque<client> idle;
    for (auto i = 0; i < 200; ++i)
      idle.emplace_back(here.address);
    BOOST_TEST(here.is_alive());
  }
  BOOST_TEST(here.is_alive());
}

BOOST_AUTO_TEST_CASE(each_of_a_burst_is_answered) {
  stage here{{64, 64, 5s, 5s}};
  std::deque<client> all;
  for (auto i = 0; i < 1'000; ++i) {
    all.emplace_back(here.address);
    all.back().send(question);
  }
  for (auto& each : all)
    BOOST_TEST_REQUIRE(here.run_until([&] { return each.is_answered(); }));
  BOOST_TEST(here.asked == 1'000);
}

BOOST_AUTO_TEST_CASE(a_head_that_comes_a_line_at_a_time_has_a_deadline) {
  stage here{{64, 64, 200ms, 5s}};
  const auto begin = io::event_loop::clock::now();
  client slow{here.address};
  slow.send("GET /livez HTTP/1.1\r\nHost: x\r\n");
  BOOST_TEST(here.run_until([&] {
    slow.send("X: y\r\n");
    return slow.is_closed();
  }));
  BOOST_TEST((io::event_loop::clock::now() - begin >= 200ms));
  BOOST_TEST(here.asked == 0);
}

BOOST_AUTO_TEST_CASE(a_body_that_does_not_end_has_the_same_deadline) {
  stage here{{64, 64, 200ms, 5s}};
  client slow{here.address};
  slow.send("POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n");
  BOOST_TEST(here.run_until([&] {
    slow.send("body");
    return slow.is_closed();
  }));
  BOOST_TEST(here.asked == 0);
}

BOOST_AUTO_TEST_CASE(a_head_of_more_than_8_kib_is_refused) {
  stage here;
  const auto head_of = [](std::size_t bytes) {
    const std::string start = "GET /livez HTTP/1.1\r\nHost: x\r\nX: ";
    return start + std::string(bytes - start.size() - 4, 'x') + "\r\n\r\n";
  };
  client usual{here.address};
  usual.send(head_of(4'096));
  BOOST_TEST(here.run_until([&] { return usual.is_answered(); }));
  client excessive{here.address};
  excessive.send(head_of(8'193));
  BOOST_TEST(here.run_until([&] { return excessive.is_closed(); }));
  BOOST_TEST(!excessive.is_answered());
  BOOST_TEST(here.asked == 1);
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_not_read_has_a_deadline) {
  stage here{{64, 64, 60s, 200ms}};
  here.answer.assign(std::size_t{64} << 20, 'x'); // more than sockets hold
  const auto before = open_descriptors();
  const auto begin = io::event_loop::clock::now();
  client slow{here.address};
  slow.send(question);
  BOOST_TEST(here.run_until([&] { return here.asked == 1; }));
  BOOST_TEST(here.run_until([&] { return open_descriptors() == before + 1; })); // the client's
  BOOST_TEST((io::event_loop::clock::now() - begin >= 200ms));
  BOOST_TEST(here.run_until([&] { return slow.is_closed(); }));
  BOOST_TEST(slow.text.size() < here.answer.size());
}

BOOST_AUTO_TEST_CASE(a_newcomer_takes_the_place_of_the_oldest_that_has_not_asked) {
  stage here{{8, 8, 60s, 60s}};
  std::deque<client> slow;
  for (auto i = 0; i < 8; ++i) {
    slow.emplace_back(here.address);
    slow.back().send("GET /livez HTTP/1.1\r\n");
  }
  BOOST_TEST(here.is_alive());
  BOOST_TEST(here.run_until([&] { return slow.front().is_closed(); }));
  for (auto i = 1U; i < slow.size(); ++i)
    BOOST_TEST(!slow[i].is_closed());
}

// The client's sockets exist before, for this process is the server's too.
BOOST_AUTO_TEST_CASE(pages_are_served_while_no_descriptor_is_left_and_no_time_is_burnt) {
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  stage here{{64, 64, 60s, 60s}};
  here.run_until([] { return true; });
  std::deque<io::unique_fd> sockets;
  for (auto i = 0; i < 40; ++i)
    sockets.push_back(new_socket());
  std::deque<io::unique_fd> filling;
  const rlimit low{256, before.rlim_max};
  BOOST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &low) == 0);
  for (;;) {
    io::unique_fd one{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
    if (!one)
      break;
    filling.push_back(std::move(one));
  }
  std::deque<client> idle; // they take the reserve, and more than it
  for (auto i = 0; i < 20; ++i) {
    idle.emplace_back(here.address, std::move(sockets.front()));
    sockets.pop_front();
  }
  std::deque<client> probes;
  while (!sockets.empty()) {
    probes.emplace_back(here.address, std::move(sockets.front()));
    sockets.pop_front();
    probes.back().send(question);
    BOOST_TEST_REQUIRE(here.run_until([&] { return probes.back().is_answered(); }));
  }
  // Nothing is to be done any more: the loop waits.
  const auto rounds = here.rounds;
  const auto quiet_until = io::event_loop::clock::now() + 300ms;
  here.loop.call_at(quiet_until, [] {});
  while (io::event_loop::clock::now() < quiet_until) {
    here.loop.run_once(true);
    ++here.rounds;
  }
  BOOST_TEST(here.rounds - rounds < 50);
  ::setrlimit(RLIMIT_NOFILE, &before);
  filling.clear();
  BOOST_TEST(here.is_alive());
}

// Nothing can be freed: the listener stays readable, and is left alone for a while.
BOOST_AUTO_TEST_CASE(a_connection_that_cannot_be_taken_burns_no_time_and_is_taken_later) {
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  stage here;
  auto socket = new_socket();
  const rlimit none{3, before.rlim_max}; // the reserve's numbers are beyond it too
  BOOST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  client probe{here.address, std::move(socket)};
  probe.send(question);
  const auto quiet_until = io::event_loop::clock::now() + 300ms;
  here.loop.call_at(quiet_until, [] {});
  while (io::event_loop::clock::now() < quiet_until) {
    here.loop.run_once(true);
    ++here.rounds;
  }
  BOOST_TEST(here.rounds < 50);
  BOOST_TEST(!probe.is_answered());
  ::setrlimit(RLIMIT_NOFILE, &before);
  BOOST_TEST(here.run_until([&] { return probe.is_answered(); }));
}
