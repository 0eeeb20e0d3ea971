// What clients may rely on: subjects, fields, headers, pages and metrics, seen from outside.
#define BOOST_TEST_MODULE contract
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <set>

#include "actors/pictures/formats/picture_check.hpp"
#include "client/answer.hpp"
#include "test/support/world.hpp"

using namespace meme::test;

namespace {

std::string picture_in(const message& result) {
  return meme::client::decode_base64(json{result.data}.text("/image_data")).value();
}

void check_now(std::int64_t timestamp) {
  BOOST_TEST(std::abs(timestamp - static_cast<std::int64_t>(std::time(nullptr))) <= 60);
}

/// `<stream>:<sequence>:<when it was stored, in ns>:<kind>`
void check_message_id(const std::string& id, int sequence, const std::string& kind) {
  const auto start = "MEMES:" + std::to_string(sequence) + ":";
  BOOST_TEST_REQUIRE(id.substr(0, start.size()) == start);
  std::size_t digits = 0;
  check_now(std::stoll(id.substr(start.size()), &digits) / 1'000'000'000);
  BOOST_TEST(id.substr(start.size() + digits) == ":" + kind);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(answers, world)

BOOST_AUTO_TEST_CASE(a_prompt_alone_is_answered_with_a_picture) {
  ask(R"({"prompt": "A cat wearing a space helmet on Mars"})");
  const auto& answer = next_result();
  const json result{answer.data};
  BOOST_TEST(answer.subject == "meme.response");
  BOOST_TEST(!result.text("/request_id").empty());
  BOOST_TEST(result.text("/prompt") == "A cat wearing a space helmet on Mars");
  check_now(result.integer("/timestamp"));
  BOOST_TEST(picture_in(answer).substr(0, 8) == "\x89PNG\r\n\x1a\n");
  BOOST_TEST(result.text("/content_type") == "image/png");
  BOOST_TEST(!result.flag("/cached"));
  BOOST_TEST(!result.text("/model").empty());
  BOOST_TEST(result.integer("/duration_ms") >= 0);
}

BOOST_AUTO_TEST_CASE(a_failure_says_what_and_how) {
  ask(request("bad-1", "a cat", R"("width": 1)"));
  const auto& answer = next_error();
  const json error{answer.data};
  BOOST_TEST(answer.subject == "meme.response.error");
  BOOST_TEST(error.text("/request_id") == "bad-1");
  BOOST_TEST(error.text("/error").find("width") != std::string::npos);
  check_now(error.integer("/timestamp"));
  BOOST_TEST(error.text("/code") == "bad_request");
  BOOST_TEST(error.integer("/attempts") == 1);
}

BOOST_AUTO_TEST_CASE(a_refusal_of_the_model_quotes_its_status_and_words) {
  model.set_faults(
      R"([{"match": "forbidden", "status": 422, "body": "{\"error\": \"no, never\"}"}])");
  ask(request("refused", "forbidden"));
  const json error{next_error().data};
  BOOST_TEST(error.text("/code") == "model_rejected");
  BOOST_TEST(error.text("/error").find("422") != std::string::npos);
  BOOST_TEST(error.text("/error").find("no, never") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(subjects_with_a_token_are_served_too) {
  client.enqueue("meme.request.tenant-7", request("token-1", "a cat"));
  BOOST_TEST(json{next_result().data}.text("/request_id") == "token-1");
}

BOOST_AUTO_TEST_CASE(unknown_fields_are_ignored) {
  ask(request("u-1", "a cat", R"("style": {"ink": ["black"]}, "n": 4)"));
  BOOST_TEST(json{next_result().data}.text("/request_id") == "u-1");
}

BOOST_AUTO_TEST_CASE(prompts_come_back_untouched) {
  const std::string prompt = "  \"Katze\" \\ \xf0\x9f\x90\xb1\t</script> ";
  ask(request("p-1", prompt));
  BOOST_TEST(json{next_result().data}.text("/prompt") == prompt);
}

BOOST_AUTO_TEST_CASE(width_and_height_are_honoured) {
  ask(request("wide", "a cat", R"("width": 192, "height": 128)"));
  const auto size = meme::dimensions(picture_in(next_result())).value();
  BOOST_TEST(size.width == 192u);
  BOOST_TEST(size.height == 128u);
}

BOOST_AUTO_TEST_CASE(a_small_image_has_512_pixels_each_way) {
  ask(request("small", "a cat", R"("small_image": true)"));
  const auto size = meme::dimensions(picture_in(next_result())).value();
  BOOST_TEST(size.width == 512u);
  BOOST_TEST(size.height == 512u);
}

BOOST_AUTO_TEST_CASE(what_changes_the_picture_is_asked_for_anew) {
  const std::vector<std::string> choices = {"",
                                            R"("fast_mode": true)",
                                            R"("small_image": true)",
                                            R"("negative_prompt": "dogs")",
                                            R"("guidance_scale": 7.5)",
                                            R"("num_inference_steps": 20)",
                                            R"("seed": 7)",
                                            R"("width": 128, "height": 128)"};
  for (const auto& choice : choices) {
    ask(request("choice", "a cat", choice));
    BOOST_TEST(!json{next_result().data}.flag("/cached"), choice);
  }
  BOOST_TEST(model.calls() == static_cast<std::int64_t>(choices.size()));
}

BOOST_AUTO_TEST_CASE(messages_leave_the_queue_once_they_are_answered) {
  ask(request("good", "a cat"));
  ask("nonsense");
  next_result();
  next_error();
  BOOST_TEST(drained());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(headers, world)

BOOST_AUTO_TEST_CASE(answers_are_named_after_their_message) {
  ask(request("same-id", "a cat"));
  check_message_id(next_result().header.at("Nats-Msg-Id"), 1, "result");
  ask(request("same-id", "a cat"));
  check_message_id(next_result().header.at("Nats-Msg-Id"), 2, "result");
  ask("nonsense");
  check_message_id(next_error().header.at("Nats-Msg-Id"), 3, "error");
}

BOOST_AUTO_TEST_CASE(a_traceparent_is_passed_through) {
  const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  client.enqueue("meme.request", request("t-1", "a cat"), {{"traceparent", trace}});
  client.enqueue("meme.request", "nonsense", {{"traceparent", trace}});
  BOOST_TEST(next_result().header.at("traceparent") == trace);
  BOOST_TEST(next_error().header.at("traceparent") == trace);
}

BOOST_AUTO_TEST_CASE(an_answer_also_goes_where_the_request_says) {
  auto by_field = client.subscribe("_INBOX.my.answers");
  auto by_header = client.subscribe("_INBOX.my.other.answers");
  ask(request("field", "a cat", R"("reply_to": "_INBOX.my.answers")"));
  client.enqueue("meme.request", request("header", "a dog"),
                 {{"Meme-Reply-To", "_INBOX.my.other.answers"}});
  ask(request("failing", "a cow", R"("reply_to": "_INBOX.my.answers", "width": 1)"));
  BOOST_TEST(json{by_header.next().data}.text("/request_id") == "header");
  std::set<std::string> ids;
  for (int i = 0; i < 2; ++i)
    ids.insert(json{by_field.next().data}.text("/request_id"));
  BOOST_TEST((ids == std::set<std::string>{"field", "failing"}));
  BOOST_TEST(results.wait_for(2)); // they are published for everybody all the same
  BOOST_TEST(errors.wait_for(1));
}

BOOST_AUTO_TEST_SUITE_END()

// Whoever may send a request must not publish with the service's rights.
BOOST_AUTO_TEST_CASE(answers_go_nowhere_but_where_the_settings_allow_it) {
  world_settings settings;
  settings.variables = {{"MEME_NATS_REPLY_SUBJECTS", "my.own.>, kept.>, orders.*"}};
  world here{settings};
  here.client.api("STREAM.UPDATE.MEMES", R"({"name": "MEMES", "retention": "workqueue",
      "storage": "file", "subjects": ["meme.request", "meme.request.>", "kept.here"]})");
  here.restart_service(); // which checks the stream again
  auto allowed = here.client.subscribe("my.own.answers");
  auto others = here.client.subscribe("*.*.new");
  here.ask(request("own", "a cat", R"("reply_to": "my.own.answers")"));
  BOOST_TEST(json{allowed.next().data}.text("/request_id") == "own");
  for (const auto* refused : {"kept.here", "orders.a.new", "_INBOX.stranger.new", "my.own",
                              "meme.response.error", "meme.dead.new"}) {
    here.ask(request(refused, "a cat", R"("reply_to": ")" + std::string{refused} + '"'));
    const json error{here.next_error().data};
    BOOST_TEST(error.text("/request_id") == refused);
    BOOST_TEST(error.text("/code") == "bad_request");
  }
  BOOST_TEST(others.messages().empty());
  BOOST_TEST(here.drained());
}

BOOST_AUTO_TEST_CASE(an_id_is_derived_where_there_is_none_and_stays_over_deliveries) {
  world_settings settings;
  settings.variables = {{"MEME_GENERATOR_MAX_CALLS", "1"}, {"MEME_INGRESS_RETRY_BASE", "100ms"}};
  world here{settings};
  here.model.set_faults(R"([{"match": "a cat", "calls": [1, 1], "status": 500}])");
  here.ask(R"({"prompt": "a cat"})");
  const auto id = json{here.next_result().data}.text("/request_id");
  BOOST_TEST(here.model.calls() == 2);
  const auto lines = here.memes->log_lines();
  const auto first_delivery = std::find_if(lines.begin(), lines.end(), [](const json& line) {
    return line.has("/attempt") && line.integer("/attempt") == 1;
  });
  BOOST_TEST_REQUIRE((first_delivery != lines.end()));
  BOOST_TEST(first_delivery->text("/request_id") == id);
  here.ask(R"({"prompt": "a cat"})");
  BOOST_TEST(json{here.next_result().data}.text("/request_id") != id);
}

BOOST_FIXTURE_TEST_SUITE(pages, world)

BOOST_AUTO_TEST_CASE(there_are_four_and_no_more) {
  for (const auto* path : {"/livez", "/readyz", "/healthz", "/metrics"})
    BOOST_TEST(memes->page(path).status == 200, path);
  for (const auto* path : {"/", "/metrics/", "/nothing", "/readyz/x"})
    BOOST_TEST(memes->page(path).status == 404, path);
  BOOST_TEST(memes->page("/metrics").content_type.find("text/plain") == 0u);
}

BOOST_AUTO_TEST_CASE(without_nats_it_is_alive_but_not_ready_and_says_why) {
  nats.kill9();
  BOOST_TEST(eventually([&] { return memes->page("/readyz").status == 503; }));
  BOOST_TEST(memes->page("/healthz").status == 503);
  BOOST_TEST(memes->page("/readyz").content_type.find("application/json") == 0u);
  BOOST_TEST(eventually([&] { return json{memes->page("/readyz").body}.has("/reasons/nats"); }));
  BOOST_TEST(memes->page("/livez").status == 200);
  nats.start();
  BOOST_TEST(memes->wait_ready());
}

BOOST_AUTO_TEST_CASE(metrics_have_their_names_and_types) {
  const auto page = memes->page("/metrics").body;
  for (const auto* name : {"requests", "success", "errors", "cache_hits", "cache_misses"})
    BOOST_TEST(page.find("# TYPE meme_generator_" + std::string{name} + "_total counter\n")
                   != page.npos,
               name);
  for (const auto* name : {"processing", "generation"})
    BOOST_TEST(
        page.find("# TYPE meme_generator_" + std::string{name} + "_duration_seconds histogram\n")
            != page.npos,
        name);
}

BOOST_AUTO_TEST_CASE(metrics_count_each_message_and_each_answer) {
  ask(request("1", "a cat"));
  next_result();
  ask(request("2", "a cat"));
  next_result();
  ask("nonsense");
  next_error();
  BOOST_TEST(drained());
  const auto metric = [this](const std::string& name) {
    return memes->metric("meme_generator_" + name);
  };
  // An answer is counted when it is known to have arrived, a moment after we have it.
  BOOST_TEST(eventually([&] { return metric("success_total") + metric("errors_total") == 3; }));
  BOOST_TEST(metric("requests_total") == 3);
  BOOST_TEST(metric("success_total") == 2);
  BOOST_TEST(metric("errors_total") == 1);
  BOOST_TEST(metric("cache_hits_total") == 1);
  BOOST_TEST(metric("cache_misses_total") == 1);
  BOOST_TEST(metric("processing_duration_seconds_count") == 3);
  BOOST_TEST(metric("generation_duration_seconds_count") == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(log_lines_about_a_request_say_which) {
  world_settings settings;
  settings.variables = {{"LOG_LEVEL", "debug"}};
  world here{settings};
  here.ask("nonsense");
  here.ask(request("logged", "a cat"));
  here.next_result();
  const auto said = [&] {
    const auto lines = here.memes->log_lines();
    return std::any_of(lines.begin(), lines.end(), [](const json& line) {
      return line.has("/request_id") && line.text("/request_id") == "logged"
             && line.has("/stream_sequence") && line.integer("/stream_sequence") == 2
             && line.has("/attempt") && line.integer("/attempt") == 1;
    });
  };
  BOOST_TEST(eventually(said));
}

BOOST_AUTO_TEST_CASE(the_token_is_nowhere_to_be_seen) {
  world_settings settings;
  settings.variables = {{"LOG_LEVEL", "trace"}, {"HF_API_TOKEN", "hf_the_secret_token"}};
  settings.model_arguments = {"--token", "hf_another_token"};
  world here{settings};
  here.ask(request("refused", "a cat"));
  const auto& error = here.next_error();
  BOOST_TEST(json{error.data}.text("/code") == "model_unauthorized");
  const auto secret_in = [](const std::string& text) {
    return text.find("hf_the_secret_token") != text.npos;
  };
  BOOST_TEST(!secret_in(error.data));
  BOOST_TEST(!secret_in(here.memes->page("/metrics").body));
  BOOST_TEST(!secret_in(here.memes->page("/readyz").body));
  here.memes->terminate();
  BOOST_TEST(!secret_in(here.memes->process().err()));
  BOOST_TEST(!secret_in(here.memes->process().out()));
}
