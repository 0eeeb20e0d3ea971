// The status port under a flood: /livez is answered whatever else connects.
#define BOOST_TEST_MODULE status_pages
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <deque>

#include "test/support/sanitized.hpp"
#include "test/support/stopwatch.hpp"
#include "test/support/world.hpp"

using namespace meme;
using namespace meme::test;

namespace {

io::unique_fd connect_to(std::uint16_t port) {
  io::unique_fd socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in server{};
  server.sin_family = AF_INET;
  server.sin_port = htons(port);
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto* address = reinterpret_cast<const sockaddr*>(&server);
  BOOST_TEST_REQUIRE(::connect(socket.get(), address, sizeof server) == 0);
  return socket;
}

void send(const io::unique_fd& socket, const std::string& bytes) {
  [[maybe_unused]] const auto sent =
      ::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

struct flooded {
  explicit flooded(world_settings settings = {}) : here{with_pages(std::move(settings), pages)} {}

  static world_settings with_pages(world_settings settings, const port_lease& pages) {
    settings.variables["METRICS_ADDR"] = pages.address();
    return settings;
  }

  /// How long one probe took, in milliseconds. It has to be answered.
  double probe() {
    const stopwatch since_begin;
    BOOST_TEST(here.memes->page("/livez").status == 200);
    return since_begin.seconds() * 1'000;
  }

  port_lease pages;
  world here;
};

double percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

} // namespace

BOOST_FIXTURE_TEST_CASE(livez_while_300_hold_a_connection_and_10_000_try, flooded) {
  std::deque<io::unique_fd> idle;
  for (auto i = 0; i < 300; ++i) {
    idle.push_back(connect_to(pages.port()));
    if (i % 2 == 0)
      send(idle.back(), "GET /livez HTTP/1.1\r\nHost: x\r\n");
  }
  std::deque<io::unique_fd> attempts;
  std::vector<double> times;
  for (auto i = 0; i < 10'000; ++i) {
    attempts.push_back(connect_to(pages.port()));
    send(attempts.back(), "GET /metrics HTTP/1.1\r\n");
    if (attempts.size() > 100)
      attempts.pop_front();
    if (i % 50 == 0) {
      for (auto& each : idle)
        send(each, "X: y\r\n");
      times.push_back(probe());
    }
  }
  BOOST_TEST_MESSAGE("/livez under a flood: median " << percentile(times, 0.5) << " ms, p99 "
                                                     << percentile(times, 0.99) << " ms, longest "
                                                     << percentile(times, 1) << " ms");
  BOOST_TEST(percentile(times, 0.99) < 500 * slowdown);
  // The queue is served meanwhile, and nothing is left behind.
  here.ask(request("cat", "a cat"));
  BOOST_TEST(json{here.next_result().data}.text("/request_id") == "cat");
  idle.clear();
  attempts.clear();
  BOOST_TEST(probe() < 5'000);
}

BOOST_FIXTURE_TEST_CASE(livez_while_nats_redis_and_the_model_are_away, flooded) {
  here.nats.kill9();
  here.redis.kill9();
  here.model.kill9();
  std::deque<io::unique_fd> idle;
  for (auto i = 0; i < 600; ++i)
    idle.push_back(connect_to(pages.port()));
  for (auto i = 0; i < 20; ++i)
    probe();
  BOOST_TEST(here.memes->page("/metrics").status == 200);
  BOOST_TEST(here.memes->page("/readyz").status == 503);
}

// As in a container with few descriptors: the pages take their share and no more.
BOOST_AUTO_TEST_CASE(livez_while_descriptors_are_few_and_all_taken) {
  // A sanitizer asks by a pipe whether memory may be read: without descriptors it ends the service.
  if (sanitized)
    return;
  const rlimit few{96, 96};
  flooded stage;
  auto& process = stage.here.memes->process();
  BOOST_REQUIRE(::prlimit(process.pid(), RLIMIT_NOFILE, &few, nullptr) == 0);
  std::deque<io::unique_fd> idle;
  for (auto i = 0; i < 300; ++i)
    idle.push_back(connect_to(stage.pages.port()));
  for (auto i = 0; i < 20; ++i)
    stage.probe();
  const auto cpu = [&] { return stage.here.memes->metric("process_cpu_seconds_total"); };
  const auto begin = cpu();
  const stopwatch since_begin;
  eventually([&] { return since_begin.seconds() > 1; });
  const auto used = cpu() - begin;
  BOOST_TEST_MESSAGE("no descriptor left: " << used << " s of CPU in a second");
  BOOST_TEST(used < 0.5 * slowdown);
}
