// Malformed and hostile requests: one error each, gone from the queue, nothing else disturbed.
#define BOOST_TEST_MODULE hostile
#include <boost/test/unit_test.hpp>

#include <set>

#include "test/support/stopwatch.hpp"
#include "test/support/world.hpp"

using namespace meme::test;

namespace {

std::string repeated(const std::string& text, std::size_t count) {
  std::string result;
  while (count-- > 0)
    result += text;
  return result;
}

std::string with(const std::string& field) {
  return R"({"prompt": "a cat", )" + field + "}";
}

/// A good request of exactly so many bytes.
std::string of_bytes(std::size_t size) {
  const auto least = with(R"("padding": "")");
  return with("\"padding\": \"" + repeated("x", size - least.size()) + '"');
}

/// None of these may be served.
std::vector<std::string> hostile_requests() {
  return {
      // not JSON
      "",
      "nonsense",
      std::string(64, '\0'),
      R"({"prompt": "a cat")",
      R"({"prompt": "a cat"} and more)",
      R"({"prompt": "a cat)",
      R"({'prompt': 'a cat'})",
      R"({"prompt": "a cat", "seed": NaN})",
      repeated("[", 60'000),
      repeated("{\"a\":", 12'000),
      // JSON of the wrong kind
      "null",
      "42",
      "\"a cat\"",
      R"(["a cat"])",
      "{}",
      with("\"deep\": " + repeated("[", 1'000) + repeated("]", 1'000)),
      with("\"deep\": " + repeated("[", 16) + repeated("]", 16)),
      // prompts
      R"({"prompt": ""})",
      R"({"prompt": " \t\n"})",
      R"({"prompt": 7})",
      R"({"prompt": null})",
      R"({"prompt": ["a cat"]})",
      R"({"prompt": "a\u0000cat"})",
      R"({"prompt": "lone surrogate \ud800"})",
      "{\"prompt\": \"bad UTF-8 \xff\xfe\"}",
      "{\"prompt\": \"overlong \xc0\xaf\"}",
      "{\"prompt\": \"a NUL " + std::string(1, '\0') + " byte\"}",
      R"({"prompt": "a NUL at the end"})" + std::string(1, '\0'),
      "{\"prompt\": \"a surrogate in UTF-8 \xed\xa0\x80\"}",
      "{\"prompt\": \"cut in a character \xf0\x9f\x90",
      request("long", repeated("x", 8'001)),
      // ids
      with(R"("id": 7)"),
      with(R"("id": ")" + repeated("x", 129) + "\""),
      with(R"("id": "line\nbreak")"),
      with(R"("id": {"$gt": ""})"),
      // numbers
      with(R"("width": "512")"),
      with(R"("width": 63)"),
      with(R"("height": 2049)"),
      with(R"("width": -512)"),
      with(R"("num_inference_steps": 0)"),
      with(R"("num_inference_steps": 151)"),
      with(R"("num_inference_steps": 1.5)"),
      with(R"("guidance_scale": -0.1)"),
      with(R"("guidance_scale": 50.5)"),
      with(R"("guidance_scale": 1e999)"),
      with(R"("seed": -2)"),
      with(R"("seed": 18446744073709551616)"),
      with(R"("fast_mode": "yes")"),
      with(R"("small_image": 1)"),
      // where the answer is to go
      with(R"("reply_to": "my.*")"),
      with(R"("reply_to": "my.>")"),
      with(R"("reply_to": "$JS.API.STREAM.DELETE.MEMES")"),
      with(R"("reply_to": "two words")"),
      with(R"("reply_to": "with\r\nPUB meme.request 2\r\n{}")"),
      with(R"("reply_to": "meme.request")"),
      with(R"("reply_to": "meme.request.again")"),
      with(R"("reply_to": 7)"),
      // size
      of_bytes(65'537),
      repeated("x", 900'000),
  };
}

/// Its model draws nothing: only what is asked of it matters here.
struct quick_world : world {
  quick_world() : world{{"max_payload: 8388608", {}, {"--fixed-bytes", "5000"}, {}}} {}
};

} // namespace

BOOST_FIXTURE_TEST_CASE(each_gets_one_error_and_nothing_else_is_disturbed, world) {
  const auto hostile = hostile_requests();
  for (std::size_t i = 0; i < hostile.size(); ++i) {
    ask(hostile[i]);
    ask(request("good-" + std::to_string(i), "a dog"));
  }
  BOOST_TEST(results.wait_for(hostile.size()));
  BOOST_TEST(errors.wait_for(hostile.size()));
  BOOST_TEST(drained());

  std::set<std::string> answered;
  for (const auto& each : results.messages())
    answered.insert(json{each.data}.text("/request_id"));
  BOOST_TEST(results.messages().size() == hostile.size());
  BOOST_TEST(answered.size() == hostile.size());

  std::set<std::string> messages;
  for (const auto& each : errors.messages()) {
    const json error{each.data};
    const auto code = error.text("/code");
    BOOST_TEST((code == "bad_request" || code == "request_too_large"), each.data);
    BOOST_TEST(!error.text("/error").empty());
    messages.insert(each.header.at("Nats-Msg-Id"));
  }
  BOOST_TEST(errors.messages().size() == hostile.size());
  BOOST_TEST(messages.size() == hostile.size());
  BOOST_TEST(model.calls("a cat") == 0);
  BOOST_TEST(memes->process().running());
  BOOST_TEST(memes->page("/readyz").status == 200);
  BOOST_TEST(memes->metric("meme_generator_actor_restarts_total") == 0);
  BOOST_TEST_MESSAGE("row 10: " << hostile.size() << " hostile requests, " << messages.size()
                                << " errors, " << errors.messages().size() - messages.size()
                                << " duplicates; " << answered.size() << " good ones beside them");
}

BOOST_FIXTURE_TEST_CASE(the_id_of_a_bad_request_is_echoed_where_it_can_be_read, world) {
  ask(request("readable", "", R"("width": 512)"));
  BOOST_TEST(json{next_error().data}.text("/request_id") == "readable");
  ask(R"({"prompt": "a cat", "width": 1, "id": "comes last"})");
  BOOST_TEST(json{next_error().data}.text("/request_id") == "comes last");
}

BOOST_FIXTURE_TEST_CASE(the_limits_themselves_are_served, quick_world) {
  const std::vector<std::string> extremes = {
      request("1", repeated("\xf0\x9f\x90\xb1", 8'000)),
      request(repeated("x", 128), "x"),
      request("3", "a cat", R"("width": 64, "height": 64)"),
      request("4", "a cat", R"("num_inference_steps": 150, "guidance_scale": 50)"),
      request("5", "a cat", R"("num_inference_steps": 1, "guidance_scale": 0)"),
      request("6", "a cat", R"("seed": 9007199254740991)"),
      request("7", "a cat", "\"deep\": " + repeated("[", 15) + repeated("]", 15)),
      of_bytes(65'536),
  };
  for (const auto& each : extremes)
    ask(each);
  BOOST_TEST(results.wait_for(extremes.size()));
  BOOST_TEST(errors.messages().empty());
}

BOOST_FIXTURE_TEST_CASE(hostile_headers_go_no_further, quick_world) {
  auto everything = client.subscribe("my.>");
  for (const auto* reply : {"my.*", "my.>", "meme.request", "$JS.API.INFO", "two words"})
    client.enqueue("meme.request", request("header", "a cat"), {{"Meme-Reply-To", reply}});
  BOOST_TEST(errors.wait_for(5));
  client.enqueue("meme.request", request("trace", "a dog"),
                 {{"traceparent", std::string(10'000, 'x')}, {"Nats-Msg-Id", "mine"}});
  const auto& result = next_result();
  BOOST_TEST(result.header.count("traceparent") == 0u);
  BOOST_TEST(result.header.at("Nats-Msg-Id") != "mine");
  BOOST_TEST(drained());
  for (const auto& each : errors.messages())
    BOOST_TEST(json{each.data}.text("/code") == "bad_request");
  BOOST_TEST(everything.messages().empty());
  BOOST_TEST(model.calls("a cat") == 0);
}

// docs/hardening.md advises it: of what the server takes, each process may hold as many messages as
// it has permits.
BOOST_FIXTURE_TEST_CASE(a_stream_may_refuse_what_is_larger_than_a_request, quick_world) {
  client.api("STREAM.UPDATE.MEMES",
             R"({"name": "MEMES", "subjects": ["meme.request", "meme.request.>"],
                 "retention": "workqueue", "storage": "file", "max_msg_size": 131072})");
  BOOST_CHECK_THROW(client.enqueue("meme.request", std::string(200'000, 'x')), std::exception);
  client.enqueue("meme.request", std::string(100'000, 'x'));
  BOOST_TEST(json{next_error().data}.text("/code") == "request_too_large");
  ask(request("small", "a cat"));
  BOOST_TEST(json{next_result().data}.text("/request_id") == "small");
}

// A refusal costs its client nothing: it must not cost the operator's disk either.
BOOST_FIXTURE_TEST_CASE(a_flood_of_refusals_leaves_few_log_lines, quick_world) {
  constexpr std::size_t count = 3'000;
  const stopwatch since_first;
  client.enqueue_all("meme.request", std::vector<std::string>(count, "nonsense"));
  BOOST_TEST_REQUIRE(errors.wait_for(count));
  BOOST_TEST_REQUIRE(drained());
  const auto seconds = since_first.seconds();
  std::size_t lines = 0;
  for (const auto& line : memes->log_lines())
    lines += line.text("/msg") == "a request was answered with an error" ? 1 : 0;
  BOOST_TEST(lines > 0u);
  BOOST_TEST(static_cast<double>(lines) <= 100 * (seconds + 2));
  BOOST_TEST_MESSAGE(count << " refusals in " << seconds << " s: " << lines << " log lines");
}
