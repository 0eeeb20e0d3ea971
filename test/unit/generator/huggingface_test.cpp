#define BOOST_TEST_MODULE huggingface
#include <boost/test/unit_test.hpp>

#include "actors/generator/providers/huggingface.hpp"

using meme::huggingface_provider;
using meme::picture_spec;

namespace {

std::string body_of(const picture_spec& spec) {
  return huggingface_provider{"hf_secret"}.build_request(spec).body;
}

} // namespace

BOOST_AUTO_TEST_CASE(only_inputs_are_needed) {
  picture_spec spec;
  spec.inputs = "a \"cat\"\n🚀";
  BOOST_TEST(body_of(spec) == R"({"inputs":"a \"cat\"\n🚀","parameters":{}})");
}

BOOST_AUTO_TEST_CASE(what_is_present_is_sent) {
  picture_spec spec;
  spec.url = "https://example.org/";
  spec.model = "m";
  spec.inputs = "cat";
  spec.parameters.negative_prompt = "";
  spec.parameters.guidance_scale = 7.5;
  spec.parameters.num_inference_steps = 4;
  spec.parameters.seed = 18'446'744'073'709'551'615U;
  spec.parameters.width = 512;
  spec.parameters.height = 768;
  BOOST_TEST(
      body_of(spec)
      == R"({"inputs":"cat","parameters":{"negative_prompt":"","guidance_scale":7.5,)"
         R"("num_inference_steps":4,"seed":18446744073709551615,"width":512,"height":768}})");
}

BOOST_AUTO_TEST_CASE(a_whole_guidance_is_a_number_all_the_same) {
  picture_spec spec;
  spec.parameters.guidance_scale = 50;
  BOOST_TEST(body_of(spec) == R"({"inputs":"","parameters":{"guidance_scale":50.0}})");
}

BOOST_AUTO_TEST_CASE(parameters_keep_their_order_and_spelling) {
  picture_spec spec;
  spec.inputs = "\x01/é";
  spec.parameters.height = 64;
  spec.parameters.seed = 0;
  BOOST_TEST(body_of(spec) == R"({"inputs":"\u0001/é","parameters":{"seed":0,"height":64}})");
  spec = {};
  spec.parameters.negative_prompt = "\"\\";
  spec.parameters.guidance_scale = 0.1;
  spec.parameters.width = 2'048;
  BOOST_TEST(body_of(spec)
             == R"({"inputs":"","parameters":{"negative_prompt":"\"\\","guidance_scale":0.1,)"
                R"("width":2048}})");
}

BOOST_AUTO_TEST_CASE(the_call_has_the_address_the_token_and_the_type) {
  picture_spec spec;
  spec.url = "https://example.org/models/m";
  spec.accept = "image/jpeg";
  const auto request = huggingface_provider{"hf_secret"}.build_request(spec);
  BOOST_TEST(request.url == "https://example.org/models/m");
  const std::vector<std::string> headers = {"Authorization: Bearer hf_secret", "Accept: image/jpeg",
                                            "Content-Type: application/json"};
  BOOST_TEST(request.headers == headers, boost::test_tools::per_element());
}
