// What must not be seen, and what --dump-config shows instead.
#define BOOST_TEST_MODULE config_secret
#include <boost/test/unit_test.hpp>

#include "test/unit/config/config_samples.hpp"

using namespace meme::config;
using namespace meme::test;

namespace {

const std::string token = "hf_0123456789secret";
const std::string password = "pass-word";

struct fixture {
  config_folder folder;

  /// The token from one source after the other.
  std::vector<given> sources_of_token() const {
    return {{{}, {}, "[generator]\ntoken = \"" + token + "\"\n"},
            {{}, {{"HF_API_TOKEN", token}}, ""},
            {{}, {{"HF_API_TOKEN_FILE", folder.write("token", token + " \r\n\n")}}, ""},
            {{"--hf-api-token", token}, {}, ""},
            {{"--generator.token=" + token}, {}, ""}};
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_token, fixture)

BOOST_AUTO_TEST_CASE(comes_from_each_source) {
  for (const auto& with : sources_of_token())
    BOOST_TEST(load(with).values.generator.token == token);
}

BOOST_AUTO_TEST_CASE(is_seen_nowhere) {
  const std::vector<std::vector<std::string>> endings = {{"--dump-config"},
                                                         {"--help"},
                                                         {"--long-help"},
                                                         {"--log-level=loud"},
                                                         {"--response-subject=meme.request"},
                                                         {"--nonsense"},
                                                         {"nonsense"}};
  for (auto with : sources_of_token())
    for (const auto& ending : endings) {
      auto ended = with;
      ended.arguments.insert(ended.arguments.end(), ending.begin(), ending.end());
      const auto result = load(ended);
      BOOST_TEST(!result.runs());
      BOOST_TEST(!contains(result.out() + result.err(), token), result.out() + result.err());
    }
}

BOOST_AUTO_TEST_CASE(is_not_seen_where_it_is_refused) {
  for (const auto& bad : {token + "\r\nEvil: 1", token + " ", "\xc3\xa9" + token}) {
    const std::vector<given> refused = {
        {{}, {{"HF_API_TOKEN", bad}}, ""},
        {{"--hf-api-token", bad}, {}, ""},
        {{}, {{"HF_API_TOKEN_FILE", folder.write("bad", "x" + bad + "x")}}, ""}};
    for (const auto& with : refused) {
      const auto result = load(with);
      BOOST_TEST(result.status() == 2);
      BOOST_TEST(result.problems() == 1u, result.err());
      BOOST_TEST(contains(result.err(), "contains a"), result.err());
      BOOST_TEST(!contains(result.err(), token), result.err());
    }
  }
}

BOOST_AUTO_TEST_CASE(does_not_go_in_clear_to_another_machine) {
  const auto serve = [](std::map<std::string, std::string> variables) {
    variables.emplace("HF_API_TOKEN", token);
    return load({{}, std::move(variables), ""});
  };
  for (const auto* name : {"HF_API_URL", "MEME_GENERATOR_FAST_URL"})
    for (const auto* host : {"10.1.2.3", "192.0.2.1:8080", "[2001:db8::1]", "model.invalid",
                             "127.0.0.1.model.invalid", "localhost.model.invalid"}) {
      const auto url = std::string{"http://"} + host + "/m";
      const auto refused = serve({{name, url}});
      BOOST_TEST(refused.status() == 2, url);
      BOOST_TEST(refused.problems() == 1u, refused.err());
      BOOST_TEST(contains(refused.err(), std::string{name} + ": would send the token in clear"));
      BOOST_TEST(contains(refused.err(), "generator.allow-insecure-token"), refused.err());
      BOOST_TEST(serve({{name, url}, {"MEME_GENERATOR_ALLOW_INSECURE_TOKEN", "true"}}).runs());
      BOOST_TEST(serve({{name, std::string{"https://"} + host + "/m"}}).runs());
      BOOST_TEST(load({{"provision"}, {{name, url}, {"HF_API_TOKEN", token}}, ""}).runs());
    }
  for (const auto* host : {"127.0.0.1:8080", "127.9.9.9", "[::1]:8080", "localhost", "LOCALHOST:1",
                           "model.localhost", "[::ffff:127.0.0.1]"})
    BOOST_TEST(serve({{"HF_API_URL", std::string{"http://"} + host + "/m"}}).runs(), host);
}

BOOST_AUTO_TEST_CASE(is_not_seen_behind_an_option_that_does_not_exist) {
  for (const auto& words : {std::vector<std::string>{"--hf-token", token},
                            std::vector<std::string>{"--hf-token=" + token}}) {
    const auto result = load({words, {}, ""});
    BOOST_TEST(contains(result.err(), "--hf-token: is no option"));
    BOOST_TEST(!contains(result.err(), token), result.err());
  }
}

BOOST_AUTO_TEST_CASE(is_not_seen_in_a_file_that_cannot_be_read) {
  for (const auto& text : {"[generator]\ntoken = " + token, "[generator]\ntoken = \"" + token,
                           "[generator]\ntokne = \"" + token + "\"\n",
                           "generator {\n token = [\"" + token + "\"]\n}\n"}) {
    const auto result = load({{}, {}, text});
    BOOST_TEST(result.status() == 2);
    BOOST_TEST(!contains(result.err(), token), result.err());
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_secret_file, fixture)

BOOST_AUTO_TEST_CASE(may_hold_the_urls_too) {
  auto result = load({{"provision"},
                      {{"REDIS_URL_FILE", folder.write("redis", "redis://:pw@r\n")},
                       {"NATS_URL_FILE", folder.write("nats", "nats://u:pw@n\n")}},
                      ""});
  BOOST_TEST(result.values.cache.redis_url.text() == "redis://:pw@r");
  BOOST_TEST(result.values.nats.url.text() == "nats://u:pw@n");
}

BOOST_AUTO_TEST_CASE(is_named_where_something_is_wrong_with_it) {
  const std::vector<std::pair<std::string, std::string>> files = {
      {folder.path("missing"),
       "HF_API_TOKEN_FILE: \"" + folder.path("missing") + "\" cannot be read"},
      {folder.path(""), "\" cannot be read"},
      {folder.write("empty", ""), "\" is empty"},
      {folder.write("blank", " \n\t\r\n"), "\" is empty"},
      {folder.write("two", "one\ntwo"), "HF_API_TOKEN_FILE: contains a line break"}};
  for (const auto& [file, error] : files) {
    const auto result = load({{}, {{"HF_API_TOKEN_FILE", file}}, ""});
    BOOST_TEST(result.problems() == 1u, result.err());
    BOOST_TEST(contains(result.err(), error), result.err());
  }
}

BOOST_AUTO_TEST_CASE(excludes_the_variable_beside_it) {
  const auto result = load(
      {{}, {{"HF_API_TOKEN", token}, {"HF_API_TOKEN_FILE", folder.write("token", token)}}, ""});
  BOOST_TEST(result.problems() == 1u, result.err());
  BOOST_TEST(contains(result.err(), "HF_API_TOKEN and HF_API_TOKEN_FILE: are both set"));
}

BOOST_AUTO_TEST_CASE(yields_to_the_command_line) {
  const auto result = load(
      {{"--hf-api-token", "hf_other"}, {{"HF_API_TOKEN_FILE", folder.write("token", token)}}, ""});
  BOOST_TEST(result.values.generator.token == "hf_other");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_dump, fixture)

BOOST_AUTO_TEST_CASE(can_be_loaded_again) {
  auto before = load({{"--dump-config", "--cache-ttl=7", "--generator.prompt-template",
                       "\"{prompt}\"\n\tin C:\\", "--generator.replaced-models=a/b=c/d,e=f",
                       "--limits.max-guidance=7.25", "--supervisor.chaos"},
                      {{"MAX_IN_FLIGHT", "5"}, {"LOG_FORMAT", "text"}},
                      "[nats]\nstream = \"OTHER\"\n"});
  BOOST_TEST_REQUIRE(before.status() == 0, before.err());
  auto after = load({{"provision"}, {}, before.out()});
  BOOST_TEST_REQUIRE(after.runs(), after.err());
  for (const auto& row : table_of(before.values))
    BOOST_TEST(after.value(row.key) == file_text(row), row.key);
}

BOOST_AUTO_TEST_CASE(says_where_each_value_is_from) {
  const auto dump = load({{"--dump-config", "--cache-ttl=7"},
                          {{"MAX_IN_FLIGHT", "5"}},
                          "[nats]\nstream = \"OTHER\"\n"});
  BOOST_TEST(contains(dump.out(), "\nttl = 7s ; from --cache-ttl\n"));
  BOOST_TEST(contains(dump.out(), "\nmax-in-flight = 5 ; from MAX_IN_FLIGHT\n"));
  BOOST_TEST(contains(dump.out(), "\nstream = \"OTHER\" ; from the file\n"));
  BOOST_TEST(contains(dump.out(), "\nconsumer = \"meme-generator\"\n"));
}

BOOST_AUTO_TEST_CASE(hides_what_is_secret_and_can_be_loaded_all_the_same) {
  const auto dump = load({{"--dump-config", "--hf-api-token", token, "--nats-url",
                           "nats://me:" + password + "@a:1,tls://" + password + "@b",
                           "--generator.fast-url=http://host/m?key=" + password},
                          {{"REDIS_URL", "redis://:" + password + "@r/1"}},
                          ""});
  BOOST_TEST_REQUIRE(dump.status() == 0, dump.err());
  BOOST_TEST(!contains(dump.out(), token));
  BOOST_TEST(!contains(dump.out(), password), dump.out());
  for (const auto* line : {"\n; token = \"<hidden>\" ; from --hf-api-token\n",
                           "\n; url = \"nats://<hidden>@a:1,tls://<hidden>@b\"",
                           "\n; redis-url = \"redis://<hidden>@r/1\" ; from REDIS_URL\n",
                           "\n; fast-url = \"http://host/m?<hidden>\""})
    BOOST_TEST(contains(dump.out(), line), line);
  BOOST_TEST(load({{"provision"}, {}, dump.out()}).runs());
}

BOOST_AUTO_TEST_CASE(hides_secrets_with_the_characters_that_separate_others) {
  const std::vector<std::pair<std::string, std::string>> shown = {
      {"--redis-url=redis://me:a,b," + password + "@r", "redis://<hidden>@r"},
      {"--redis-url=redis://:" + password + ",b@a@r/1", "redis://<hidden>@r/1"},
      {"--hf-api-url=https://h/m?key=a," + password, "https://h/m?<hidden>"},
      {"--hf-api-url=https://h/m?key=a@" + password + "?c", "https://h/m?<hidden>"},
      {"--hf-api-url=https://h/@m?" + password, "https://h/@m?<hidden>"},
      {"--nats-url=nats://a:1, tls://" + password + "@b:2", "nats://a:1, tls://<hidden>@b:2"}};
  for (const auto& [argument, url] : shown) {
    const auto dump = load({{"--dump-config", argument}, {}, ""});
    BOOST_TEST_REQUIRE(dump.status() == 0, dump.err());
    BOOST_TEST(!contains(dump.out(), password), argument);
    BOOST_TEST(contains(dump.out(), '"' + url + '"'), argument + "\n" + dump.out());
  }
}

BOOST_AUTO_TEST_CASE(hides_all_that_came_from_a_secret_file) {
  const auto dump = load(
      {{"--dump-config"}, {{"NATS_URL_FILE", folder.write("nats", "nats://hidden.host")}}, ""});
  BOOST_TEST(!contains(dump.out(), "hidden.host"));
  BOOST_TEST(contains(dump.out(), "; url = \"<hidden>\" ; from NATS_URL_FILE"));
}

BOOST_AUTO_TEST_SUITE_END()
