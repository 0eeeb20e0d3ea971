// Under load each part is killed in turn: once it is back, new requests are answered again within
// ten seconds.
#define BOOST_TEST_MODULE recovery
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <functional>

#include "test/support/request_feed.hpp"
#include "test/support/sanitized.hpp"
#include "test/support/world.hpp"

using namespace meme::test;

namespace {

using clock = std::chrono::steady_clock;
using seconds = std::chrono::duration<double>;

/// What two cores carry beside all the servers; a sanitizer takes most of that.
constexpr double rate = sanitized ? 50 : 500;

constexpr double limit_s = 10;

world_settings load_settings() {
  world_settings settings;
  settings.model_arguments = {"--latency", "50", "--fixed-bytes", "2000"};
  // What an ingress held that has been killed comes back after ack_wait; the others do not wait.
  settings.variables = {{"MAX_IN_FLIGHT", "200"}, {"MEME_INGRESS_ACK_WAIT", "5s"}};
  return settings;
}

std::string numbered_request(std::uint64_t number) {
  return request(std::to_string(number), "picture " + std::to_string(number));
}

/// A world under load.
struct loaded_world {
  world here{load_settings()};
  std::uint64_t newest = 0; ///< the highest number that has been answered
  std::size_t answers = 0;
  request_feed feed{here.nats.url(), rate, numbered_request};

  void look() {
    for (const auto& each : here.results.take()) {
      newest = std::max<std::uint64_t>(newest, std::stoull(json{each.data}.text("/request_id")));
      ++answers;
    }
  }

  /// Waits for an answer that is not here yet.
  void wait_for_an_answer() {
    look();
    const auto before = answers;
    BOOST_TEST_REQUIRE(eventually([&] {
      look();
      return answers > before;
    }));
  }

  /// Waits until a request is answered that is queued after now.
  void catch_up() {
    const auto before = feed.stored();
    BOOST_TEST_REQUIRE(eventually(
        [&] {
          look();
          return newest > before;
        },
        std::chrono::minutes{2}));
  }

  /// `lose` returns once the loss has been noticed, `bring_back` once the part is back.
  void check_recovery(const char* part, const std::function<void()>& lose,
                      const std::function<void()>& bring_back) {
    catch_up();
    lose();
    look();
    const auto start = clock::now();
    bring_back();
    wait_for_an_answer();
    const auto took = seconds{clock::now() - start}.count();
    catch_up();
    BOOST_TEST_MESSAGE(
        part << ": answers again " << took << " s after its start, all caught up after "
             << seconds{clock::now() - start}.count() << " s, at " << rate << " requests/s");
    BOOST_TEST(took < limit_s);
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(each_part_is_killed_in_turn_under_load, loaded_world) {
  auto& service = here.memes;
  check_recovery(
      "NATS",
      [&] {
        here.nats.kill9();
        BOOST_TEST(eventually([&] { return service->page("/readyz").status == 503; }));
      },
      [&] { here.nats.start(); });
  const auto redis_is = [&](int state) {
    return eventually([&] { return service->metric("meme_generator_redis_connected") == state; });
  };
  check_recovery(
      "Redis",
      [&] {
        here.redis.kill9();
        BOOST_TEST(redis_is(0));
      },
      [&] {
        here.redis.start();
        BOOST_TEST(redis_is(1));
      });
  check_recovery(
      "the model",
      [&] {
        here.model.kill9();
        BOOST_TEST(eventually(
            [&] { return service->metric("meme_generator_breaker_openings_total") >= 1; }));
      },
      [&] { here.model.start(); });
  check_recovery(
      "the service", [&] { service->kill9(); }, [&] { here.restart_service(); });
  feed.stop();
  BOOST_TEST(here.drained());
}
