// Where settings come from and which one wins; secrets; commands; the file's strictness.
#define BOOST_TEST_MODULE config
#include <boost/test/unit_test.hpp>

#include <caf/actor_system.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include "test/unit/config/config_samples.hpp"

using namespace meme::config;
using namespace meme::test;

namespace {

struct contract_setting {
  std::string key;
  std::string environment;
  std::string option;
  std::string by_default;             ///< as a file spells it
  std::vector<std::string> in_source; ///< as file, environment and command line spell it
  std::vector<std::string> in_effect; ///< what is to come of each, as a file spells it
};

std::string text(const std::string& value) {
  return "\"" + value + "\"";
}

contract_setting text_setting(const std::string& key, const std::string& environment,
                              const std::string& option, const std::string& by_default,
                              const std::vector<std::string>& values) {
  return {key,
          environment,
          option,
          text(by_default),
          {text(values[0]), values[1], values[2]},
          {text(values[0]), text(values[1]), text(values[2])}};
}

const std::vector<contract_setting> contract = {
    text_setting("nats.url", "NATS_URL", "--nats-url",
                 "nats://nats.messaging.svc.cluster.local:4222",
                 {"nats://f", "nats://e:1,nats://e:2", "tls://u:p@c"}),
    text_setting("nats.stream", "NATS_STREAM", "--nats-stream", "MEMES", {"F", "E", "C"}),
    text_setting("nats.consumer", "NATS_CONSUMER", "--nats-consumer", "meme-generator",
                 {"f", "e", "c"}),
    text_setting("nats.request-subject", "NATS_REQUEST_SUBJECT", "--request-subject",
                 "meme.request", {"f.r", "e.r", "c.r"}),
    text_setting("nats.response-subject", "NATS_RESPONSE_SUBJECT", "--response-subject",
                 "meme.response", {"f.a", "e.a", "c.a"}),
    text_setting("cache.redis-url", "REDIS_URL", "--redis-url",
                 "redis://redis.cache.svc.cluster.local:6379",
                 {"redis://f", "redis://e/1", "redis://:p@c"}),
    text_setting("generator.token", "HF_API_TOKEN", "--hf-api-token", "",
                 {"hf_file", "hf_environment", "hf_command_line"}),
    text_setting("generator.url", "HF_API_URL", "--hf-api-url",
                 "https://api-inference.huggingface.co/models/runwayml/stable-diffusion-v1-5",
                 {"http://f/m", "http://e/m", "https://c/m"}),
    {"cache.ttl", "CACHE_TTL", "--cache-ttl", "3600s", {"1h", "60", "0"}, {"3600s", "60s", "0s"}},
    text_setting("metrics.address", "METRICS_ADDR", "--metrics-addr", "0.0.0.0:9090",
                 {"f:1", "[::1]:2", "127.0.0.1:0"}),
    {"ingress.max-in-flight",
     "MAX_IN_FLIGHT",
     "--max-in-flight",
     "64",
     {"1", "2", "3"},
     {"1", "2", "3"}},
    text_setting("log.level", "LOG_LEVEL", "--log-level", "info", {"error", "debug", "off"}),
    text_setting("log.format", "LOG_FORMAT", "--log-format", "json", {"text", "json", "text"}),
    {"ingress.drain-timeout",
     "DRAIN_TIMEOUT",
     "--drain-timeout",
     "30s",
     {"5s", "6", "7s"},
     {"5s", "6s", "7s"}},
};

std::string in_file(const contract_setting& each) {
  options values;
  for (const auto& row : table_of(values))
    if (row.key == each.key)
      return file_with(row, each.in_source[0]);
  return "";
}

/// Provisioning needs no token.
const std::string quiet = "provision";

} // namespace

BOOST_AUTO_TEST_SUITE(precedence)

BOOST_AUTO_TEST_CASE(the_contract_has_its_names_and_defaults) {
  for (const auto& each : contract)
    BOOST_TEST(load({{quiet}, {}, ""}).value(each.key) == each.by_default);
  options values;
  std::size_t aliases = 0;
  for (const auto& row : table_of(values))
    aliases += row.alias.empty() ? 0 : 1;
  BOOST_TEST(aliases == contract.size());
}

