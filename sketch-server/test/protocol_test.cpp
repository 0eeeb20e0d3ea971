// What is asked, where, and by whom: requests, addresses, tokens, the command line.
#define BOOST_TEST_MODULE protocol
#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "sketch-server/http/admin.hpp"
#include "sketch-server/http/route.hpp"
#include "sketch-server/model.hpp"
#include "sketch-server/options.hpp"
#include "sketch-server/prompt_request.hpp"

using namespace meme::sketch;

namespace {

picture_order order_in(std::string_view body) {
  const auto read = read_prompt_request(body, {320, 200});
  BOOST_TEST_REQUIRE(std::holds_alternative<picture_order>(read));
  return std::get<picture_order>(read);
}

unsigned refusal_of(std::string_view body) {
  const auto read = read_prompt_request(body, {320, 200});
  return std::holds_alternative<refusal>(read) ? std::get<refusal>(read).status : 200;
}

std::variant<options, last_words> parsed(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "sketch-server");
  return parse_options(static_cast<int>(arguments.size()), arguments.data());
}

options given(const std::vector<const char*>& arguments) {
  auto result = parsed(arguments);
  if (const auto problem = std::get_if<last_words>(&result))
    BOOST_FAIL(problem->text);
  return std::get<options>(result);
}

/// What a wrong command line is answered with.
std::string complaint(const std::vector<const char*>& arguments) {
  const auto result = parsed(arguments);
  const auto words = std::get_if<last_words>(&result);
  return words && words->status == 2 ? words->text : "none";
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(requests)

BOOST_AUTO_TEST_CASE(inputs_alone_are_required) {
  const auto order = order_in(R"({"inputs": "a cat"})");
  BOOST_TEST(order.prompt == "a cat");
  BOOST_TEST(order.size.width == 320);
  BOOST_TEST(order.size.height == 200);
  BOOST_TEST(order.seed == 0u);
}

BOOST_AUTO_TEST_CASE(size_and_seed_are_taken_from_the_parameters) {
  const auto order = order_in(
      R"({"inputs": "", "parameters": {"width": 64, "height": 2048, "seed": 18446744073709551615,
          "guidance_scale": 7.5, "negative_prompt": "dogs", "num_inference_steps": 4}})");
  BOOST_TEST(order.size.width == 64);
  BOOST_TEST(order.size.height == 2048);
  BOOST_TEST(order.seed == UINT64_MAX);
  BOOST_TEST(order_in(R"({"inputs": "", "parameters": {"seed": -1}})").seed == UINT64_MAX);
}

BOOST_AUTO_TEST_CASE(null_is_as_good_as_absent) {
  BOOST_TEST(order_in(R"({"inputs": "a", "parameters": null})").size.width == 320);
  BOOST_TEST(order_in(R"({"inputs": "a", "parameters": {"width": null}})").size.width == 320);
}

