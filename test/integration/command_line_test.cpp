// The program as it is called: options, configuration errors, and the scripts around it.
#define BOOST_TEST_MODULE command_line
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>

#include "test/support/sanitized.hpp"
#include "test/support/world.hpp"

using namespace meme::test;

namespace {

struct fixture {
  finished_run run(std::vector<std::string> arguments, environment variables = {}) {
    return run_meme_generator(folder.path(), std::move(arguments), std::move(variables));
  }

  temporary_folder folder;
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(configuration, fixture)

BOOST_AUTO_TEST_CASE(has_the_documented_defaults) {
  const auto dump = run({"--dump-config"});
  BOOST_TEST(dump.status == 0);
  for (const auto* value :
       {"nats://nats.messaging.svc.cluster.local:4222", "MEMES", "meme-generator", "meme.request",
        "meme.response", "redis://redis.cache.svc.cluster.local:6379", "3600", "0.0.0.0:9090"})
    BOOST_TEST(contains(dump.out, value), value);
}

BOOST_AUTO_TEST_CASE(knows_every_documented_option) {
  const std::vector<std::pair<std::string, std::string>> options = {
      {"--nats-url", "nats://one:1"},         {"--nats-stream", "TWO"},
      {"--nats-consumer", "three"},           {"--request-subject", "four.request"},
      {"--response-subject", "five.answers"}, {"--redis-url", "redis://six:6"},
      {"--hf-api-url", "http://seven:7/m"},   {"--cache-ttl", "88"},
      {"--metrics-addr", "127.0.0.9:999"},    {"--max-in-flight", "1010"}};
  std::vector<std::string> arguments = {"--dump-config", "--hf-api-token", "hf_secret"};
  for (const auto& [name, value] : options)
    arguments.insert(arguments.end(), {name, value});
  const auto dump = run(arguments);
  BOOST_TEST(dump.status == 0, dump.err);
  for (const auto& [name, value] : options)
    BOOST_TEST(contains(dump.out, value), name);
  BOOST_TEST(!contains(dump.out + dump.err, "hf_secret"));
}

BOOST_AUTO_TEST_CASE(prefers_the_command_line_to_the_environment) {
  const auto dump =
      run({"--dump-config", "--nats-stream", "FROM_COMMAND_LINE"},
          {{"NATS_STREAM", "FROM_ENVIRONMENT"}, {"NATS_CONSUMER", "from-environment"}});
  BOOST_TEST(contains(dump.out, "FROM_COMMAND_LINE"));
  BOOST_TEST(contains(dump.out, "from-environment"));
  BOOST_TEST(!contains(dump.out, "FROM_ENVIRONMENT"));
}

BOOST_AUTO_TEST_CASE(errors_end_it_with_status_2_a_line_each) {
  const auto start = std::chrono::steady_clock::now();
  const auto serving =
      run({}, {{"HF_API_TOKEN", "hf_x"}, {"CACHE_TTL", "soon"}, {"MAX_IN_FLIGHT", "0"}});
  BOOST_TEST((std::chrono::steady_clock::now() - start < std::chrono::seconds{sanitized ? 5 : 1}));
  BOOST_TEST(serving.status == 2);
  BOOST_TEST(contains(serving.err, "CACHE_TTL"));
  BOOST_TEST(contains(serving.err, "MAX_IN_FLIGHT"));
}

BOOST_AUTO_TEST_CASE(without_a_token_does_not_serve) {
  const auto serving = run({});
  BOOST_TEST(serving.status == 2);
  BOOST_TEST(contains(serving.err, "HF_API_TOKEN"));
}

BOOST_AUTO_TEST_CASE(with_subjects_that_overlap_is_refused) {
  const auto serving =
      run({}, {{"HF_API_TOKEN", "hf_x"}, {"NATS_RESPONSE_SUBJECT", "meme.request.done"}});
  BOOST_TEST(serving.status == 2);
  BOOST_TEST(contains(serving.err, "NATS_RESPONSE_SUBJECT"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(the_retired_default_address_is_replaced_with_a_warning) {
  temporary_folder folder;
  service memes{folder.path(), {{"HF_API_TOKEN", "hf_x"}, {"NATS_URL", "nats://127.0.0.1:1"}}};
  int warnings = 0;
  for (const auto& line : memes.log_lines())
    if (line.text("/level") == "warning")
      warnings +=
          contains(memes.process().err(), "router.huggingface.co/hf-inference/models/") ? 1 : 0;
  BOOST_TEST(warnings >= 1);
  BOOST_TEST(memes.terminate() == 0);
}

BOOST_FIXTURE_TEST_SUITE(scripts, world)

namespace {

finished_run run_script(const world& here, const std::string& script,
                        std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), std::string{MEME_SOURCE_DIR} + "/scripts/" + script);
  arguments.insert(arguments.end(), {"--nats-url", here.nats.url()});
  child_process process{{"bash", std::move(arguments), {{"MEME_GENERATOR", MEME_GENERATOR}}},
                        here.folder.path(),
                        script};
  const auto status = process.wait_exit();
  return {status.value_or(-1), process.out(), process.err()};
}

} // namespace

BOOST_AUTO_TEST_CASE(send_test_request_saves_its_picture) {
  const auto picture = folder.path() / "cat.png";
  const auto sent =
      run_script(*this, "send-test-request.sh",
                 {"--prompt", "a cat", "--id", "cat-1", "--guidance", "7.5", "--steps", "20",
                  "--negative", "dogs", "--fast", "--small", "--output", picture});
  BOOST_TEST(sent.status == 0, sent.err);
  BOOST_TEST(contains(sent.out, picture.string()));
  BOOST_TEST(std::filesystem::file_size(picture) > 100u);
  BOOST_TEST(json{next_result().data}.text("/request_id") == "cat-1");
}

BOOST_AUTO_TEST_CASE(send_test_request_tells_errors) {
  const auto sent = run_script(*this, "send-test-request.sh",
                               {"--prompt", "a cat", "--id", "cat-1", "--steps", "151"});
  BOOST_TEST(sent.status != 0);
  BOOST_TEST(contains(sent.err, "num_inference_steps"));
}

BOOST_AUTO_TEST_CASE(watch_responses_saves_everybodys_pictures) {
  const auto pictures = folder.path() / "pictures";
  child_process watching{{"bash",
                          {std::string{MEME_SOURCE_DIR} + "/scripts/watch-responses.sh",
                           "--nats-url", nats.url(), "--output-dir", pictures, "--count", "2"},
                          {{"MEME_GENERATOR", MEME_GENERATOR}}},
                         folder.path(),
                         "watch"};
  // It says so once the server knows of its subscriptions.
  BOOST_TEST_REQUIRE(eventually([&] { return contains(watching.out(), "watching"); }));
  ask(request("../../cat", "a cat"));
  ask(request("dog", "a dog"));
  BOOST_TEST(watching.wait_exit().value_or(-1) == 0);
  BOOST_TEST(std::filesystem::exists(pictures / "_._.._cat.png"));
  BOOST_TEST(std::filesystem::exists(pictures / "dog.png"));
}

BOOST_AUTO_TEST_SUITE_END()
