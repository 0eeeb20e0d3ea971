// What each command takes on its command line.
#define BOOST_TEST_MODULE client_commands
#include <boost/test/unit_test.hpp>

#include "client/commands/dead.hpp"
#include "client/commands/load.hpp"
#include "client/commands/provision.hpp"
#include "client/commands/request.hpp"
#include "client/commands/watch.hpp"
#include "test/unit/config/config_samples.hpp"

using namespace meme::client;
using namespace meme::test;
using meme::encode_request;
using meme::meme_request;
using meme::config::command;

namespace {

/// What `words` make of a command's options. `status` is that of a command line that is refused.
template <class Options>
struct taken {
  explicit taken(std::vector<std::string> words) {
    words.insert(words.begin(), "it");
    const auto result =
        load({words, {}, ""}, {command{"it", "do it", {}, [this] { return call(); }}});
    status = result.status();
    errors = result.err();
  }

  meme::config::command_call call() {
    return {rows_of(options), [] { return 0; }};
  }

  Options options;
  int status = -1; ///< -1: the command runs
  std::string errors;
};

} // namespace

BOOST_AUTO_TEST_CASE(provision_takes_its_plan) {
  BOOST_TEST(!taken<provision_options>({}).options.plan);
  BOOST_TEST(taken<provision_options>({"--plan"}).options.plan);
}

BOOST_AUTO_TEST_CASE(request_takes_what_a_request_can_say) {
  const taken<request_options> result{{"--prompt",   "-a cat",
                                       "--negative", "dogs",
                                       "--id",       "42",
                                       "--fast",     "--small",
                                       "--guidance", "7.5",
                                       "--steps",    "151",
                                       "--seed",     "18446744073709551615",
                                       "--width=64", "--height",
                                       "128",        "--output",
                                       "cat.png",    "--timeout",
                                       "5",          "--subject",
                                       "a.b"}};
  BOOST_TEST_REQUIRE(result.status == -1, result.errors);
  const auto& options = result.options;
  const auto& request = options.request;
  BOOST_TEST(request.prompt == "-a cat");
  BOOST_TEST(request.parameters.negative_prompt.value() == "dogs");
  BOOST_TEST(request.id == "42");
  BOOST_TEST(request.fast_mode);
  BOOST_TEST(request.small_image);
  BOOST_TEST(request.parameters.guidance_scale.value() == 7.5);
  BOOST_TEST(request.parameters.num_inference_steps.value() == 151u);
  BOOST_TEST(options.seed.value() == "18446744073709551615");
  BOOST_TEST(request.parameters.width.value() == 64u);
  BOOST_TEST(request.parameters.height.value() == 128u);
  BOOST_TEST(options.output == "cat.png");
  BOOST_TEST(options.timeout.count() == 5);
  BOOST_TEST(options.subject == "a.b");
}

BOOST_AUTO_TEST_CASE(request_leaves_open_what_was_not_said) {
  const auto options = taken<request_options>({"--prompt=cat"}).options;
  const auto& request = options.request;
  BOOST_TEST(!options.seed);
  BOOST_TEST(!request.parameters.guidance_scale);
  BOOST_TEST(!request.parameters.negative_prompt);
  BOOST_TEST(options.subject == "");
  BOOST_TEST(options.timeout.count() == 180);
  BOOST_TEST(contains(taken<request_options>({}).errors, "--prompt: is required by it"));
}

BOOST_AUTO_TEST_CASE(what_a_request_says_is_written_as_json) {
  meme_request request;
  request.reply_to = "_INBOX.1";
  request.prompt = "a \"cat\"";
  BOOST_TEST(encode_request(request)
             == R"({"prompt":"a \"cat\"","fast_mode":false,"small_image":false,)"
                R"("reply_to":"_INBOX.1"})");
  request.id = "42";
  request.parameters.negative_prompt = "";
  request.parameters.guidance_scale = 7;
  request.parameters.num_inference_steps = 151;
  request.parameters.seed = 18'446'744'073'709'551'615U;
  request.parameters.width = 0;
  request.parameters.height = 128;
  request.fast_mode = true;
  request.reply_to = "a.b";
  BOOST_TEST(encode_request(request)
             == R"({"id":"42","prompt":"a \"cat\"","negative_prompt":"","guidance_scale":7.0,)"
                R"("num_inference_steps":151,"seed":18446744073709551615,"width":0,"height":128,)"
                R"("fast_mode":true,"small_image":false,"reply_to":"a.b"})");
}

BOOST_AUTO_TEST_CASE(watch_takes_a_folder_a_time_and_a_count) {
  const auto watch =
      taken<watch_options>({"--output-dir", "p", "--timeout=2min", "--count", "3"}).options;
  BOOST_TEST(watch.output_folder == "p");
  BOOST_TEST(watch.timeout.count() == 120);
  BOOST_TEST(watch.count == 3u);
}

BOOST_AUTO_TEST_CASE(load_takes_how_much_and_how_fast) {
  const auto wanted =
      taken<load_options>({"--count=7", "--rate", "2.5", "--hit-ratio=0.3", "--timeout=9"}).options;
  BOOST_TEST(wanted.count == 7u);
  BOOST_TEST(wanted.rate_per_s == 2.5);
  BOOST_TEST(wanted.hit_ratio == .3);
  BOOST_TEST(wanted.timeout.count() == 9);
  BOOST_TEST(taken<load_options>({"--hit-ratio=1.5"}).status == 2);
  BOOST_TEST(taken<load_options>({"--count=0"}).status == 2);
}

BOOST_AUTO_TEST_CASE(dead_takes_what_to_do_with_which_letter) {
  const auto one = taken<dead_options>({"requeue", "12"}).options;
  BOOST_TEST(one.action == "requeue");
  BOOST_TEST(one.which == "12");
  BOOST_TEST(taken<dead_options>({"list", "--count=5"}).options.count == 5u);
  BOOST_TEST(taken<dead_options>({"bury", "12"}).status == 2);
  BOOST_TEST(taken<dead_options>({"purge", "some"}).status == 2);
  BOOST_TEST(contains(taken<dead_options>({}).errors, "ACTION: is required by it"));
}