BOOST_AUTO_TEST_CASE(what_is_no_json_is_a_bad_request) {
  for (const auto body : {"", "{", "inputs", "{\"inputs\": \"\xFF\"}", "{} {}"})
    BOOST_TEST(refusal_of(body) == 400u);
  BOOST_TEST(refusal_of(std::string(100'000, '[')) == 400u);
  BOOST_TEST(refusal_of(R"({"inputs": "a cat", "parameters": {"x": 1e-0005}})") == 200u);
  BOOST_TEST(refusal_of(R"({"inputs": "a cat", "parameters": {"x": 1e-00005}})") == 400u);
}

BOOST_AUTO_TEST_CASE(json_of_another_kind_cannot_be_processed) {
  for (const auto body :
       {"[]", "{}", R"({"inputs": 1})", R"({"inputs": null})",
        R"({"inputs": "a", "parameters": []})", R"({"inputs": "a", "parameters": {"width": 63}})",
        R"({"inputs": "a", "parameters": {"height": 2049}})",
        R"({"inputs": "a", "parameters": {"width": 512.0}})",
        R"({"inputs": "a", "parameters": {"width": "512"}})",
        R"({"inputs": "a", "parameters": {"seed": 1.5}})"})
    BOOST_TEST(refusal_of(body) == 422u);
}

BOOST_AUTO_TEST_CASE(the_accept_header_chooses_the_format) {
  for (const auto accept : {"", "*/*", "image/*", "image/png", "image/webp",
                            "image/png, image/jpeg", "application/json"})
    BOOST_TEST((accepted_format(accept) == picture_format::png));
  for (const auto accept : {"image/jpeg", "image/jpg", "IMAGE/JPEG", "image/jpeg, image/png"})
    BOOST_TEST((accepted_format(accept) == picture_format::jpeg));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(addresses)

BOOST_AUTO_TEST_CASE(models_are_at_the_old_and_the_new_address_and_at_the_root) {
  for (const auto path : {"/", "/models/a", "/models/a/b", "/hf-inference/models/a/b"})
    BOOST_TEST((route_of(path, false) == route::model));
  for (const auto path : {"", "/models", "/model/a", "/hf-inference", "/x/models/a"})
    BOOST_TEST((route_of(path, false) == route::unknown));
}

BOOST_AUTO_TEST_CASE(the_administration_is_there_only_if_wanted) {
  BOOST_TEST((route_of("/_stats", true) == route::stats));
  BOOST_TEST((route_of("/_faults", true) == route::faults));
  BOOST_TEST((route_of("/_reset", true) == route::reset));
  for (const auto path : {"/_stats", "/_faults", "/_reset"})
    BOOST_TEST((route_of(path, false) == route::unknown));
  BOOST_TEST((route_of("/healthz", false) == route::health));
}

BOOST_AUTO_TEST_CASE(a_query_is_decoded) {
  BOOST_TEST(path_of("/_stats?prompt=a") == "/_stats");
  BOOST_TEST(query_value("/_stats?prompt=a%20b+c%C3%A9%26", "prompt").value() == "a b cé&");
  BOOST_TEST(query_value("/_stats?x=1&prompt=a&prompt=b", "prompt").value() == "a");
  BOOST_TEST(query_value("/_stats?prompt", "prompt").value() == "");
  BOOST_TEST(!query_value("/_stats", "prompt"));
  BOOST_TEST(!query_value("/_stats?&&=", "prompt"));
  for (const auto target : {"/?prompt=%", "/?prompt=%4", "/?prompt=%zz", "/?prompt=%-1"})
    BOOST_TEST(!query_value(target, "prompt"));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(calls)

BOOST_AUTO_TEST_CASE(a_token_is_asked_for_where_one_is_set) {
  options settings;
  settings.token = "secret";
  model subject{settings};
  for (const auto authorization : {"", "Bearer", "Bearer wrong", "secret", "Bearer secret "}) {
    const auto answer = subject.receive({authorization, "", R"({"inputs": "a"})"});
    BOOST_TEST_REQUIRE(std::holds_alternative<reply>(answer));
    BOOST_TEST(std::get<reply>(answer).status == 401u);
    BOOST_TEST(*std::get<reply>(answer).body
               == R"({"error":"Invalid credentials in Authorization header"})");
  }
  BOOST_TEST(std::holds_alternative<accepted_call>(
      subject.receive({"Bearer secret", "", R"({"inputs": "a"})"})));
}

BOOST_AUTO_TEST_CASE(the_jitter_stays_in_its_range_and_repeats_with_its_seed) {
  options settings;
  settings.latency = std::chrono::milliseconds{100};
  settings.jitter = std::chrono::milliseconds{10};
  settings.seed = 5;
  model subject{settings};
  const auto latencies = [&] {
    std::vector<std::int64_t> result;
    for (int i = 0; i < 200; ++i)
      result.push_back(
          std::get<accepted_call>(subject.receive({"", "", R"({"inputs": "a"})"})).latency.count());
    return result;
  };
  const auto first = latencies();
  BOOST_TEST(*std::min_element(first.begin(), first.end()) == 100);
  BOOST_TEST(*std::max_element(first.begin(), first.end()) == 110);
  BOOST_TEST((latencies() != first));
  subject.reset();
  BOOST_TEST((latencies() == first));
}

BOOST_AUTO_TEST_CASE(the_administration_tells_counts_and_takes_plans) {
  options settings;
  settings.admin = true;
  model subject{settings};
  const auto get = [&](std::string_view target) {
    return *administer(subject, route::stats, false, target, "").body;
  };
  BOOST_TEST(administer(subject, route::faults, true, "", R"([{"html": true}])").status == 200u);
  BOOST_TEST(administer(subject, route::faults, true, "", "[{}]").status == 400u);
  BOOST_TEST(administer(subject, route::faults, false, "", "[]").status == 405u);
  {
    auto call = subject.counts().begin_call();
    subject.receive({"", "", R"({"inputs": "a \"cat\""})"});
    BOOST_TEST(contains(get("/_stats"), R"("calls":1,"in_flight":1,"max_in_flight":1)"));
    call.answered(200);
    const auto ends_unanswered = subject.counts().begin_call();
  }
  BOOST_TEST(contains(get("/_stats"), R"("prompts_seen":1,"faults":1,)"));
  BOOST_TEST(contains(get("/_stats"), R"("by_status":{"200":1,"none":1})"));
  BOOST_TEST(get("/_stats?prompt=a+%22cat%22") == R"({"prompt":"a \"cat\"","calls":1})");
  BOOST_TEST(get("/_stats?prompt=a") == R"({"prompt":"a","calls":0})");
}

BOOST_AUTO_TEST_CASE(a_reset_forgets_calls_that_are_still_under_way) {
  const options settings;
  model subject{settings};
  {
    auto call = subject.counts().begin_call();
    subject.reset();
    BOOST_TEST(contains(subject.counts().json(), R"("calls":0,"in_flight":1)"));
    call.answered(200);
  }
  BOOST_TEST(contains(subject.counts().json(), R"("calls":0,"in_flight":0)"));
  BOOST_TEST(contains(subject.counts().json(), R"("by_status":{})"));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(command_line)

BOOST_AUTO_TEST_CASE(options_have_defaults) {
  const auto options = given({});
  BOOST_TEST(options.host == "127.0.0.1");
  BOOST_TEST(options.port == 0u);
  BOOST_TEST(options.size.width == 512);
  BOOST_TEST(!options.fixed_bytes);
  BOOST_TEST(!options.admin);
}

BOOST_AUTO_TEST_CASE(options_are_read) {
  const auto options =
      given({"--listen", "[::1]:8080", "--latency=250", "--jitter", "50", "--seed", "9", "--size",
             "1024x576", "--fixed-bytes", "20000", "--token", "t", "--fault-plan",
             " [{\"html\": true}]", "--admin", "--drawing-threads", "2"});
  BOOST_TEST(options.host == "::1");
  BOOST_TEST(options.port == 8080u);
  BOOST_TEST(options.latency.count() == 250);
  BOOST_TEST(options.jitter.count() == 50);
  BOOST_TEST(options.seed == 9u);
  BOOST_TEST(options.size.width == 1024);
  BOOST_TEST(options.size.height == 576);
  BOOST_TEST(options.fixed_bytes.value() == 20'000u);
  BOOST_TEST(options.token == "t");
  BOOST_TEST(fault_plan{options.fault_plan}.size() == 1u);
  BOOST_TEST(options.admin);
  BOOST_TEST(options.drawing_threads == 2u);
}

BOOST_AUTO_TEST_CASE(wrong_options_are_named) {
  BOOST_TEST(contains(complaint({"--nonsense"}), "--nonsense"));
  BOOST_TEST(contains(complaint({"nonsense"}), "positional"));
  for (const auto value : {"8080", ":80", "a:b", "a:65536", "127.0.0.1:"})
    BOOST_TEST(contains(complaint({"--listen", value}), "--listen"));
  for (const auto value : {"-1", "", "1s", "99999999999"})
    BOOST_TEST(contains(complaint({"--latency", value}), "latency"));
  for (const auto value : {"512", "x", "512x", "63x64", "64x2049", "64x64x64"})
    BOOST_TEST(contains(complaint({"--size", value}), "--size"));
  BOOST_TEST(contains(complaint({"--fixed-bytes", "0"}), "--fixed-bytes"));
  BOOST_TEST(contains(complaint({"--fault-plan", "/no/such/file"}), "/no/such/file"));
}

BOOST_AUTO_TEST_CASE(help_and_version_are_no_failures) {
  BOOST_TEST(contains(std::get<last_words>(parsed({"--help"})).text, "--fixed-bytes"));
  BOOST_TEST(std::get<last_words>(parsed({"--version"})).status == 0);
}

BOOST_AUTO_TEST_SUITE_END()
