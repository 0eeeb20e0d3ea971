// The proxy that the other tests of this folder break the network with: each fault does what it
// says, to open connections and to new ones.
#define BOOST_TEST_MODULE fault_proxy
#include <boost/test/unit_test.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>

#include "actors/io/http/listener.hpp"
#include "actors/io/unique_fd.hpp"
#include "test/support/eventually.hpp"
#include "test/support/fault_proxy.hpp"
#include "test/support/nats_client.hpp"
#include "test/support/nats_server.hpp"
#include "test/support/temporary_folder.hpp"

using namespace meme::test;
using namespace std::chrono_literals;
using meme::io::unique_fd;

namespace {

using clock = std::chrono::steady_clock;

unique_fd connect_to(const std::string& url) {
  unique_fd result{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoul(url.substr(url.rfind(':') + 1))));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(result.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return {};
  return result;
}

bool readable(const unique_fd& fd, std::chrono::milliseconds timeout = patience) {
  pollfd what{fd.get(), POLLIN, 0};
  return ::poll(&what, 1, static_cast<int>(timeout.count())) == 1;
}

void send(const unique_fd& fd, const std::string& bytes) {
  for (std::size_t sent = 0; sent < bytes.size();) {
    const auto size = ::send(fd.get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    BOOST_TEST_REQUIRE(size > 0);
    sent += static_cast<std::size_t>(size);
  }
}

/// Reads `size` bytes, or less where the connection ends.
std::string receive(const unique_fd& fd, std::size_t size) {
  std::string result(size, '\0');
  std::size_t read = 0;
  while (read < size && readable(fd)) {
    const auto got = ::recv(fd.get(), result.data() + read, size - read, 0);
    if (got <= 0)
      break;
    read += static_cast<std::size_t>(got);
  }
  result.resize(read);
  return result;
}

bool closed_within(const unique_fd& fd, std::chrono::milliseconds timeout) {
  char byte = 0;
  return readable(fd, timeout) && ::recv(fd.get(), &byte, 1, 0) <= 0;
}

/// Both ends of connections through a proxy: this test is client and server.
struct network {
  explicit network(std::uint64_t seed = 1)
      : listener{meme::io::listen_on("127.0.0.1", 0)},
        proxy{"tcp://" + meme::io::local_address(listener), seed} {}

  void connect() {
    client = connect_to(proxy.url());
    BOOST_TEST_REQUIRE(static_cast<bool>(client));
    BOOST_TEST_REQUIRE(readable(listener));
    server = unique_fd{::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC)};
    BOOST_TEST_REQUIRE(static_cast<bool>(server));
  }

  void check_works() {
    send(client, "ping");
    BOOST_TEST(receive(server, 4) == "ping");
    send(server, "pong");
    BOOST_TEST(receive(client, 4) == "pong");
  }

  unique_fd listener;
  fault_proxy proxy;
  unique_fd client;
  unique_fd server;
};

} // namespace

