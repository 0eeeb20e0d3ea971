#define BOOST_TEST_MODULE request
#include "test/unit/messages/request_samples.hpp"

#include <cmath>

using namespace meme;
using namespace meme::test;

BOOST_AUTO_TEST_SUITE(what_is_accepted)

BOOST_AUTO_TEST_CASE(a_prompt_is_enough) {
  const auto request = read(R"({"prompt":"A cat wearing a space helmet on Mars"})");
  BOOST_TEST(request.prompt == "A cat wearing a space helmet on Mars");
  BOOST_TEST(request.id.empty());
  BOOST_TEST(request.reply_to.empty());
  BOOST_TEST(!request.parameters.negative_prompt);
  BOOST_TEST(!request.parameters.guidance_scale);
  BOOST_TEST(!request.parameters.num_inference_steps);
  BOOST_TEST(!request.parameters.seed);
  BOOST_TEST(!request.parameters.width);
  BOOST_TEST(!request.parameters.height);
  BOOST_TEST(!request.fast_mode);
  BOOST_TEST(!request.small_image);
}

BOOST_AUTO_TEST_CASE(every_field_is_read) {
  const auto request = read(R"( {"reply_to": "_INBOX.abc.1", "small_image": true, "fast_mode": true,
      "height": 768, "width": 512, "seed": 9007199254740991, "num_inference_steps": 30,
      "guidance_scale": 7.5, "negative_prompt": "dogs", "prompt": "cat", "id": "r-1"} )");
  BOOST_TEST(request.id == "r-1");
  BOOST_TEST(request.prompt == "cat");
  BOOST_TEST(request.parameters.negative_prompt.value() == "dogs");
  BOOST_TEST(request.parameters.guidance_scale.value() == 7.5);
  BOOST_TEST(request.parameters.num_inference_steps.value() == 30U);
  BOOST_TEST(request.parameters.seed.value() == 9'007'199'254'740'991U);
  BOOST_TEST(request.parameters.width.value() == 512U);
  BOOST_TEST(request.parameters.height.value() == 768U);
  BOOST_TEST(request.fast_mode);
  BOOST_TEST(request.small_image);
  BOOST_TEST(request.reply_to == "_INBOX.abc.1");
}

BOOST_AUTO_TEST_CASE(null_counts_as_absent) {
  const auto request = read(R"({"id":null,"prompt":"cat","negative_prompt":null,
      "guidance_scale":null,"num_inference_steps":null,"seed":null,"width":null,"height":null,
      "fast_mode":null,"small_image":null,"reply_to":null})");
  BOOST_TEST(request.id.empty());
  BOOST_TEST(!request.parameters.negative_prompt);
  BOOST_TEST(!request.parameters.seed);
  BOOST_TEST(!request.fast_mode);
}

BOOST_AUTO_TEST_CASE(an_empty_id_or_reply_subject_counts_as_absent) {
  const auto request = read(R"({"id":"","prompt":"cat","reply_to":""})");
  BOOST_TEST(request.id.empty());
  BOOST_TEST(request.reply_to.empty());
}

BOOST_AUTO_TEST_CASE(unknown_fields_are_ignored_whatever_they_hold) {
  const auto request = read(R"({"style":{"prompt":"no","id":7,"width":[1,{"seed":-1}]},
      "tags":["a",1,null,true,{}],"Prompt":5,"prompt":"cat","n":-1.5e-300,"e":"","":0,
      "parameters":{"width":9}})");
  BOOST_TEST(request.prompt == "cat");
  BOOST_TEST(!request.parameters.width);
}