BOOST_AUTO_TEST_CASE(default_then_file_then_environment_then_command_line) {
  for (const auto& each : contract) {
    given with{{quiet}, {}, in_file(each)};
    BOOST_TEST(load(with).value(each.key) == each.in_effect[0], load(with).err());
    with.variables[each.environment] = each.in_source[1];
    BOOST_TEST(load(with).value(each.key) == each.in_effect[1], load(with).err());
    with.arguments = {quiet, each.option, each.in_source[2]};
    BOOST_TEST(load(with).value(each.key) == each.in_effect[2], load(with).err());
    with.arguments = {quiet, each.option + "=" + each.in_source[2]};
    BOOST_TEST(load(with).value(each.key) == each.in_effect[2], load(with).err());
    with.arguments = {"--" + each.key, each.in_source[2], quiet};
    BOOST_TEST(load(with).value(each.key) == each.in_effect[2], load(with).err());
    with.file.clear();
    with.variables.clear();
    BOOST_TEST(load(with).value(each.key) == each.in_effect[2], load(with).err());
  }
}

BOOST_AUTO_TEST_CASE(an_empty_variable_counts_as_not_set) {
  for (const auto& each : contract)
    BOOST_TEST(load({{quiet}, {{each.environment, ""}}, in_file(each)}).value(each.key)
               == each.in_effect[0]);
  BOOST_TEST(load({{quiet}, {{"MEME_CONFIG_FILE", ""}, {"NATS_URL_FILE", ""}}, ""}).runs());
}

BOOST_AUTO_TEST_CASE(of_a_repeated_option_the_last_one_counts) {
  auto result = load({{quiet, "--cache-ttl=1", "--cache.ttl=2", "--cache-ttl", "3"}, {}, ""});
  BOOST_TEST(result.value("cache.ttl") == "3s");
}

BOOST_AUTO_TEST_CASE(a_bad_value_is_reported_though_a_better_source_overrides_it) {
  const auto result = load({{quiet, "--cache-ttl=1"}, {{"CACHE_TTL", "soon"}}, ""});
  BOOST_TEST(contains(result.err(), "CACHE_TTL: \"soon\" is not a time"));
}

BOOST_AUTO_TEST_CASE(all_other_settings_have_a_variable_that_follows_from_their_key) {
  auto result = load({{quiet},
                      {{"MEME_GENERATOR_FAST_STEPS", "6"},
                       {"MEME_SUPERVISOR_CHAOS", "true"},
                       {"MEME_LIMITS_MAX_GUIDANCE", "7.5"},
                       {"MEME_GENERATOR_REPLACED_MODELS", "a/b=c/d,e=f"}},
                      ""});
  BOOST_TEST(result.values.generator.fast_steps == 6u);
  BOOST_TEST(result.values.supervisor.chaos);
  BOOST_TEST(result.value("limits.max-guidance") == "7.5");
  BOOST_TEST(result.value("generator.replaced-models") == R"(["a/b=c/d", "e=f"])");
}