BOOST_AUTO_TEST_CASE(without_faults_bytes_and_ends_pass_and_are_counted) {
  network net;
  net.connect();
  net.check_works();
  const std::string much(3'000'000, 'x');
  std::string received;
  // More than the sockets hold: both ends have to move on in turn.
  for (std::size_t i = 0; i < much.size(); i += 100'000) {
    send(net.client, much.substr(i, 100'000));
    received += receive(net.server, 100'000);
  }
  BOOST_TEST((received == much));
  ::shutdown(net.client.get(), SHUT_WR);
  BOOST_TEST(closed_within(net.server, patience));
  send(net.server, "after the client's end");
  BOOST_TEST(receive(net.client, 22) == "after the client's end");
  net.server = {};
  BOOST_TEST(closed_within(net.client, patience));
  BOOST_TEST(eventually([&] { return net.proxy.seen().open == 0; }));
  const auto seen = net.proxy.seen();
  BOOST_TEST(seen.connections == 1u);
  BOOST_TEST(seen.bytes_to_server == 3'000'004u);
  BOOST_TEST(seen.bytes_to_client == 26u);
  BOOST_TEST(seen.bytes_vanished == 0u);
}

BOOST_AUTO_TEST_CASE(new_connections_are_refused_or_dropped) {
  network net;
  net.connect();
  faults what;
  what.newcomers = admission::refuse;
  net.proxy.set(what);
  BOOST_TEST(!connect_to(net.proxy.url()));
  net.check_works();
  what.newcomers = admission::drop;
  net.proxy.set(what);
  const auto dropped = connect_to(net.proxy.url());
  BOOST_TEST((!dropped || closed_within(dropped, patience)));
  net.check_works();
  net.proxy.heal();
  net.connect();
  net.check_works();
}

BOOST_AUTO_TEST_CASE(half_open_connections_stay_and_carry_nothing_until_they_are_cut) {
  network net;
  net.connect();
  net.check_works();
  net.proxy.set(half_open());
  send(net.client, "lost");
  send(net.server, "lost too");
  BOOST_TEST(eventually([&] { return net.proxy.seen().bytes_vanished == 12; }));
  net.server = {}; // nor is this heard of
  BOOST_TEST(!readable(net.client, 200ms));
  net.proxy.heal();
  BOOST_TEST(closed_within(net.client, patience));
  net.connect();
  net.check_works();
}

BOOST_AUTO_TEST_CASE(one_direction_may_vanish_alone) {
  network net;
  net.connect();
  faults what;
  what.to_client.vanish = true;
  net.proxy.set(what);
  send(net.client, "there");
  BOOST_TEST(receive(net.server, 5) == "there");
  send(net.server, "not back");
  BOOST_TEST(eventually([&] { return net.proxy.seen().bytes_vanished == 8; }));
  BOOST_TEST(!readable(net.client, 50ms));
}

BOOST_AUTO_TEST_CASE(nothing_is_read_from_a_side_and_all_of_it_later) {
  network net;
  net.connect();
  faults what;
  what.to_server.stall = true;
  net.proxy.set(what);
  const std::string chunk(100'000, 'x');
  std::size_t sent = 0;
  for (;;) { // until the sockets are full
    const auto size =
        ::send(net.client.get(), chunk.data(), chunk.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (size < 0)
      break;
    sent += static_cast<std::size_t>(size);
  }
  BOOST_TEST(!readable(net.server, 100ms));
  send(net.server, "the other way");
  BOOST_TEST(receive(net.client, 13) == "the other way");
  net.proxy.heal();
  BOOST_TEST(receive(net.server, sent).size() == sent);
}

BOOST_AUTO_TEST_CASE(a_side_that_hangs_up_while_stalled_is_seen_later) {
  network net;
  net.connect();
  faults what;
  what.to_server.stall = what.to_client.stall = true;
  net.proxy.set(what);
  send(net.client, "last words");
  ::shutdown(net.client.get(), SHUT_WR);
  ::shutdown(net.server.get(), SHUT_WR);
  net.proxy.heal();
  BOOST_TEST(receive(net.server, 100) == "last words");
  BOOST_TEST(closed_within(net.client, patience));
}

BOOST_AUTO_TEST_CASE(delay_and_throttle_take_their_time) {
  network net;
  net.connect();
  faults what;
  what.to_server.delay = 200ms;
  what.to_server.jitter = 50ms;
  net.proxy.set(what);
  auto begin = clock::now();
  send(net.client, "slow");
  send(net.client, "er");
  BOOST_TEST(receive(net.server, 6) == "slower");
  BOOST_TEST((clock::now() - begin >= 200ms));
  what = {};
  what.to_client.bytes_per_second = 100'000;
  net.proxy.set(what);
  begin = clock::now();
  send(net.server, std::string(30'000, 'x'));
  BOOST_TEST(receive(net.client, 30'000).size() == 30'000u);
  const auto took = std::chrono::duration<double>(clock::now() - begin).count();
  BOOST_TEST_MESSAGE("30,000 bytes at 100,000 bytes/s took " << took << " s");
  BOOST_TEST(took >= 0.25);
}

BOOST_AUTO_TEST_CASE(connections_are_cut_at_once_or_after_so_many_bytes) {
  network net;
  net.connect();
  net.check_works();
  faults what;
  what.to_server.cut_after_bytes = 10;
  net.proxy.set(what);
  send(net.client, "0123456789abc");
  BOOST_TEST(closed_within(net.client, patience));
  BOOST_TEST(net.proxy.seen().bytes_to_server == 14u);
  net.proxy.heal();
  net.connect();
  net.check_works();
  net.proxy.cut();
  BOOST_TEST(closed_within(net.client, patience));
  BOOST_TEST(closed_within(net.server, patience));
  BOOST_TEST(net.proxy.seen().open == 0u);
}

BOOST_AUTO_TEST_CASE(a_server_that_moves_is_no_longer_where_it_was) {
  network net;
  net.connect();
  net.check_works();
  net.proxy.move_to("127.0.0.2");
  BOOST_TEST(closed_within(net.client, patience));
  BOOST_TEST(!connect_to(net.proxy.url()));
  net.proxy.move_to("127.0.0.1");
  net.connect();
  net.check_works();
}

BOOST_AUTO_TEST_CASE(a_silenced_connection_stays_silent_and_new_ones_are_served) {
  network net;
  net.connect();
  net.check_works();
  net.proxy.silence();
  send(net.client, "lost");
  BOOST_TEST(eventually([&] { return net.proxy.seen().bytes_vanished == 4; }));
  net.proxy.heal();
  send(net.client, "lost");
  BOOST_TEST(eventually([&] { return net.proxy.seen().bytes_vanished == 8; }));
  BOOST_TEST(!readable(net.server, 0ms));
  net.connect(); // closes the silent one
  net.check_works();
  BOOST_TEST(eventually([&] { return net.proxy.seen().open == 1; }));
  BOOST_TEST(net.proxy.seen().silenced == 1u);
}

BOOST_AUTO_TEST_CASE(an_idle_connection_is_forgotten) {
  network net;
  net.connect();
  faults forgetful;
  forgetful.forgets_idle_after = 1ms;
  net.proxy.set(forgetful);
  // Each look below takes longer than the connection may be idle.
  BOOST_TEST(eventually([&] {
    send(net.client, "x");
    return net.proxy.seen().silenced == 1;
  }));
  BOOST_TEST(!closed_within(net.client, 0ms));
}

BOOST_AUTO_TEST_CASE(a_seed_garbles_the_same_bytes_again) {
  const std::string sent(20'000, 'x');
  auto garbled = [&](std::uint64_t seed) {
    network net{seed};
    faults what;
    what.to_server.garbled_share = 0.01;
    net.proxy.set(what);
    net.connect();
    send(net.client, sent);
    return receive(net.server, sent.size());
  };
  const auto first = garbled(7);
  const auto changed =
      first.size() - static_cast<std::size_t>(std::count(first.begin(), first.end(), 'x'));
  BOOST_TEST_MESSAGE(changed << " of 20,000 bytes garbled");
  BOOST_TEST(changed > 100u);
  BOOST_TEST(changed < 300u);
  BOOST_TEST((garbled(7) == first));
  BOOST_TEST((garbled(8) != first));
}

BOOST_AUTO_TEST_CASE(a_server_may_come_and_go_behind_it) {
  temporary_folder folder;
  nats_server nats{folder.path()};
  fault_proxy path{nats.url()};
  BOOST_TEST(path.url().substr(0, 7) == "nats://");
  nats.kill9();
  BOOST_CHECK_THROW(nats_client{path.url()}, std::runtime_error);
  nats.start();
  nats_client client{path.url()};
  auto mail = client.subscribe("news");
  client.publish("news", "through");
  BOOST_TEST(mail.next().data == "through");
}
