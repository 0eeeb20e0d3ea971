// Every secret that the service can be given, looked for in all that it lets out, while everything
// works and while nothing does.
#define BOOST_TEST_MODULE secrets
#include <boost/test/unit_test.hpp>

#include <fstream>

#include "test/support/secured.hpp"
#include "test/support/world.hpp"

using namespace meme::test;

namespace {

const std::vector<std::string> secrets = {"hf_s3cr3tT0ken", "nats-s3cr3t", "redis-s3cr3t",
                                          "query-s3cr3t"};

void check_without_secrets(const std::string& text, const std::string& where) {
  BOOST_TEST(!text.empty(), where);
  for (const auto& secret : secrets)
    BOOST_TEST(!contains(text, secret), secret << " in " << where << ":\n" << text);
}

environment with_secrets(const world& here, const std::string& nats_password) {
  const auto place = [](const std::string& url) { return url.substr(url.find("://") + 3); };
  return {{"NATS_URL", "nats://me:" + nats_password + "@" + place(here.nats.url())},
          {"REDIS_URL", "redis://:a,redis-s3cr3t@" + place(here.redis.url())},
          {"HF_API_URL", here.model.model_url() + "?key=a,query-s3cr3t"},
          {"HF_API_TOKEN", "hf_s3cr3tT0ken"},
          {"LOG_LEVEL", "trace"},
          {"MEME_GENERATOR_MAX_CALLS", "1"},
          {"MEME_INGRESS_MAX_DELIVERIES", "1"}};
}

/// What one process has let out: log and pages.
void check_outside(service& memes) {
  for (const auto* page : {"/metrics", "/livez", "/readyz", "/healthz", "/nothing"})
    check_without_secrets(memes.page(page).body, page);
  check_without_secrets(memes.process().err(), "the log");
}

} // namespace

BOOST_AUTO_TEST_CASE(nothing_lets_a_secret_out) {
  world_settings settings;
  // Others than the service come without a password.
  settings.nats_config = "max_payload: 8388608\nno_auth_user: test\nauthorization: {users: ["
                         "{user: test, password: test}, {user: me, password: \"nats-s3cr3t\"}]}";
  world here{settings};
  here.memes->terminate();
  here.settings.variables = with_secrets(here, "nats-s3cr3t");
  here.restart_service(); // Redis refuses a password that it never asked for
  // A picture, a bad request, and a model that repeats what it was told.
  here.model.set_faults(
      R"([{"match": "echo", "status": 400, "body": "{\"error\": \"bad token hf_s3cr3tT0ken\"}"},
          {"match": "refused", "status": 401}])");
  here.ask(request("cat", "a cat"));
  check_without_secrets(here.next_result().data, "the result");
  here.ask("nonsense");
  here.ask(request("echo", "echo"));
  here.ask(request("refused", "refused"));
  for (int i = 0; i < 3; ++i)
    check_without_secrets(here.next_error().data, "an error");
  check_outside(*here.memes);
  here.redis.kill9();
  here.model.kill9();
  here.ask(request("dead", "a dog"));
  check_outside(*here.memes);
  BOOST_TEST(here.memes->terminate() == 0);
  check_without_secrets(here.memes->process().err(), "the log");
}

BOOST_AUTO_TEST_CASE(nor_does_a_service_that_nobody_lets_in) {
  world here{[] {
    world_settings settings;
    settings.nats_config = "no_auth_user: test\nauthorization: {users: ["
                           "{user: test, password: test}, {user: me, password: other}]}";
    return settings;
  }()};
  auto variables = with_secrets(here, "nats-s3cr3t");
  // Retired: what is called instead is logged.
  variables["HF_API_URL"] = "https://api-inference.huggingface.co/models/"
                            "runwayml/stable-diffusion-v1-5?key=query-s3cr3t";
  service memes{here.folder.path(), variables, "refused"};
  BOOST_TEST(secured::says_not_ready(memes, "Authorization Violation"));
  check_outside(memes);
}

BOOST_AUTO_TEST_CASE(nor_does_a_dump_or_a_complaint) {
  temporary_folder folder;
  const environment variables = {{"NATS_URL", "nats://me:nats-s3cr3t@127.0.0.1:1"},
                                 {"REDIS_URL", "redis://:redis-s3cr3t@127.0.0.1:1"},
                                 {"HF_API_URL", "http://127.0.0.1:1/m?key=query-s3cr3t"},
                                 {"HF_API_TOKEN", "hf_s3cr3tT0ken"}};
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"--dump-config"}, {"--nonsense"}, {"--cache-ttl=x"}, {"provision"}}) {
    const auto run = run_meme_generator(folder.path(), arguments, variables);
    check_without_secrets(run.out + run.err, arguments.front());
  }
  for (const auto& [name, value] : variables) {
    auto broken = variables;
    broken[name] = value + " x"; // refused, and quoted by nobody
    const auto run = run_meme_generator(folder.path(), {}, broken);
    BOOST_TEST(run.status == 2);
    check_without_secrets(run.out + run.err, name);
  }
}
