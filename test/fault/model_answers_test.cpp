// Row 8: what the model sends is no picture, or never ends. Each is classified and tried again;
// what passes costs a call, what lasts ends in an error and a dead letter. Nothing of it is ever
// cached or published.
#define BOOST_TEST_MODULE model_answers
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>

#include "test/support/standing_rule.hpp"

using namespace meme::test;

namespace {

struct bad_answer {
  const char* name;
  const char* does; ///< of a rule of the fault plan
  const char* code;
};

std::ostream& operator<<(std::ostream& out, const bad_answer& what) {
  return out << what.name;
}

const std::vector<bad_answer> bad_answers{
    {"a hang", R"("hang": true)", "model_timeout"},
    {"a picture that stops coming", R"("trickle": {"bytes": 900, "interval_ms": 60000})",
     "model_timeout"},
    {"a picture that comes too slowly", R"("trickle": {"bytes": 9, "interval_ms": 100})",
     "model_timeout"},
    {"a cut picture", R"("cut": 900)", "model_unavailable"},
    {"a reset", R"("reset": true)", "model_unavailable"},
    {"HTML with 200", R"("html": true)", "invalid_picture"},
    {"JSON with 200", R"("body_json": {"error": "overloaded"})", "invalid_picture"},
    {"nothing with 200", R"("empty": true)", "invalid_picture"},
    {"half a picture with 200", R"("truncate": 900)", "invalid_picture"},
};

world_settings impatient() {
  world_settings settings;
  settings.model_arguments = {"--fixed-bytes", "2000"};
  // Two deliveries of two calls each.
  settings.variables = {
      {"MEME_GENERATOR_TIMEOUT", "1500ms"}, {"MEME_GENERATOR_STALL_TIMEOUT", "1s"},
      {"MEME_GENERATOR_MAX_CALLS", "2"},    {"MEME_GENERATOR_RETRY_BASE", "50ms"},
      {"MEME_INGRESS_MAX_DELIVERIES", "2"}, {"MEME_INGRESS_RETRY_BASE", "50ms"}};
  return settings;
}

} // namespace

BOOST_DATA_TEST_CASE(it_is_tried_again_and_goes_no_further, bad_answers, bad) {
  world here{impatient()};
  here.model.set_faults(R"([{"match": "passes", "calls": [1, 1], )" + std::string{bad.does}
                        + R"(}, {"match": "lasts", )" + bad.does + "}]");
  here.ask(request("passes", "it passes"));
  here.ask(request("lasts", "it lasts"));
  const auto end = check_all_ended(here, {"passes", "lasts"});
  BOOST_TEST_REQUIRE(end.results == 1u);
  BOOST_TEST_REQUIRE(end.errors == 1u);
  BOOST_TEST(end.duplicates == 0u);

  const json good{here.next_result().data};
  BOOST_TEST(good.text("/request_id") == "passes");
  BOOST_TEST(good.text("/content_type") == "image/png");
  const json error{here.next_error().data};
  BOOST_TEST(error.text("/request_id") == "lasts");
  BOOST_TEST(error.text("/code") == bad.code);
  BOOST_TEST(error.integer("/attempts") == 2);
  BOOST_TEST(here.client.messages_in("MEMES_DEAD") == 1);
  BOOST_TEST(here.model.calls("it passes") == 2);
  // After a reset curl itself tries again on a new connection, where the old one was a used one.
  const auto calls = here.model.calls("it lasts");
  BOOST_TEST(calls >= 4);
  BOOST_TEST(calls <= 8);
  const auto retries = here.memes->metric("meme_generator_model_retries_total",
                                          {"reason=\"" + std::string{bad.code} + '"'});
  BOOST_TEST(retries == 3);
  BOOST_TEST(eventually([&] { return here.redis.run({"DBSIZE"}) == "1"; }));

  here.model.set_faults("[]");
  here.ask(request("later", "it lasts"));
  const json later{here.next_result().data};
  BOOST_TEST(!later.flag("/cached"));
  BOOST_TEST(later.text("/image_data") == good.text("/image_data"));
  BOOST_TEST_MESSAGE("row 8, " << bad.name << ": " << bad.code << ", a passing one answered after "
                               << good.integer("/duration_ms") << " ms in 2 calls, a lasting one "
                               << "dead after " << calls << " calls; " << end);
}

BOOST_AUTO_TEST_CASE(a_body_over_the_limit_is_an_error_at_once) {
  auto settings = impatient();
  settings.variables["MEME_GENERATOR_MAX_BODY_BYTES"] = "20000";
  world here{settings};
  here.model.set_faults(R"([{"match": "big", "body": ")" + std::string(30'000, 'x') + "\"}]");
  here.ask(request("big", "a big one"));
  here.ask(request("small", "a cat"));
  const auto end = check_all_ended(here, {"big", "small"});
  BOOST_TEST(end.results == 1u);
  const json error{here.next_error().data};
  BOOST_TEST(error.text("/request_id") == "big");
  BOOST_TEST(error.text("/code") == "image_too_large");
  BOOST_TEST(here.model.calls("a big one") == 1);
  BOOST_TEST_MESSAGE("row 8, a body over the limit: image_too_large after "
                     << error.integer("/duration_ms") << " ms in 1 call; " << end);
}
