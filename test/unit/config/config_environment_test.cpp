#define BOOST_TEST_MODULE config_spelling
#include <boost/test/unit_test.hpp>

#include "config/sources/environment.hpp"
#include "test/unit/config/config_samples.hpp"

using namespace meme;
using namespace meme::test;

namespace {

std::string line_for(const std::string& name) {
  const auto decided = load({{"--hf-api-token", "x"}, {{name, "1"}}, ""});
  if (!decided.runs())
    return decided.err();
  const auto& lines = std::get<config::run>(decided.what).warnings;
  BOOST_TEST(lines.size() <= 1u);
  return lines.empty() ? "" : lines.front();
}

} // namespace

BOOST_AUTO_TEST_CASE(a_slip_in_a_setting_is_told_with_the_nearest_name) {
  const std::pair<const char*, const char*> slips[] = {
      {"MEME_CACHE_TLL", "CACHE_TTL"},
      {"MEME_CACHE_LOCAL_BYTE", "MEME_CACHE_LOCAL_BYTES"},
      {"MEME_INGRES_MAX_DELIVERIES", "MEME_INGRESS_MAX_DELIVERIES"},
      {"CACHE_TLL", "CACHE_TTL"},
      {"CAHCE_TTL", "CACHE_TTL"},
      {"NATS_STREM", "NATS_STREAM"},
      {"REDIS_URI", "REDIS_URL"},
      {"HF_API_TOKN_FILE", "HF_API_TOKEN_FILE"},
      {"METRICS_ADRR", "METRICS_ADDR"},
      {"LOG_LEVL", "LOG_LEVEL"},
      {"MAX_INFLIGHT", "MAX_IN_FLIGHT"},
      {"DRAIN_TIMOUT", "DRAIN_TIMEOUT"}};
  for (const auto& [slip, meant] : slips)
    BOOST_TEST(line_for(slip)
               == std::string{slip} + ": is no setting; did you mean " + meant + "?");
}

BOOST_AUTO_TEST_CASE(what_has_our_prefix_and_is_near_nothing_is_told_too) {
  BOOST_TEST(line_for("MEME_SOMETHING_ELSE") == "MEME_SOMETHING_ELSE: is no setting");
}

BOOST_AUTO_TEST_CASE(what_is_none_of_ours_is_left_alone) {
  for (const auto* name :
       {"PATH", "HOME", "LOGNAME", "HF_HOME", "HF_TOKEN", "SSL_CERT_FILE", "NATS_CA", "REDIS_HOST",
        "MEME_GENERATOR", "NATS_PORT", "NATS_SERVICE_HOST", "NATS_PORT_4222_TCP_ADDR",
        "REDIS_SERVICE_PORT_CLIENT", "MEME_GENERATOR_SERVICE_HOST", "MEME_GENERATOR_PORT_9090_TCP",
        "MEME_GENERATOR_PORT"})
    BOOST_TEST(line_for(name) == "", name);
}

BOOST_AUTO_TEST_CASE(a_former_name_is_taken_with_one_warning_that_names_the_new_one) {
  const std::string tail = ": the setting is called ingress.max-deliveries now "
                           "(MEME_INGRESS_MAX_DELIVERIES, --ingress.max-deliveries)";
  const std::pair<given, std::string> spellings[] = {
      {{{"provision"}, {}, "[ingress]\nmax-attempts = 7\n"}, "test.conf:2: ingress.max-attempts"},
      {{{"provision"}, {{"MEME_INGRESS_MAX_ATTEMPTS", "7"}}, ""}, "MEME_INGRESS_MAX_ATTEMPTS"},
      {{{"provision", "--ingress.max-attempts=7"}, {}, ""}, "--ingress.max-attempts"},
      {{{"provision", "--ingress.max-attempts=7", "--ingress.max-attempts", "7"},
        {{"MEME_INGRESS_MAX_ATTEMPTS", "9"}},
        ""},
       "MEME_INGRESS_MAX_ATTEMPTS, --ingress.max-attempts"}};
  for (const auto& [sources, spelled] : spellings) {
    auto decided = load(sources);
    BOOST_TEST_REQUIRE(decided.runs(), decided.err());
    BOOST_TEST(decided.values.ingress.max_deliveries == 7u);
    const auto& lines = std::get<config::run>(decided.what).warnings;
    BOOST_TEST_REQUIRE(lines.size() == 1u);
    BOOST_TEST(contains(lines.front(), spelled + tail), lines.front());
  }
  auto calls = load({{"provision"}, {{"MEME_GENERATOR_MAX_ATTEMPTS", "7"}}, ""});
  BOOST_TEST(calls.values.generator.max_calls == 7u);
}

BOOST_AUTO_TEST_CASE(an_old_and_a_new_name_in_one_source_are_refused) {
  const std::string file = "[ingress]\nmax-attempts = 7\n";
  const given both[] = {
      {{"provision"}, {}, file + "max-deliveries = 7\n"},
      {{"provision"},
       {{"MEME_INGRESS_MAX_DELIVERIES", "7"}, {"MEME_INGRESS_MAX_ATTEMPTS", "7"}},
       ""},
      {{"provision", "--ingress.max-attempts=7", "--ingress.max-deliveries=7"}, {}, ""}};
  for (const auto& sources : both) {
    const auto decided = load(sources);
    BOOST_TEST(decided.status() == 2);
    BOOST_TEST(decided.problems() == 1u, decided.err());
    BOOST_TEST(contains(decided.err(), "are the old and the new name of one setting; give only "
                                       "the new one"),
               decided.err());
  }
}

BOOST_AUTO_TEST_CASE(a_later_source_overrides_an_earlier_one_under_either_name) {
  const auto old_variable = load({{"--dump-config"},
                                  {{"MEME_INGRESS_MAX_ATTEMPTS", "4"}},
                                  "[ingress]\nmax-deliveries = 20\n"});
  BOOST_TEST(contains(old_variable.out(), "\nmax-deliveries = 4 ;"), old_variable.out());
  const auto new_option = load({{"--dump-config", "--ingress.max-deliveries=9"},
                                {{"MEME_INGRESS_MAX_ATTEMPTS", "4"}},
                                "[ingress]\nmax-attempts = 20\n"});
  BOOST_TEST(contains(new_option.out(), "\nmax-deliveries = 9 ;"), new_option.out());
}

BOOST_AUTO_TEST_CASE(a_dump_has_the_new_name_and_a_bad_value_is_reported_under_the_old_one) {
  const auto dumped = load({{"--dump-config"}, {}, "[ingress]\nmax-attempts = 7\n"});
  BOOST_TEST(contains(dumped.out(), "\nmax-deliveries = 7 ; from the file\n"), dumped.out());
  BOOST_TEST(!contains(dumped.out(), "attempts"));
  const auto refused = load({{"provision"}, {{"MEME_INGRESS_MAX_ATTEMPTS", "0"}}, ""});
  BOOST_TEST(contains(refused.err(), "MEME_INGRESS_MAX_ATTEMPTS: \"0\" is out of range"));
}

BOOST_AUTO_TEST_CASE(settings_and_empty_variables_are_no_slips) {
  BOOST_TEST(line_for("CACHE_TTL") == "");
  BOOST_TEST(line_for("MAX_IN_FLIGHT") == "");
  const auto decided = load({{"--hf-api-token", "x"}, {{"MEME_CACHE_TLL", ""}}, ""});
  BOOST_TEST_REQUIRE(decided.runs());
  BOOST_TEST(std::get<config::run>(decided.what).warnings.empty());
}
