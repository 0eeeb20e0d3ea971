// Calls whose connection was at its end: the first of a request says nothing of the model.
#define BOOST_TEST_MODULE stale_connection
#include <boost/test/unit_test.hpp>

#include "actors/generator/generator.hpp"
#include "test/actors/fixture.hpp"

using namespace meme;
using namespace meme::test;

namespace {

struct stale_fixture : fixture {
  generator_actor generator;

  stale_fixture() {
    all.ingress = new_ingress();
    all.cache = new_cache();
    all.model_clients = {new_model_client()};
    generator = spawn_generator(parent(), make_generator_config(*shared));
    announce(generator);
  }

  ~stale_fixture() { kill(generator); }

  void ask(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto key = "key-" + std::to_string(i);
      auto work = std::make_shared<job>(*some_job(1, key));
      work->spec.inputs = key;
      tell(generator, generate{work});
    }
  }

  /// All calls that were begun since the last time end so.
  void end_all(bool of_connection) {
    const std::vector<call> begun{seen.calls[0].begin() + ended, seen.calls[0].end()};
    ended += static_cast<std::ptrdiff_t>(begun.size());
    for (const auto& each : begun) {
      called end;
      end.number = each.number;
      end.verdict.kind = verdict_kind::retry;
      end.verdict.code = error_code::model_unavailable;
      end.verdict.text = "the connection was closed";
      end.verdict.of_connection = of_connection;
      tell(generator, end);
    }
  }

  double openings() { return shared->metrics->breaker_openings.Value(); }

  std::ptrdiff_t ended = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(stale_connection, stale_fixture)

BOOST_AUTO_TEST_CASE(is_no_failure_of_the_model_the_first_time) {
  ask(10);
  end_all(true);
  BOOST_TEST(openings() == 0);
  advance(1s); // the first pause takes half a second at most
  BOOST_TEST(seen.calls[0].size() == 20u);
}

BOOST_AUTO_TEST_CASE(is_one_the_second_time) {
  ask(10);
  end_all(true);
  advance(1s);
  end_all(true);
  BOOST_TEST(openings() == 1);
}

BOOST_AUTO_TEST_CASE(is_one_where_it_ends_a_probe) {
  ask(10);
  end_all(false);
  BOOST_REQUIRE_EQUAL(openings(), 1);
  tell(generator, generate{[] {
         auto work = std::make_shared<job>(*some_job(1, "untried"));
         work->spec.inputs = "untried";
         return work;
       }()});
  advance(60s);
  BOOST_REQUIRE_EQUAL(seen.calls[0].size(), 11u); // the probe
  end_all(true);
  BOOST_TEST(openings() == 2);
}

BOOST_AUTO_TEST_SUITE_END()