BOOST_AUTO_TEST_CASE(a_whole_number_may_be_spelled_in_any_way) {
  BOOST_TEST(read(R"({"prompt":"a","width":512.0})").parameters.width.value() == 512U);
  BOOST_TEST(read(R"({"prompt":"a","seed":1e3})").parameters.seed.value() == 1'000U);
  BOOST_TEST(read(R"({"prompt":"a","seed":1.5e1})").parameters.seed.value() == 15U);
  for (const auto* spelling : {"-1", "-1.0", "-10e-1"})
    BOOST_TEST(!read(std::string(R"({"prompt":"a","seed":)") + spelling + "}")
                    .parameters.seed.has_value());
  for (const auto* spelling : {"9007199254740993", "18446744073709551615"})
    BOOST_TEST(
        std::to_string(
            read(std::string(R"({"prompt":"a","seed":)") + spelling + "}").parameters.seed.value())
        == spelling);
  BOOST_TEST(read(R"({"prompt":"a","seed":-0})").parameters.seed.value() == 0U);
  BOOST_TEST(read(R"({"prompt":"a","seed":-0.0})").parameters.seed.value() == 0U);
  BOOST_TEST(read(R"({"prompt":"a","seed":9007199254740991.0})").parameters.seed.value()
             == 9'007'199'254'740'991U);
}

BOOST_AUTO_TEST_CASE(the_bounds_themselves_are_allowed) {
  const auto least = read(R"({"prompt":"a","width":64,"height":64,"num_inference_steps":1,
      "guidance_scale":0,"seed":0})");
  BOOST_TEST(least.parameters.width.value() == 64U);
  BOOST_TEST(least.parameters.guidance_scale.value() == 0.0);
  const auto most = read(R"({"prompt":"a","width":2048,"height":2048,"num_inference_steps":150,
      "guidance_scale":50})");
  BOOST_TEST(most.parameters.height.value() == 2'048U);
  BOOST_TEST(most.parameters.guidance_scale.value() == 50.0);
}

BOOST_AUTO_TEST_CASE(a_negative_zero_is_a_zero) {
  const auto request = read(R"({"prompt":"a","guidance_scale":-0.0})");
  BOOST_TEST(!std::signbit(request.parameters.guidance_scale.value()));
}

BOOST_AUTO_TEST_CASE(length_is_counted_in_code_points) {
  const auto cheese = repeat("\xf0\x9f\xa7\x80", 2'000);
  BOOST_TEST(read("{\"prompt\":\"" + cheese + "\"}").prompt == cheese);
  BOOST_TEST(read("{\"prompt\":\"" + repeat("\\ud83e\\uddc0", 2'000) + "\"}").prompt == cheese);
  const auto longest = repeat("é", 8'000);
  BOOST_TEST(read("{\"prompt\":\"" + longest + "\"}").prompt == longest);
  const auto id = repeat("é", 128);
  BOOST_TEST(read("{\"prompt\":\"a\",\"id\":\"" + id + "\"}").id == id);
}

BOOST_AUTO_TEST_CASE(escapes_are_decoded) {
  BOOST_TEST(read(R"({"prompt":"a\"\\\/\n\t\u00e9\ud83d\ude80","\u0069d":"x"})").prompt
             == "a\"\\/\n\té🚀");
  BOOST_TEST(read(R"({"\u0070rompt":"a","\u0069d":"x"})").id == "x");
}

BOOST_AUTO_TEST_CASE(a_prompt_may_have_line_breaks_and_white_space_around_it) {
  BOOST_TEST(read(R"({"prompt":" a\r\nb "})").prompt == " a\r\nb ");
}

BOOST_AUTO_TEST_CASE(an_empty_negative_prompt_is_kept) {
  BOOST_TEST(
      read(R"({"prompt":"a","negative_prompt":""})").parameters.negative_prompt.value().empty());
}

BOOST_AUTO_TEST_CASE(nesting_is_allowed_up_to_the_limit) {
  const auto nested = [](std::size_t levels) {
    return "{\"prompt\":\"a\",\"x\":" + repeat("[", levels) + repeat("]", levels) + "}";
  };
  read(nested(limits.max_depth - 1));
  BOOST_TEST(refuse(nested(limits.max_depth)).error == "nested deeper than 16 levels");
}

BOOST_AUTO_TEST_CASE(a_document_may_be_as_large_as_the_limit) {
  std::string json = R"({"prompt":"a"})";
  json.append(limits.max_bytes - json.size(), ' ');
  read(json);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(what_is_known_of_a_refused_request)

BOOST_AUTO_TEST_CASE(the_id_is_echoed_wherever_it_stands) {
  for (const auto* json :
       {R"({"id":"r-1"})", R"({"id":"r-1","prompt":5})", R"({"prompt":5,"id":"r-1"})",
        R"({"prompt":{"id":"no"},"x":[{"id":"no"}],"id":"r-1"})",
        R"({"x":[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]],"prompt":"a","id":"r-1"})",
        R"({"id":"r-1","prompt":"a)", R"({"id":"r-1","prompt":"a"} trailing)",
        R"({"id":"r-1","seed":1e400,"prompt":"a"})"})
    BOOST_TEST(refuse(json).id == "r-1", json);
}

BOOST_AUTO_TEST_CASE(what_comes_after_broken_json_is_not_guessed_at) {
  BOOST_TEST(refuse(R"({"prompt":nope,"id":"r-1"})").id.empty());
}

BOOST_AUTO_TEST_CASE(the_reply_subject_is_kept_where_it_is_valid) {
  const auto bad = refuse(R"({"prompt":5,"reply_to":"_INBOX.1","id":"r-1"})");
  BOOST_TEST(bad.reply_to == "_INBOX.1");
  BOOST_TEST(bad.id == "r-1");
  BOOST_TEST(refuse(R"({"prompt":"a","reply_to":"a.>"})").reply_to.empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(reply_subjects)

BOOST_AUTO_TEST_CASE(literal_subjects_are_valid) {
  for (const auto* subject :
       {"a", "a.b.c", "_INBOX.Xy12.34", "meme.response.$x", "a-b_c/d", "größe"})
    BOOST_TEST(valid_reply_subject(subject), subject);
  BOOST_TEST(valid_reply_subject(std::string(255, 'a')));
}

BOOST_AUTO_TEST_CASE(everything_else_is_not) {
  for (const auto* subject : {"",
                              ".",
                              ".a",
                              "a.",
                              "a..b",
                              "*",
                              "a.*",
                              "a*b",
                              ">",
                              "a.>",
                              "a>b",
                              "$JS.ACK.x",
                              "$",
                              "a b",
                              "a\tb",
                              "a\r\nb",
                              "a\x7f",
                              "a\xc2\x85",
                              "a\xc2\xa0"
                              "b",
                              "a\xe2\x80\xa8",
                              "\xff",
                              "a\xc3"})
    BOOST_TEST(!valid_reply_subject(subject), subject);
  BOOST_TEST(!valid_reply_subject(std::string(256, 'a')));
  BOOST_TEST(!valid_reply_subject(std::string_view("a\0b", 3)));
}

BOOST_AUTO_TEST_SUITE_END()
