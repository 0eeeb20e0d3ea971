#define BOOST_TEST_MODULE request_refusal
#include "test/unit/messages/request_samples.hpp"

#include <random>

using namespace meme;
using namespace meme::test;

namespace {

/// The error of a request that is valid but for the given members.
std::string error_of(std::string_view members) {
  const auto bad = refuse("{\"prompt\":\"cat\"," + std::string(members) + "}");
  BOOST_TEST((bad.code == error_code::bad_request));
  return bad.error;
}

std::string prompt_error(std::string_view json_value) {
  return refuse("{\"prompt\":" + std::string(json_value) + "}").error;
}

const std::string prompt_error_text =
    "prompt must be a string of 1 to 8000 characters without NUL, not all of them white space";

/// Of a text of 8,001 characters, in quotes.
std::string length_told(const std::string& value) {
  return value.size() > 8'000 ? "; it has 8001" : "";
}

} // namespace

BOOST_AUTO_TEST_SUITE(what_is_refused)

BOOST_AUTO_TEST_CASE(too_many_bytes_have_a_code_of_their_own_and_are_not_read) {
  std::string json = R"({"id":"r-1","prompt":"a"})";
  json.append(limits.max_bytes + 1 - json.size(), ' ');
  const auto bad = refuse(json);
  BOOST_TEST((bad.code == error_code::request_too_large));
  BOOST_TEST(bad.error == "the request has 65537 bytes, more than the limit of 65536");
  BOOST_TEST(bad.id.empty());
}

BOOST_AUTO_TEST_CASE(a_missing_prompt_is_named) {
  for (const auto* json : {"{}", R"({"id":"x"})", R"({"prompt":null})", R"({"x":{"prompt":"a"}})"})
    BOOST_TEST(refuse(json).error.find("prompt is missing: it must be a string of 1 to 8000")
               == 0U);
}

