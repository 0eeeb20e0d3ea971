// What stands still, and what only takes its time.
#define BOOST_TEST_MODULE progress_watch
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

#include "actors/base/stage_survey.hpp"
#include "actors/supervisor/progress_watch.hpp"

using namespace meme;
using namespace std::chrono_literals;

namespace {

struct fixture {
  progress_watch watch{{60s, 500ms, 120s, 60s, 20s}, 5s};
  progress_watch::time_point now{1h};

  void wait(pipeline_stage where, std::size_t jobs, std::chrono::milliseconds still_for) {
    watch.report({where, jobs, still_for}, now);
  }

  std::string blamed() const {
    const auto found = watch.judge(now);
    return found ? to_string(found->where) : "";
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(progress, fixture)

BOOST_AUTO_TEST_CASE(nothing_to_do_is_no_standstill) {
  BOOST_TEST(blamed() == "");
  wait(pipeline_stage::cache, 0, 1h);
  BOOST_TEST(blamed() == "");
}

BOOST_AUTO_TEST_CASE(a_stage_is_blamed_after_its_time_and_not_before) {
  wait(pipeline_stage::cache, 3, 60s);
  BOOST_TEST(blamed() == "");
  wait(pipeline_stage::cache, 3, 60'001ms);
  BOOST_TEST(blamed() == "cache");
  BOOST_TEST(watch.judge(now)->jobs == 3u);
  wait(pipeline_stage::cache, 3, 0ms);
  BOOST_TEST(blamed() == "");
}

BOOST_AUTO_TEST_CASE(who_waits_for_another_one_is_not_to_blame) {
  wait(pipeline_stage::cache, 1, 1h);
  wait(pipeline_stage::generator, 1, 1h);
  BOOST_TEST(blamed() == "generator"); // it took the job and calls nobody
  wait(pipeline_stage::model_client, 1, 170s);
  BOOST_TEST(blamed() == ""); // a slow model, within its time-out
  wait(pipeline_stage::model_client, 1, 181s);
  BOOST_TEST(blamed() == "model-client");
}

BOOST_AUTO_TEST_CASE(what_the_generator_holds_for_a_reason_is_no_standstill) {
  wait(pipeline_stage::cache, 1, 1h);
  wait(pipeline_stage::generator, 1, 1h);
  wait(pipeline_stage::held, 1, 1h);
  BOOST_TEST(blamed() == "");
  wait(pipeline_stage::held, 0, 0ms);
  BOOST_TEST(blamed() == "generator");
}

// A generator that hangs says no more that it calls the model.
BOOST_AUTO_TEST_CASE(an_old_word_excuses_nobody) {
  wait(pipeline_stage::generator, 1, 61s);
  wait(pipeline_stage::model_client, 1, 1s);
  BOOST_TEST(blamed() == "");
  now += 16s;
  wait(pipeline_stage::generator, 1, 77s);
  BOOST_TEST(blamed() == "generator");
}

BOOST_AUTO_TEST_CASE(the_store_and_the_fitter_have_times_of_their_own) {
  wait(pipeline_stage::cache, 1, 1h);
  wait(pipeline_stage::redis_cache, 1, 60'400ms);
  BOOST_TEST(blamed() == "");
  wait(pipeline_stage::redis_cache, 1, 61s);
  BOOST_TEST(blamed() == "redis-cache");
  wait(pipeline_stage::redis_cache, 0, 0ms);
  wait(pipeline_stage::recompressor, 1, 119s);
  BOOST_TEST(blamed() == "");
  wait(pipeline_stage::recompressor, 1, 121s);
  BOOST_TEST(blamed() == "recompressor");
}

BOOST_AUTO_TEST_CASE(answers_that_nats_does_not_confirm_are_told_from_a_publisher_that_sleeps) {
  wait(pipeline_stage::publisher, 2, 61s);
  BOOST_TEST(blamed() == "publisher");
  wait(pipeline_stage::confirmation, 2, 61s);
  BOOST_TEST(blamed() == "confirmation");
}

BOOST_AUTO_TEST_CASE(a_queue_that_gives_nothing_is_given_the_time_of_a_look_at_it) {
  wait(pipeline_stage::consumer, 9, 79s);
  BOOST_TEST(blamed() == "");
  wait(pipeline_stage::consumer, 9, 81s);
  BOOST_TEST(blamed() == "consumer");
}

BOOST_AUTO_TEST_CASE(what_the_dead_have_said_is_void) {
  wait(pipeline_stage::byte_budget, 1, 61s);
  BOOST_TEST(blamed() == "byte-budget");
  watch.forget(pipeline_stage::byte_budget);
  BOOST_TEST(blamed() == "");
}

BOOST_AUTO_TEST_CASE(a_stage_moves_when_one_of_its_items_leaves_it) {
  stage_survey survey;
  stage_mark first;
  stage_mark second;
  const auto still = [&](std::vector<stage_mark*> items, pipeline_stage where) {
    now += 10s;
    survey.begin();
    for (auto* each : items)
      survey.see(*each, where);
    return survey.end(now, {where}).front().still_for;
  };
  BOOST_TEST((still({}, pipeline_stage::redis_cache) == 0ms));
  BOOST_TEST((still({&first}, pipeline_stage::redis_cache) == 0ms)); // came into an empty stage
  BOOST_TEST((still({&first}, pipeline_stage::redis_cache) == 10s));
  BOOST_TEST((still({&first, &second}, pipeline_stage::redis_cache)
              == 20s)); // one that comes moves nothing
  BOOST_TEST((still({&second}, pipeline_stage::redis_cache) == 0ms)); // the first has left
  BOOST_TEST((still({&second}, pipeline_stage::redis_cache) == 10s));
  stage_mark third; // in place of the second, so that the count is the same
  BOOST_TEST((still({&third}, pipeline_stage::redis_cache) == 0ms));
}

BOOST_AUTO_TEST_CASE(an_owner_may_know_by_itself_that_one_has_left) {
  stage_survey survey;
  const auto still = [&](std::size_t jobs, bool some_left) {
    now += 10s;
    survey.begin();
    survey.count(pipeline_stage::confirmation, jobs, some_left);
    return survey.end(now, {pipeline_stage::confirmation}).front().still_for;
  };
  BOOST_TEST((still(5, false) == 0ms));
  BOOST_TEST((still(5, false) == 10s));
  BOOST_TEST((still(5, true) == 0ms));
  BOOST_TEST((still(6, false) == 10s));
}

BOOST_AUTO_TEST_SUITE_END()
