#define BOOST_TEST_MODULE cache
#include <boost/test/unit_test.hpp>

#include "actors/cache/cache.hpp"
#include "test/actors/fixture.hpp"

using namespace meme;
using namespace meme::test;

namespace {

struct cache_fixture : fixture {
  cache_actor cache;

  cache_fixture() {
    all.ingress = new_ingress();
    all.redis_cache = new_redis_cache();
    all.generator = new_generator();
    all.recompressor = new_recompressor();
  }

  ~cache_fixture() { kill(cache); }

  void start() {
    cache = spawn_cache(parent(), make_cache_config(*shared));
    announce(cache);
  }

  void ask(std::uint64_t number, std::string key = "key") {
    tell(cache, lookup{some_job(number, std::move(key))});
  }

  void miss(const std::string& key = "key") { tell(cache, fetched{key, {}, {}}); }

  void generate_it(const std::string& key = "key") { tell(cache, generated{key, some_picture()}); }

  bool last_was_cached() const {
    return std::get<success>(seen.finished_ones.back().result).cached;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(cache, cache_fixture)

BOOST_AUTO_TEST_CASE(what_the_store_has_is_not_generated) {
  start();
  ask(1);
  tell(cache, fetched{"key", some_picture(), 60s});
  BOOST_REQUIRE_EQUAL(seen.finished_ones.size(), 1);
  BOOST_TEST(last_was_cached());
  BOOST_TEST(seen.generations.empty());
}

BOOST_AUTO_TEST_CASE(what_nobody_has_is_generated_and_kept) {
  start();
  ask(1);
  miss();
  BOOST_REQUIRE_EQUAL(seen.generations.size(), 1);
  generate_it();
  BOOST_REQUIRE_EQUAL(seen.finished_ones.size(), 1);
  BOOST_TEST(!last_was_cached());
  BOOST_REQUIRE_EQUAL(seen.keeps.size(), 1);
  ask(2);
  BOOST_TEST(last_was_cached());
  BOOST_TEST(seen.fetches.size() == 1);
}

BOOST_AUTO_TEST_CASE(a_failure_is_not_kept) {
  start();
  ask(1);
  miss();
  tell(cache, generated{"key", failure{error_code::model_rejected, "no"}});
  BOOST_TEST(seen.finished_ones.size() == 1);
  BOOST_TEST(seen.keeps.empty());
  ask(2);
  BOOST_TEST(seen.fetches.size() == 2);
}

BOOST_AUTO_TEST_CASE(equal_requests_wait_for_one_generation) {
  start();
  for (std::uint64_t i = 1; i <= 1000; ++i)
    ask(i);
  miss();
  for (std::uint64_t i = 1001; i <= 1100; ++i)
    ask(i);
  generate_it();
  BOOST_TEST(seen.fetches.size() == 1);
  BOOST_TEST(seen.generations.size() == 1);
  BOOST_TEST(seen.finished_ones.size() == 1100);
}

BOOST_AUTO_TEST_CASE(a_request_that_is_handed_over_twice_is_answered_once) {
  start();
  ask(1);
  ask(1);
  miss();
  generate_it();
  BOOST_TEST(seen.finished_ones.size() == 1);
}

BOOST_AUTO_TEST_CASE(a_store_that_dies_has_nothing) {
  start();
  ask(1);
  all.redis_cache = nullptr;
  announce(cache);
  BOOST_TEST(seen.generations.size() == 1);
  ask(2, "another");
  BOOST_TEST(seen.generations.size() == 2);
}

BOOST_AUTO_TEST_CASE(a_store_that_does_not_answer_in_time_has_nothing) {
  start();
  ask(1);
  advance(400ms); // of cache.timeout, 500 ms
  ask(2, "another");
  BOOST_TEST(seen.generations.empty());
  advance(100ms);
  BOOST_TEST(seen.generations.size() == 1);
  advance(390ms);
  BOOST_TEST(seen.generations.size() == 1);
  advance(10ms);
  BOOST_TEST(seen.generations.size() == 2);
  ask(3, "a third");
  advance(500ms);
  BOOST_TEST(seen.generations.size() == 3);
}

BOOST_AUTO_TEST_CASE(while_pictures_fill_the_byte_budget_a_look_up_may_take_longer) {
  start();
  shared->budget->add(1 << 20);
  ask(1);
  advance(2s);
  BOOST_TEST(seen.generations.empty());
  shared->budget->remove(1 << 20);
  advance(1s);
  BOOST_TEST(seen.generations.size() == 1);
}

BOOST_AUTO_TEST_CASE(a_generator_that_was_restarted_is_asked_again) {
  start();
  ask(1);
  miss();
  all.generator = nullptr;
  announce(cache);
  all.generator = new_generator();
  announce(cache);
  BOOST_TEST(seen.generations.size() == 2);
  generate_it();
  BOOST_TEST(seen.finished_ones.size() == 1);
}

BOOST_AUTO_TEST_CASE(a_picture_lives_here_no_longer_than_in_the_store) {
  start();
  ask(1);
  tell(cache, fetched{"key", some_picture(), 2s});
  advance(3s);
  ask(2);
  BOOST_TEST(seen.fetches.size() == 2);
}

BOOST_AUTO_TEST_CASE(with_a_lifetime_of_zero_nothing_is_looked_up_or_kept) {
  shared->options.cache.ttl = 0s;
  start();
  ask(1);
  generate_it();
  ask(2);
  BOOST_TEST(seen.fetches.empty());
  BOOST_TEST(seen.keeps.empty());
  BOOST_TEST(seen.generations.size() == 2);
}

BOOST_AUTO_TEST_CASE(a_picture_too_large_for_an_answer_is_made_to_fit_before_it_is_kept) {
  start();
  ask(1);
  miss();
  tell(cache, generated{"key", some_picture(std::string(800'000, 'x'))});
  BOOST_TEST(seen.finished_ones.empty());
  BOOST_REQUIRE_EQUAL(seen.fits.size(), 1);
  BOOST_TEST(seen.fits[0].limit == 700'000);
  tell(cache, recompressed{"key", some_picture("small")});
  BOOST_REQUIRE_EQUAL(seen.finished_ones.size(), 1);
  BOOST_REQUIRE_EQUAL(seen.keeps.size(), 1);
  BOOST_TEST(seen.keeps[0].picture->bytes == "small");
}

BOOST_AUTO_TEST_CASE(a_picture_that_cannot_be_made_to_fit_is_an_error) {
  start();
  ask(1);
  tell(cache, fetched{"key", some_picture(std::string(800'000, 'x')), 60s});
  tell(cache, recompressed{"key", failure{error_code::image_too_large, "too many pixels"}});
  BOOST_REQUIRE_EQUAL(seen.finished_ones.size(), 1);
  const auto& why = std::get<failure>(seen.finished_ones[0].result);
  BOOST_TEST(to_string(why.code) == "image_too_large");
  BOOST_TEST(why.text == "too many pixels");
  BOOST_TEST(!why.retry);
  BOOST_TEST(seen.keeps.empty());
}

BOOST_AUTO_TEST_CASE(a_fitter_that_was_restarted_gets_what_the_old_one_had) {
  start();
  ask(1, "one");
  ask(2, "two");
  for (const auto* key : {"one", "two"})
    tell(cache, fetched{key, some_picture(std::string(800'000, 'x')), 60s});
  BOOST_TEST(seen.fits.size() == 2); // it decides how many at a time
  all.recompressor = nullptr;
  announce(cache);
  all.recompressor = new_recompressor();
  announce(cache);
  BOOST_REQUIRE_EQUAL(seen.fits.size(), 4);
  tell(cache, recompressed{"two", some_picture()});
  tell(cache, recompressed{"one", some_picture()});
  tell(cache, recompressed{"one", some_picture()}); // of the old one
  BOOST_TEST(seen.finished_ones.size() == 2);
  BOOST_TEST(shared->metrics->cache_hits.Value() == 2); // found in the store, both
}

BOOST_AUTO_TEST_CASE(a_large_picture_that_is_damaged_is_drawn_once_more) {
  start();
  ask(1);
  miss();
  const auto damaged =
      recompressed{"key", failure{error_code::invalid_picture, "cannot be decoded"}};
  const auto draw = [&] { tell(cache, generated{"key", some_picture(std::string(800'000, 'x'))}); };
  draw();
  tell(cache, damaged);
  BOOST_TEST(seen.finished_ones.empty());
  BOOST_REQUIRE_EQUAL(seen.generations.size(), 2);
  draw();
  tell(cache, recompressed{"key", some_picture("small")});
  BOOST_REQUIRE_EQUAL(seen.finished_ones.size(), 1);
  BOOST_TEST(std::holds_alternative<success>(seen.finished_ones[0].result));
  BOOST_TEST(shared->metrics->retries_by(error_code::invalid_picture).Value() == 1);
}

BOOST_AUTO_TEST_CASE(a_large_picture_that_stays_damaged_goes_back_to_the_queue) {
  start();
  ask(1);
  miss();
  const auto calls = shared->options.generator.max_calls;
  for (std::size_t i = 0; i < calls; ++i) {
    BOOST_TEST(seen.finished_ones.empty());
    tell(cache, generated{"key", some_picture(std::string(800'000, 'x'))});
    tell(cache, recompressed{"key", failure{error_code::invalid_picture, "cannot be decoded"}});
  }
  BOOST_TEST(seen.generations.size() == calls);
  BOOST_REQUIRE_EQUAL(seen.finished_ones.size(), 1);
  const auto& why = std::get<failure>(seen.finished_ones[0].result);
  BOOST_TEST(to_string(why.code) == "invalid_picture");
  BOOST_TEST(why.retry);
}

BOOST_AUTO_TEST_CASE(a_large_picture_that_is_damaged_in_the_store_is_a_miss) {
  start();
  ask(1);
  tell(cache, fetched{"key", some_picture(std::string(800'000, 'x')), 60s});
  tell(cache, recompressed{"key", failure{error_code::invalid_picture, "cannot be decoded"}});
  BOOST_TEST(seen.generations.size() == 1);
  generate_it();
  BOOST_TEST(seen.keeps.size() == 1);
  BOOST_TEST(shared->metrics->cache_misses.Value() == 1);
}

BOOST_AUTO_TEST_CASE(what_waits_in_the_mailbox_is_measured) {
  start();
  auto& depth = shared->metrics->mailbox_depth_of("cache");
  caf::anon_send(cache, measure_mailbox{&depth});
  for (std::uint64_t i = 1; i <= 3; ++i)
    caf::anon_send(cache, lookup{some_job(i)});
  run();
  BOOST_TEST(depth.Value() == 3);
  tell(cache, measure_mailbox{&depth});
  BOOST_TEST(depth.Value() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