BOOST_AUTO_TEST_CASE(a_wrong_prompt_is_told_the_rule) {
  const std::string wrong[] = {"\"\"",
                               "5",
                               "true",
                               "[\"a\"]",
                               "{\"text\":\"a\"}",
                               "\" \\t\\n\"",
                               "\"\xc2\xa0\xe2\x80\x83\xe3\x80\x80\"", // Unicode's white space
                               "\"a\\u0000b\"",
                               "\"" + repeat("a", 8'001) + "\"",
                               "\"" + repeat("é", 8'001) + "\""};
  for (const auto& value : wrong)
    BOOST_TEST(prompt_error(value) == prompt_error_text + length_told(value), value);
}

BOOST_AUTO_TEST_CASE(a_wrong_negative_prompt_is_told_the_rule) {
  for (const auto& value : {std::string("5"), "\"" + repeat("a", 8'001) + "\"",
                            std::string("\"\\u0000\""), std::string("[]")})
    BOOST_TEST(error_of("\"negative_prompt\":" + value)
               == "negative_prompt must be a string of up to 8000 characters without NUL"
                      + length_told(value));
}

BOOST_AUTO_TEST_CASE(a_wrong_id_is_told_the_rule) {
  for (const auto& value :
       {std::string("7"), std::string("true"), std::string("{}"), std::string("\"a\\nb\""),
        std::string("\"\\u0000\""), std::string("\"\\u007f\""), std::string("\"\\u0085\""),
        std::string("\"\\u2028\""), std::string("\"\\u2029\""), "\"" + repeat("x", 129) + "\""}) {
    const auto bad = refuse("{\"prompt\":\"cat\",\"id\":" + value + "}");
    BOOST_TEST(bad.error == "id must be a string of up to 128 printable characters");
    BOOST_TEST(bad.id.empty());
  }
}

BOOST_AUTO_TEST_CASE(wrong_numbers_are_told_the_range) {
  for (const auto* field : {"width", "height"})
    for (const auto* value : {"63", "2049", "512.5", "-512", "\"512\"", "true", "[512]", "1e300",
                              "18446744073709551615", "4294967808", "1e400"})
      BOOST_TEST(error_of("\"" + std::string(field) + "\":" + value)
                 == std::string(field) + " must be a whole number from 64 to 2048");
  for (const auto* value : {"0", "151", "1.5", "-1", "\"20\""})
    BOOST_TEST(error_of(std::string("\"num_inference_steps\":") + value)
               == "num_inference_steps must be a whole number from 1 to 150");
  for (const auto* value : {"-2", "-1.5", "18446744073709551616", "0.5", "1e20", "\"1\""})
    BOOST_TEST(error_of(std::string("\"seed\":") + value)
               == "seed must be a whole number from 0 to 18446744073709551615, or -1 for any");
  for (const auto* value : {"-0.1", "50.000001", "1e308", "\"7\"", "false", "{}"})
    BOOST_TEST(error_of(std::string("\"guidance_scale\":") + value)
               == "guidance_scale must be a number from 0 to 50");
}

BOOST_AUTO_TEST_CASE(wrong_flags_are_told_so) {
  for (const auto* value : {"1", "0", "\"true\"", "[]"}) {
    BOOST_TEST(error_of(std::string("\"fast_mode\":") + value)
               == "fast_mode must be true or false");
    BOOST_TEST(error_of(std::string("\"small_image\":") + value)
               == "small_image must be true or false");
  }
}

BOOST_AUTO_TEST_CASE(wrong_reply_subjects_are_told_the_rule) {
  for (const auto* value : {"\"a.*\"", "\"a.>\"", "\"$SYS.x\"", "\"a b\"", "\"a..b\"", "5"})
    BOOST_TEST(
        error_of(std::string("\"reply_to\":") + value).find("reply_to must be a NATS subject")
        == 0U);
}

BOOST_AUTO_TEST_CASE(a_field_given_twice_is_refused) {
  BOOST_TEST(refuse(R"({"prompt":"a","prompt":"a"})").error == "prompt is given twice");
  BOOST_TEST(error_of(R"("seed":null,"seed":1)") == "seed is given twice");
  const auto bad = refuse(R"({"id":"first","prompt":"a","id":"second"})");
  BOOST_TEST(bad.error == "id is given twice");
  BOOST_TEST(bad.id == "first");
  read(R"({"prompt":"a","x":1,"x":2})"); // nobody reads it
}

BOOST_AUTO_TEST_CASE(what_is_no_object_is_refused) {
  for (const auto* json : {"[]", "[{\"prompt\":\"a\"}]", "\"prompt\"", "5", "-1.5", "true", "null"})
    BOOST_TEST(refuse(json).error == "the request must be a JSON object", json);
}

BOOST_AUTO_TEST_CASE(what_is_no_json_is_refused_with_the_place) {
  const std::pair<std::string, std::string> wrong[] = {
      {"", "not JSON: The document is empty (at byte 0)"},
      {" \n", "not JSON: The document is empty (at byte 2)"},
      {"hello", "not JSON: Invalid value (at byte 0)"},
      {R"({"prompt":"a"} x)", "not JSON: The document root must not be followed by other values"},
      {R"({"prompt":"a"}{})", "not JSON: The document root must not be followed by other values"},
      {R"({"prompt":"a")", "not JSON: Missing a comma or '}' after an object member"},
      {R"({"prompt":"a)", "not JSON: Missing a closing quotation mark in string"},
      {R"({"prompt")", "not JSON: Missing a colon after a name of object member"},
      {R"({"prompt":"a",})", "not JSON: Missing a name for object member"},
      {R"({prompt:"a"})", "not JSON: Missing a name for object member"},
      {R"({"prompt":'a'})", "not JSON: Invalid value"},
      {R"({"prompt":"a","seed":NaN})", "not JSON: Invalid value"},
      {R"({"prompt":"a","seed":0x10})", "not JSON: Missing a comma or '}'"},
      {R"({"prompt":"a","seed":01})", "not JSON: Missing a comma or '}'"},
      {R"({"prompt":"a"} // why)", "not JSON: The document root must not"},
      {R"({"prompt":"\ud800"})", "not JSON: The surrogate pair in string is invalid"},
      {R"({"prompt":"\ud800\u0041"})", "not JSON: The surrogate pair in string is invalid"},
      {R"({"prompt":"\u12G4"})", "not JSON: Incorrect hex digit after \\u escape in string"},
      {R"({"prompt":"\x"})", "not JSON: Invalid escape character in string"},
      {"{\"prompt\":\"a\nb\"}", "not JSON: Invalid escape character in string"},
      {"\xef\xbb\xbf{\"prompt\":\"a\"}", "not JSON: Invalid value (at byte 0)"},
  };
  for (const auto& [json, error] : wrong)
    BOOST_TEST(refuse(json).error.find(error) == 0U, json << ": " << refuse(json).error);
}

BOOST_AUTO_TEST_CASE(invalid_utf_8_is_refused_in_every_string) {
  for (const auto* bytes : {"\x80", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff"})
    for (const auto* json : {R"({"prompt":"a?"})", R"({"prompt":"a","x":"?"})", R"({"?":1})"}) {
      std::string text = json;
      text.replace(text.find('?'), 1, bytes);
      BOOST_TEST(refuse(text).error.find("not JSON: Invalid encoding in string") == 0U);
    }
}

BOOST_AUTO_TEST_CASE(half_a_surrogate_pair_is_no_character) {
  for (const auto* half : {R"("\ud800")", R"("\udbff.")", R"("\udc00")", R"("a\uDFFFb")"}) {
    refuse(std::string("{\"prompt\":") + half + "}");
    for (const auto* name : {"negative_prompt", "id", "reply_to"})
      error_of("\"" + std::string(name) + "\":" + half);
  }
}

BOOST_AUTO_TEST_CASE(nul_bytes_are_refused_anywhere) {
  using namespace std::string_view_literals;
  BOOST_TEST(refuse("\0"sv).error == "not JSON: NUL at byte 0");
  BOOST_TEST(refuse("{\"prompt\":\"a\0b\"}"sv).error == "not JSON: NUL at byte 12");
  BOOST_TEST(refuse("{\"prompt\":\"a\"}\0"sv).error == "not JSON: NUL at byte 14");
  BOOST_TEST(refuse("{\"prompt\":\"a\"}\0{\"more\":1}"sv).error == "not JSON: NUL at byte 14");
}

BOOST_AUTO_TEST_CASE(invalid_json_is_named_before_a_field_at_fault) {
  BOOST_TEST(refuse(R"({"prompt":5,"x")").error.find("not JSON") == 0U);
}

BOOST_AUTO_TEST_CASE(of_several_fields_at_fault_the_first_is_named) {
  BOOST_TEST(refuse(R"({"width":1,"prompt":5})").error.find("width") == 0U);
}

BOOST_AUTO_TEST_CASE(other_limits_are_obeyed_and_named) {
  request_limits small;
  small.max_prompt_chars = 3;
  small.max_guidance = 2.5;
  small.max_steps = 9;
  small.max_side = 100;
  small.max_id_chars = 2;
  small.max_depth = 1;
  BOOST_TEST(refuse(R"({"prompt":"abcd"})", small).error.find("1 to 3 characters")
             != std::string::npos);
  BOOST_TEST(refuse(R"({"prompt":"abcd"})", small).error.find("; it has 4") != std::string::npos);
  BOOST_TEST(refuse(R"({"prompt":"a","guidance_scale":2.6})", small).error
             == "guidance_scale must be a number from 0 to 2.5");
  BOOST_TEST(refuse(R"({"prompt":"a","num_inference_steps":10})", small).error
             == "num_inference_steps must be a whole number from 1 to 9");
  BOOST_TEST(refuse(R"({"prompt":"a","height":101})", small).error
             == "height must be a whole number from 64 to 100");
  BOOST_TEST(refuse(R"({"prompt":"a","id":"abc"})", small).error.find("up to 2 printable")
             != std::string::npos);
  BOOST_TEST(refuse(R"({"prompt":"a","x":[]})", small).error == "nested deeper than 1 levels");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(hostile_input)

BOOST_AUTO_TEST_CASE(a_million_brackets_need_no_stack) {
  request_limits large;
  large.max_bytes = 20'000'000;
  for (const auto& opening : {std::string("["), std::string("{\"a\":")}) {
    const auto nest = "{\"prompt\":\"a\",\"x\":" + repeat(opening, 1'000'000);
    BOOST_TEST(refuse(nest, large).error.find("not JSON") == 0U);
  }
  const auto closed = "{\"id\":\"r-1\",\"prompt\":\"a\",\"x\":" + repeat("[", 1'000'000)
                      + repeat("]", 1'000'000) + "}";
  const auto bad = refuse(closed, large);
  BOOST_TEST(bad.error == "nested deeper than 16 levels");
  BOOST_TEST(bad.id == "r-1");
  BOOST_TEST(refuse(repeat("[", 1'000'000), large).error == "the request must be a JSON object");
}

BOOST_AUTO_TEST_CASE(numbers_of_any_length_are_read_or_refused) {
  const auto digits = repeat("9", 50'000);
  for (const auto& number :
       {digits, "-" + digits, "0." + digits, "0." + repeat("0", 400) + "1",
        "0." + repeat("0", 40'000) + "1", digits + "e-49990", "1e-" + digits, "1e" + digits,
        std::string("1e-2147483649"), std::string("1e2147483648"), "0." + digits + "e-300",
        std::string("5e-324"), std::string("2.2250738585072011e-308")}) {
    parse_request("{\"prompt\":\"a\",\"x\":" + number + "}", limits); // either way, no crash
    parse_request("{\"prompt\":\"a\",\"guidance_scale\":" + number + "}", limits);
    error_of("\"width\":" + number);
  }
  BOOST_TEST(read("{\"prompt\":\"a\",\"guidance_scale\":0." + digits + "}")
                 .parameters.guidance_scale.value()
             == 1.0);
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_members_are_read) {
  request_limits large;
  large.max_bytes = 20'000'000;
  const auto json = "{" + repeat("\"x\":[],", 100'000) + "\"prompt\":\"a\"}";
  BOOST_TEST(std::holds_alternative<meme_request>(parse_request(json, large)));
}

BOOST_AUTO_TEST_CASE(every_prefix_of_a_request_is_refused) {
  const std::string json =
      R"({"id":"r-1","prompt":"é\u00e9🚀","seed":1.5e1,"x":[{"a":null}],"fast_mode":true})";
  read(json);
  for (std::size_t size = 0; size < json.size(); ++size)
    refuse(std::string_view(json).substr(0, size));
}

BOOST_AUTO_TEST_CASE(mutated_requests_never_crash_and_never_pass_a_limit) {
  std::mt19937 random(1);
  const std::string seeds[] = {
      R"({"id":"r-1","prompt":"A cat \ud83d\ude80 é","seed":12,"width":512,"height":64.0})",
      R"({"guidance_scale":7.5e0,"x":[[{"a":[null,true]}]],"prompt":"cat","reply_to":"a.b"})"};
  constexpr std::string_view pieces = "{}[]\":,\\u0dD89aefn+-.\x80\xc3\xff \n";
  for (int round = 0; round < 50'000; ++round) {
    auto json = seeds[random() % 2];
    for (auto changes = random() % 6; changes > 0; --changes) {
      const auto at = random() % json.size();
      if (random() % 3 == 0)
        json.insert(at, 1, pieces[random() % pieces.size()]);
      else if (random() % 2 == 0)
        json.erase(at, random() % 3);
      else
        json[at] = pieces[random() % pieces.size()];
    }
    const auto result = parse_request(json, limits);
    if (const auto* request = std::get_if<meme_request>(&result)) {
      BOOST_REQUIRE(!request->prompt.empty());
      BOOST_REQUIRE(request->parameters.width.value_or(64) >= 64
                    && request->parameters.width.value_or(64) <= 2'048);
      BOOST_REQUIRE(request->parameters.guidance_scale.value_or(0) <= 50);
      BOOST_REQUIRE(request->reply_to.empty() || valid_reply_subject(request->reply_to));
    } else {
      BOOST_REQUIRE(!std::get<bad_request>(result).error.empty());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
