#define BOOST_TEST_MODULE picture_spec
#include <boost/test/unit_test.hpp>

#include "messages/picture_spec.hpp"

using meme::encode_model_request;
using meme::picture_spec;

BOOST_AUTO_TEST_CASE(only_inputs_are_needed) {
  picture_spec spec;
  spec.inputs = "a \"cat\"\n🚀";
  BOOST_TEST(encode_model_request(spec) == R"({"inputs":"a \"cat\"\n🚀","parameters":{}})");
}

BOOST_AUTO_TEST_CASE(what_is_present_is_sent) {
  picture_spec spec;
  spec.url = "https://example.org/";
  spec.model = "m";
  spec.inputs = "cat";
  spec.negative_prompt = "";
  spec.guidance_scale = 7.5;
  spec.num_inference_steps = 4;
  spec.seed = 18'446'744'073'709'551'615U;
  spec.width = 512;
  spec.height = 768;
  BOOST_TEST(
      encode_model_request(spec)
      == R"({"inputs":"cat","parameters":{"negative_prompt":"","guidance_scale":7.5,)"
         R"("num_inference_steps":4,"seed":18446744073709551615,"width":512,"height":768}})");
}

BOOST_AUTO_TEST_CASE(a_whole_guidance_is_a_number_all_the_same) {
  picture_spec spec;
  spec.guidance_scale = 50;
  BOOST_TEST(encode_model_request(spec) == R"({"inputs":"","parameters":{"guidance_scale":50.0}})");
}

BOOST_AUTO_TEST_CASE(parameters_keep_their_order_and_spelling) {
  picture_spec spec;
  spec.inputs = "\x01/é";
  spec.height = 64;
  spec.seed = 0;
  BOOST_TEST(encode_model_request(spec)
             == R"({"inputs":"\u0001/é","parameters":{"seed":0,"height":64}})");
  spec = {};
  spec.negative_prompt = "\"\\";
  spec.guidance_scale = 0.1;
  spec.width = 2'048;
  BOOST_TEST(encode_model_request(spec)
             == R"({"inputs":"","parameters":{"negative_prompt":"\"\\","guidance_scale":0.1,)"
                R"("width":2048}})");
}
