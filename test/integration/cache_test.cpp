// A picture is drawn once: what was asked for before comes from a cache, whatever happens to Redis.
#define BOOST_TEST_MODULE cache
#include <boost/test/unit_test.hpp>

#include <set>

#include "test/support/world.hpp"

using namespace meme::test;

namespace {

/// Asks for a picture of a cat and returns the result.
json ask_for_a_cat(world& here, const std::string& id) {
  here.ask(request(id, "a cat"));
  return json{here.next_result().data};
}

} // namespace

BOOST_FIXTURE_TEST_CASE(a_repeated_prompt_costs_no_call, world) {
  const auto first = ask_for_a_cat(*this, "first");
  const auto second = ask_for_a_cat(*this, "second");
  BOOST_TEST(!first.flag("/cached"));
  BOOST_TEST(second.flag("/cached"));
  BOOST_TEST(second.text("/request_id") == "second");
  BOOST_TEST(second.text("/image_data") == first.text("/image_data"));
  BOOST_TEST(model.calls() == 1);
}

BOOST_FIXTURE_TEST_CASE(another_process_finds_it_in_redis, world) {
  const auto first = ask_for_a_cat(*this, "first");
  // Stored beside the answer, not before it.
  BOOST_TEST(eventually([this] { return redis.run({"DBSIZE"}) == "1"; }));
  BOOST_TEST(memes->terminate() == 0);
  restart_service();
  const auto second = ask_for_a_cat(*this, "second");
  BOOST_TEST(second.flag("/cached"));
  BOOST_TEST(second.text("/image_data") == first.text("/image_data"));
  BOOST_TEST(model.calls() == 1);
}

BOOST_FIXTURE_TEST_CASE(without_redis_the_process_remembers, world) {
  redis.kill9();
  const auto first = ask_for_a_cat(*this, "first");
  const auto second = ask_for_a_cat(*this, "second");
  BOOST_TEST(second.flag("/cached"));
  BOOST_TEST(second.text("/image_data") == first.text("/image_data"));
  BOOST_TEST(model.calls() == 1);
}

BOOST_AUTO_TEST_CASE(pictures_expire) {
  world_settings settings;
  settings.variables = {{"CACHE_TTL", "1"}};
  world here{settings};
  ask_for_a_cat(here, "first");
  BOOST_TEST(eventually([&] { return !ask_for_a_cat(here, "again").flag("/cached"); }));
  BOOST_TEST(here.model.calls() == 2);
}

BOOST_AUTO_TEST_CASE(a_lifetime_of_0_caches_nothing_anywhere) {
  world_settings settings;
  settings.variables = {{"CACHE_TTL", "0"}};
  world here{settings};
  for (const auto* id : {"first", "second", "third"})
    BOOST_TEST(!ask_for_a_cat(here, id).flag("/cached"));
  BOOST_TEST(here.model.calls() == 3);
  BOOST_TEST(here.redis.run({"DBSIZE"}) == "0");
}

BOOST_AUTO_TEST_CASE(what_is_no_picture_is_never_cached) {
  world here;
  here.model.set_faults(R"([{"match": "a cat", "calls": [1, 1], "html": true}])");
  const auto first = ask_for_a_cat(here, "first");
  BOOST_TEST(first.text("/content_type") == "image/png"); // the second call's
  BOOST_TEST(here.model.calls("a cat") == 2);
  BOOST_TEST(ask_for_a_cat(here, "second").text("/image_data") == first.text("/image_data"));
}

BOOST_AUTO_TEST_CASE(a_thousand_equal_prompts_at_once_cost_one_call) {
  constexpr std::size_t count = 1'000;
  world_settings settings;
  settings.model_arguments = {"--latency", "500"};
  settings.variables = {{"MAX_IN_FLIGHT", std::to_string(count)}};
  world here{settings};
  std::vector<std::string> all;
  for (std::size_t i = 0; i < count; ++i)
    all.push_back(request("cat-" + std::to_string(i), "a cat"));
  here.client.enqueue_all("meme.request", all);
  BOOST_TEST(here.results.wait_for(count));
  std::set<std::string> ids;
  std::set<std::string> pictures;
  for (const auto& each : here.results.messages()) {
    const json result{each.data};
    ids.insert(result.text("/request_id"));
    pictures.insert(result.text("/image_data"));
  }
  BOOST_TEST(ids.size() == count);
  BOOST_TEST(pictures.size() == 1u);
  BOOST_TEST(here.model.calls() == 1);
  BOOST_TEST(here.drained());
  BOOST_TEST_MESSAGE("row 12: " << ids.size() << " answers, "
                                << here.results.messages().size() - ids.size() << " duplicates, "
                                << here.model.calls() << " call of the model");
}
