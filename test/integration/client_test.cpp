// `request` and `watch` against a NATS server, the test playing the service.
#define BOOST_TEST_MODULE client
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <future>
#include <set>

#include "client/commands/load.hpp"
#include "client/commands/request.hpp"
#include "client/commands/watch.hpp"
#include "client/exit_status.hpp"
#include "client/latencies.hpp"
#include "client/picture_file.hpp"
#include "test/integration/client_fixture.hpp"
#include "test/support/read_file.hpp"

using namespace meme::test;
using namespace meme::client;

BOOST_AUTO_TEST_SUITE(files)

BOOST_AUTO_TEST_CASE(are_named_by_what_the_picture_is) {
  BOOST_TEST(extension_of(png) == "png");
  BOOST_TEST(extension_of(png.substr(0, 40)) == "");
  BOOST_TEST(extension_of("<html>") == "");
  BOOST_TEST(extension_of("") == "");
}

BOOST_AUTO_TEST_CASE(are_never_named_by_a_stranger) {
  BOOST_TEST(file_stem("cat-1_a.b") == "cat-1_a.b");
  BOOST_TEST(file_stem("../../etc/passwd") == "_._.._etc_passwd");
  BOOST_TEST(file_stem("/etc/passwd") == "_etc_passwd");
  BOOST_TEST(file_stem(".hidden") == "_hidden");
  BOOST_TEST(file_stem("..") == "_.");
  BOOST_TEST(file_stem("-rf") == "_-rf");
  BOOST_TEST(file_stem("--") == "_--");
  BOOST_TEST(file_stem("") == "meme");
  BOOST_TEST(file_stem("caf\xc3\xa9 \x1b[31m\n") == "caf_____31m_");
  BOOST_TEST(file_stem(std::string(1'000, 'x')).size() == 100u);
  BOOST_TEST(file_stem(std::string(1'000, '-')).size() == 100u);
}

BOOST_AUTO_TEST_CASE(are_never_overwritten) {
  temporary_folder folder;
  const auto first = save_new_file(folder.path(), "cat", png);
  const auto second = save_new_file(folder.path(), "cat", png + std::string(1, '\0'));
  BOOST_TEST(first.filename() == "cat.png");
  BOOST_TEST(second.filename() == "cat-2.png");
  BOOST_TEST(read_file(first) == png);
  BOOST_TEST(read_file(second) == png + std::string(1, '\0'));
}

BOOST_AUTO_TEST_CASE(do_not_go_through_links) {
  temporary_folder folder;
  const auto target = folder.path() / "elsewhere";
  std::filesystem::create_symlink(target, folder.path() / "cat.png");
  BOOST_TEST(save_new_file(folder.path(), "cat", png).filename() == "cat-2.png");
  BOOST_TEST(!std::filesystem::exists(target));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(answers)

BOOST_AUTO_TEST_CASE(carry_base64_with_its_padding) {
  BOOST_TEST(decode_base64("").value() == "");
  BOOST_TEST(decode_base64("Zg==").value() == "f");
  BOOST_TEST(decode_base64("Zm8=").value() == "fo");
  BOOST_TEST(decode_base64("Zm9v").value() == "foo");
  BOOST_TEST(decode_base64("AAAA").value() == std::string(3, '\0'));
  for (const auto* wrong : {"Zg=", "Z", "Zm9v!!!!", "====", "Zg==Zg==", "Z=g=", "Zm=v"})
    BOOST_TEST(!decode_base64(wrong), wrong);
}

BOOST_AUTO_TEST_CASE(are_results_or_errors_or_nothing) {
  const auto result = parse_answer(result_json("cat"));
  BOOST_TEST_REQUIRE(static_cast<bool>(result));
  BOOST_TEST(result->request_id == "cat");
  BOOST_TEST(result->image == png);
  const auto error = parse_answer(R"({"request_id": "cat", "error": "no", "code": "internal"})");
  BOOST_TEST_REQUIRE(static_cast<bool>(error));
  BOOST_TEST(error->error == "no");
  for (const auto* wrong :
       {"", "[]", "{}", "nonsense", R"({"request_id": 1})", R"({"image_data": ""})",
        R"({"image_data": "?"})", R"({"error": "no", "duration_ms": 1e-00005})"})
    BOOST_TEST(!parse_answer(wrong), wrong);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(requests, client_fixture)

BOOST_AUTO_TEST_CASE(save_their_own_answer) {
  make_queue();
  auto queue = client.subscribe("meme.request");
  request_options settings;
  settings.request.prompt = "a \"cat\"";
  settings.request.id = "cat";
  settings.request.parameters.negative_prompt = "dogs";
  settings.request.parameters.guidance_scale = 7.5;
  settings.request.parameters.num_inference_steps = 20;
  settings.request.small_image = true;
  settings.output = folder.path() / "out.png";
  auto status = std::async(std::launch::async, [&] { return run_request(options, settings); });
  const json sent{queue.next().data};
  BOOST_TEST(sent.text("/prompt") == "a \"cat\"");
  BOOST_TEST(sent.text("/id") == "cat");
  BOOST_TEST(sent.text("/negative_prompt") == "dogs");
  BOOST_TEST(sent.number("/guidance_scale") == 7.5);
  BOOST_TEST(sent.integer("/num_inference_steps") == 20);
  BOOST_TEST(sent.flag("/small_image"));
  BOOST_TEST(!sent.flag("/fast_mode"));
  BOOST_TEST(!sent.has("/width"));
  client.publish(sent.text("/reply_to"), result_json("cat"));
  BOOST_TEST(status.get() == answered);
  BOOST_TEST(read_file(settings.output) == png);
}

BOOST_AUTO_TEST_CASE(end_with_1_when_the_answer_is_an_error) {
  make_queue();
  auto queue = client.subscribe("meme.request");
  request_options settings;
  settings.request.prompt = "a cat";
  auto status = std::async(std::launch::async, [&] { return run_request(options, settings); });
  const json sent{queue.next().data};
  client.publish(sent.text("/reply_to"), error_json(sent.text("/id")));
  BOOST_TEST(status.get() == failed);
}

BOOST_AUTO_TEST_CASE(end_with_1_when_no_stream_takes_them) {
  request_options settings;
  settings.request.prompt = "a cat";
  BOOST_TEST(run_request(options, settings) == failed);
}

BOOST_AUTO_TEST_CASE(end_with_1_when_nats_is_not_there) {
  nats.kill9();
  request_options settings;
  settings.request.prompt = "a cat";
  BOOST_TEST(run_request(options, settings) == failed);
}

BOOST_AUTO_TEST_CASE(end_with_3_when_nobody_answers) {
  make_queue();
  request_options settings;
  settings.request.prompt = "a cat";
  settings.timeout = std::chrono::seconds{1};
  BOOST_TEST(run_request(options, settings) == no_answer);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(watching, client_fixture)

BOOST_AUTO_TEST_CASE(saves_results_and_passes_over_errors_and_nonsense) {
  watch_options settings;
  settings.output_folder = folder.path() / "pictures";
  settings.count = 3;
  auto status = std::async(std::launch::async, [&] { return run_watch(options, settings); });
  BOOST_TEST_REQUIRE(is_watched());
  client.publish("meme.response", result_json("../cat"));
  client.publish("meme.response", "nonsense");
  client.publish("meme.response", result_json("dog"));
  client.publish("meme.response.error", R"({"request_id": "cow", "error": "no"})");
  BOOST_TEST(status.get() == 0);
  BOOST_TEST(files_in(settings.output_folder) == 2u);
  BOOST_TEST(read_file(folder.path() / "pictures" / "_._cat.png") == png);
  BOOST_TEST(read_file(folder.path() / "pictures" / "dog.png") == png);
}

BOOST_AUTO_TEST_CASE(ends_at_its_time) {
  watch_options settings;
  settings.timeout = std::chrono::seconds{1};
  BOOST_TEST(run_watch(options, settings) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(loading, client_fixture)

BOOST_AUTO_TEST_CASE(repeats_only_what_was_answered_and_ends_with_0) {
  make_queue();
  auto queue = client.subscribe("meme.request");
  load_options settings;
  settings.count = 20;
  settings.hit_ratio = .5;
  auto status = std::async(std::launch::async, [&] { return run_load(options, settings); });
  std::set<std::string> ids;
  std::set<std::string> prompts;
  for (std::uint64_t i = 0; i < settings.count; ++i) {
    const json asked{queue.next().data};
    BOOST_TEST(ids.insert(asked.text("/id")).second);
    prompts.insert(asked.text("/prompt"));
    client.publish(asked.text("/reply_to"), result_json(asked.text("/id")));
  }
  BOOST_TEST(status.get() == answered);
  // Half of them, or less where this test answered late.
  BOOST_TEST(prompts.size() >= 10u);
  BOOST_TEST_MESSAGE(settings.count - prompts.size() << " of " << settings.count << " repeated");
}

BOOST_AUTO_TEST_CASE(keeps_to_new_prompts_where_no_hits_are_wanted) {
  make_queue();
  auto queue = client.subscribe("meme.request");
  load_options settings;
  settings.count = 50;
  settings.rate_per_s = 0;
  auto status = std::async(std::launch::async, [&] { return run_load(options, settings); });
  std::set<std::string> prompts;
  for (std::uint64_t i = 0; i < settings.count; ++i) {
    const json asked{queue.next().data};
    prompts.insert(asked.text("/prompt"));
    client.publish(asked.text("/reply_to"), result_json(asked.text("/id")));
  }
  BOOST_TEST(status.get() == answered);
  BOOST_TEST(prompts.size() == 50u);
}

BOOST_AUTO_TEST_CASE(ends_with_1_after_an_error_and_with_3_where_an_answer_is_missing) {
  make_queue();
  auto queue = client.subscribe("meme.request");
  load_options settings;
  settings.count = 1;
  auto status = std::async(std::launch::async, [&] { return run_load(options, settings); });
  const json asked{queue.next().data};
  client.publish(asked.text("/reply_to"), error_json(asked.text("/id")));
  BOOST_TEST(status.get() == failed);
  settings.timeout = std::chrono::seconds{1};
  BOOST_TEST(run_load(options, settings) == no_answer);
}

BOOST_AUTO_TEST_CASE(ends_with_1_where_no_stream_takes_them) {
  BOOST_TEST(run_load(options, {}) == failed);
}

BOOST_AUTO_TEST_CASE(sums_up_in_quantiles) {
  latencies all;
  BOOST_TEST(all.summary() == "0");
  for (int i = 100; i >= 1; --i)
    all.add(std::chrono::milliseconds{i});
  BOOST_TEST(all.summary() == "100  min 1.00 ms  50 % 50 ms  90 % 90 ms  99 % 99 ms  max 100 ms");
}

BOOST_AUTO_TEST_SUITE_END()
