#define BOOST_TEST_MODULE plan
#include <boost/test/unit_test.hpp>

#include "actors/ingress/plan.hpp"

using meme::config::http_url;
using namespace meme;

namespace {

const plan_options options{
    model_address{http_url{"https://slow/models/a/b"}}, {}, "{prompt}", 4, "image/png"};

plan_options with_fast_endpoint() {
  auto changed = options;
  changed.fast = model_address{http_url{"https://fast.example/draw"}};
  return changed;
}

meme_request ask(std::string prompt = "cat") {
  meme_request request;
  request.prompt = std::move(prompt);
  return request;
}

std::string inputs_of(std::string prompt, std::string prompt_template) {
  auto changed = options;
  changed.prompt_template = std::move(prompt_template);
  return plan_picture(ask(std::move(prompt)), changed).inputs;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_bare_request_leaves_everything_to_the_model) {
  const auto spec = plan_picture(ask(), options);
  BOOST_TEST(spec.url == "https://slow/models/a/b");
  BOOST_TEST(spec.model == "a/b");
  BOOST_TEST(spec.inputs == "cat");
  BOOST_TEST(!spec.parameters.negative_prompt);
  BOOST_TEST(!spec.parameters.guidance_scale);
  BOOST_TEST(!spec.parameters.num_inference_steps);
  BOOST_TEST(!spec.parameters.seed);
  BOOST_TEST(!spec.parameters.width);
  BOOST_TEST(!spec.parameters.height);
  BOOST_TEST(spec.accept == "image/png");
}

BOOST_AUTO_TEST_CASE(what_a_request_names_is_passed_on) {
  auto request = ask();
  request.parameters.negative_prompt = "dog";
  request.parameters.guidance_scale = 7.5;
  request.parameters.num_inference_steps = 20;
  request.parameters.seed = 3;
  request.parameters.width = 640;
  request.parameters.height = 480;
  const auto spec = plan_picture(request, options);
  BOOST_TEST(spec.parameters.negative_prompt.value() == "dog");
  BOOST_TEST(spec.parameters.guidance_scale.value() == 7.5);
  BOOST_TEST(spec.parameters.num_inference_steps.value() == 20U);
  BOOST_TEST(spec.parameters.seed.value() == 3U);
  BOOST_TEST(spec.parameters.width.value() == 640U);
  BOOST_TEST(spec.parameters.height.value() == 480U);
}

BOOST_AUTO_TEST_CASE(a_small_image_has_512_pixels_a_side) {
  auto request = ask();
  request.small_image = true;
  const auto spec = plan_picture(request, options);
  BOOST_TEST(spec.parameters.width.value() == 512U);
  BOOST_TEST(spec.parameters.height.value() == 512U);
}

BOOST_AUTO_TEST_CASE(an_explicit_side_wins_over_a_small_image) {
  auto request = ask();
  request.small_image = true;
  request.parameters.height = 1'024;
  const auto spec = plan_picture(request, options);
  BOOST_TEST(spec.parameters.width.value() == 512U);
  BOOST_TEST(spec.parameters.height.value() == 1'024U);
}

BOOST_AUTO_TEST_CASE(fast_mode_goes_to_the_fast_endpoint_where_there_is_one) {
  auto request = ask();
  request.fast_mode = true;
  const auto spec = plan_picture(request, with_fast_endpoint());
  BOOST_TEST(spec.url == "https://fast.example/draw");
  BOOST_TEST(spec.model == "fast.example");
  BOOST_TEST(!spec.parameters.num_inference_steps);
}

BOOST_AUTO_TEST_CASE(fast_mode_without_an_endpoint_means_few_steps) {
  auto request = ask();
  request.fast_mode = true;
  const auto spec = plan_picture(request, options);
  BOOST_TEST(spec.url == options.normal.url);
  BOOST_TEST(spec.parameters.num_inference_steps.value() == 4U);
}

BOOST_AUTO_TEST_CASE(explicit_steps_win_over_fast_mode) {
  auto request = ask();
  request.fast_mode = true;
  request.parameters.num_inference_steps = 30;
  BOOST_TEST(plan_picture(request, options).parameters.num_inference_steps.value() == 30U);
  BOOST_TEST(plan_picture(request, with_fast_endpoint()).parameters.num_inference_steps.value()
             == 30U);
}

BOOST_AUTO_TEST_CASE(the_fast_endpoint_is_left_alone_without_fast_mode) {
  BOOST_TEST(plan_picture(ask(), with_fast_endpoint()).url == options.normal.url);
}

BOOST_AUTO_TEST_CASE(every_placeholder_is_replaced_once) {
  BOOST_TEST(inputs_of("cat", "a meme of {prompt}, {prompt}!") == "a meme of cat, cat!");
  BOOST_TEST(inputs_of("cat", "no placeholder {Prompt}") == "no placeholder {Prompt}");
  BOOST_TEST(inputs_of("cat", "{{prompt}}") == "{cat}");
  BOOST_TEST(inputs_of("cat", "") == "");
}

BOOST_AUTO_TEST_CASE(a_prompt_is_never_taken_for_a_template) {
  BOOST_TEST(inputs_of("{prompt}", "<{prompt}>") == "<{prompt}>");
  BOOST_TEST(inputs_of("{pro", "{prompt}mpt}{prompt}") == "{prompt}{pro");
}

BOOST_AUTO_TEST_CASE(a_model_is_named_after_its_address) {
  const auto name_of = [](const char* text) { return model_address{http_url{text}}.name; };
  BOOST_TEST(name_of("https://router.huggingface.co/hf-inference/models/a/b") == "a/b");
  BOOST_TEST(name_of("https://x/models/a/b/?wait=1") == "a/b");
  BOOST_TEST(name_of("https://Example.org:8443/generate?key=secret") == "Example.org");
  BOOST_TEST(name_of("http://[::1]:8080/") == "[::1]");
  BOOST_TEST(name_of("http://10.0.0.1:8080") == "10.0.0.1");
  BOOST_TEST(name_of("https://host/models/") == "host");
  BOOST_TEST(name_of("https://host?u=/models/x") == "host");
}