BOOST_AUTO_TEST_CASE(no_variable_is_one_that_kubernetes_makes_for_a_service) {
  // For a service called meme-generator: MEME_GENERATOR_PORT…, MEME_GENERATOR_SERVICE_….
  options values;
  for (const auto& row : table_of(values)) {
    BOOST_TEST(row.environment.find("MEME_GENERATOR_PORT") == std::string::npos);
    BOOST_TEST(row.environment.find("MEME_GENERATOR_SERVICE") == std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(every_problem)

BOOST_AUTO_TEST_CASE(is_reported_with_a_line_of_its_own) {
  const auto result = load({{"--max-in-flight=0", "--nonsense", "--log-level"},
                            {{"CACHE_TTL", "soon"}, {"METRICS_ADDR", "here"}},
                            "[nats]\nstream = \"a.b\"\nstraem = \"x\"\n"});
  BOOST_TEST(result.status() == 2);
  BOOST_TEST(result.problems() == 8u, result.err());
  for (const auto* part :
       {"test.conf:2: nats.stream: \"a.b\" is not such a name",
        "test.conf:3: nats.straem: is no setting; did you mean nats.stream?",
        "CACHE_TTL: ", "METRICS_ADDR: \"here\" has no port",
        "--max-in-flight: \"0\" is out of range", "--nonsense: is no option",
        "--log-level: has no value; it takes one of trace", "HF_API_TOKEN: is required to serve"})
    BOOST_TEST(contains(result.err(), part), part);
}

BOOST_AUTO_TEST_CASE(of_a_command_line_is_named) {
  for (const auto& [words, error] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"provison"}, "\"provison\": is no command; did you mean provision?"},
           {{"provision", "now"}, "\"now\": nothing is expected here"},
           {{"provision", "--plann"}, "--plann: is no option; did you mean --plan?"},
           {{"provision", "--plan=perhaps"}, "--plan: \"perhaps\" is neither true nor false"},
           {{"watch", "--prompt=x"}, "--prompt: is no option"},
           {{"request"}, "--prompt: is required by request"},
           {{"request", "--prompt", ""}, "--prompt: \"\" is empty; it takes text"},
           {{"request", "--prompt=x", "--steps=many"}, "--steps: \"many\" is not a whole number"},
           {{"request", "--prompt=x", "--steps"}, "--steps: has no value; it takes a whole number"},
           {{"watch", "--timeout", "--count=1"}, "--timeout: has no value; it takes seconds, or"},
           {{"watch", "--subject=a.>"}, "--subject: \"a.>\" is not such a subject"},
           {{"provision", "-x"}, "-x: is no option"},
           {{"provision", "--"}, "--: is no option"},
           {{"provision", "--config-file"}, "--config-file: has no value"}}) {
    const auto result = load({words, {}, ""});
    BOOST_TEST(result.status() == 2, error);
    BOOST_TEST(result.problems() == 1u, result.err());
    BOOST_TEST(contains(result.err(), "meme-generator: " + error), result.err());
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(commands)

BOOST_AUTO_TEST_CASE(none_serves_and_needs_a_token) {
  BOOST_TEST(load({{}, {{"HF_API_TOKEN", "hf_x"}}, ""}).runs());
  BOOST_TEST(load({{"serve"}, {{"HF_API_TOKEN", "hf_x"}}, ""}).runs());
  BOOST_TEST(load({{"serve"}, {}, ""}).status() == 2);
}

BOOST_AUTO_TEST_CASE(get_their_own_options_each_call_anew) {
  std::vector<sample_options> calls;
  std::vector<command> one = {{"draw",
                               "draw",
                               {"done", "", ""},
                               call_with<sample_options>(
                                   [](sample_options& options) {
                                     return sample_rows(options, {"prompt", "steps"});
                                   },
                                   [&calls](const sample_options& options) {
                                     calls.push_back(options);
                                     return 7;
                                   })}};
  const auto first = load({{"draw", "--prompt", "-a cat", "--steps=3"}, {}, ""}, one);
  const auto second = load({{"draw", "--prompt=dog", "--nats-url", "nats://x"}, {}, ""}, one);
  BOOST_TEST_REQUIRE((first.runs() && second.runs()), first.err() + second.err());
  BOOST_TEST(std::get<run>(first.what).which == &one.front());
  BOOST_TEST(std::get<run>(first.what).call.run() == 7);
  BOOST_TEST(std::get<run>(second.what).call.run() == 7);
  BOOST_TEST(calls.at(0).prompt == "-a cat");
  BOOST_TEST(calls.at(0).steps.value() == 3u);
  BOOST_TEST(calls.at(1).prompt == "dog");
  BOOST_TEST(!calls.at(1).steps);
  BOOST_TEST(second.values.nats.url.text() == "nats://x");
}

BOOST_AUTO_TEST_CASE(help_and_version_win_over_everything_else) {
  for (const auto* word : {"--help", "-h"}) {
    const auto help = load({{"--nonsense", word}, {{"CACHE_TTL", "soon"}}, ""});
    BOOST_TEST(help.status() == 0);
    BOOST_TEST(help.err() == "");
    for (const auto& each : contract) {
      BOOST_TEST(contains(help.out(), each.environment));
      BOOST_TEST(contains(help.out(), each.option));
    }
    BOOST_TEST(contains(help.out(), "provision"));
  }
  BOOST_TEST(load({{"--version"}, {}, ""}).out() == "meme-generator " MEME_VERSION "\n");
  BOOST_TEST(contains(load({{"request", "--help"}, {}, ""}).out(), "--prompt TEXT"));
}

BOOST_AUTO_TEST_CASE(long_help_has_every_setting_with_range_and_names) {
  const auto page = load({{"--long-help"}, {}, ""}).out();
  options values;
  for (const auto& row : table_of(values)) {
    BOOST_TEST(contains(page, "\n  " + row.name() + " "), row.key);
    BOOST_TEST(contains(page, row.names()), row.key);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(caf_gets_its_settings) {
  configuration settings;
  sources from;
  from.arguments = {quiet, "--scheduler.max-threads=3", "--scheduler.policy=stealing"};
  from.variables = [](const std::string&) { return std::nullopt; };
  from.default_files.clear();
  BOOST_TEST(std::holds_alternative<run>(settings.load(from, sample_commands())));
  BOOST_TEST((caf::get<caf::atom_value>(settings, "scheduler.policy") == caf::atom("stealing")));
  BOOST_TEST(caf::get<std::size_t>(settings, "scheduler.max-throughput") == 100u);
  caf::actor_system system{settings};
  BOOST_TEST(system.scheduler().num_workers() == 3u);
}
