// The HTTP client by itself, against the model's stand-in.
#define BOOST_TEST_MODULE http_client
#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "actors/io/http/http_client.hpp"
#include "test/support/eventually.hpp"
#include "test/support/sketch_server.hpp"
#include "test/support/temporary_folder.hpp"

using namespace meme;
using namespace meme::test;
using namespace std::chrono_literals;

namespace {

struct http_fixture {
  temporary_folder folder;
  sketch_server model{folder.path(), {"--fixed-bytes", "50000"}};
  io::event_loop loop;
  std::shared_ptr<io::byte_budget> budget = std::make_shared<io::byte_budget>(100'000);
  io::http_limits limits;
  std::size_t pictures = 0;

  http_fixture() {
    limits.budget = budget;
    limits.max_connections = 1'000;
  }

  void post(io::http_client& client, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      client.post({model.model_url(), {"Content-Type: application/json"}, R"({"inputs": "a cat"})"},
                  [this](const io::http_reply& reply) {
                    BOOST_TEST(reply.error_text == "");
                    BOOST_TEST(reply.body.size() == 50'000u);
                    ++pictures;
                  });
  }

  std::ptrdiff_t answered() const {
    const auto calls = model.journal();
    return std::count_if(calls.begin(), calls.end(),
                         [](const model_call& each) { return each.status == 200; });
  }

  template <class Condition>
  bool run_until(Condition done) {
    return eventually([&] {
      loop.run_once(false);
      return done();
    });
  }

  void run_for(std::chrono::milliseconds time) {
    auto over = false;
    loop.call_after(time, [&] { over = true; });
    while (!over)
      loop.run_once(true);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(http_client, http_fixture)

BOOST_AUTO_TEST_CASE(bodies_stay_in_their_sockets_while_whole_pictures_fill_the_budget) {
  io::http_client client{loop, limits};
  budget->add(100'000);
  post(client, 5);
  BOOST_TEST_REQUIRE(run_until([&] { return answered() == 5; }));
  run_for(100ms); // that nothing comes cannot be waited for
  BOOST_TEST(pictures == 0u);
  BOOST_TEST(budget->used() == 100'000u);
  budget->remove(100'000);
  BOOST_TEST_REQUIRE(run_until([&] { return pictures == 5; }));
  BOOST_TEST(budget->used() == 0u);
}

BOOST_AUTO_TEST_CASE(bodies_that_have_begun_come_to_their_end_whatever_the_budget) {
  limits.budget = budget = std::make_shared<io::byte_budget>(1);
  io::http_client client{loop, limits};
  post(client, 20);
  BOOST_TEST_REQUIRE(run_until([&] { return pictures == 20; }));
  BOOST_TEST(budget->used() == 0u);
}

BOOST_AUTO_TEST_CASE(what_a_peak_needed_is_closed_after_a_while) {
  model.set_faults(R"([{"latency_ms": 300}])");
  limits.idle_lifetime = 50ms;
  io::http_client client{loop, limits};
  post(client, 600);
  BOOST_TEST_REQUIRE(run_until([&] { return client.transfers() == 0; }));
  BOOST_TEST(pictures == 600u);
  const auto connections = [&] { return model.stats().integer("/connections"); };
  BOOST_TEST_REQUIRE(run_until([&] { return connections() <= 257; })); // one asks for them
  // What is left is used again.
  const auto before = model.stats().integer("/connections_total");
  model.set_faults("[]");
  post(client, 100);
  BOOST_TEST_REQUIRE(run_until([&] { return pictures == 700; }));
  BOOST_TEST(model.stats().integer("/connections_total") - before < 10);
}

BOOST_AUTO_TEST_SUITE_END()
