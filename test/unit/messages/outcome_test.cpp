#define BOOST_TEST_MODULE outcome
#include <boost/test/unit_test.hpp>

#include <random>
#include <set>

#include <openssl/evp.h>
#include <rapidjson/reader.h>

#include "messages/outcome.hpp"

using namespace meme;

namespace {

const answer_header header{"r-1", "A \"cat\"\n", 1'700'000'000, 2'345, 3};

success drawn(std::string bytes, picture_type type = picture_type::png) {
  return {encode(picture{type, std::move(bytes)}), false, "some/model"};
}

std::string random_bytes(std::size_t size, std::mt19937& random) {
  std::string bytes(size, '\0');
  for (auto& byte : bytes)
    byte = static_cast<char>(random());
  return bytes;
}

std::string decode_base64(std::string_view text) {
  std::string bytes(text.size() / 4 * 3, '\0');
  const auto size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                    reinterpret_cast<const unsigned char*>(text.data()),
                                    static_cast<int>(text.size()));
  BOOST_REQUIRE_GE(size, 0);
  const auto last = text.find_last_not_of('=');
  const auto padding = text.empty() ? 0 : text.size() - 1 - last;
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

std::string_view image_data(std::string_view json) {
  constexpr std::string_view before = "\"image_data\":\"";
  const auto start = json.find(before) + before.size();
  return json.substr(start, json.find('"', start) - start);
}

bool is_json(const std::string& text) {
  rapidjson::StringStream stream(text.c_str());
  rapidjson::Reader reader;
  rapidjson::BaseReaderHandler<> handler;
  return !reader.Parse<rapidjson::kParseValidateEncodingFlag>(stream, handler).IsError();
}

} // namespace

BOOST_AUTO_TEST_CASE(a_result_has_its_fields_in_the_documented_order) {
  BOOST_TEST(encode_result(header, drawn("foob"))
             == R"({"request_id":"r-1","image_data":"Zm9vYg==","prompt":"A \"cat\"\n",)"
                R"("timestamp":1700000000,"content_type":"image/png","cached":false,)"
                R"("model":"some/model","duration_ms":2345})");
}

BOOST_AUTO_TEST_CASE(type_and_origin_of_the_picture_are_told) {
  auto result = drawn("x", picture_type::jpeg);
  result.cached = true;
  const auto json = encode_result(header, result);
  BOOST_TEST(json.find(R"("content_type":"image/jpeg","cached":true,)") != std::string::npos);
  BOOST_TEST(encode_result(header, drawn("x", picture_type::webp)).find("image/webp")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_vectors_of_rfc_4648_are_encoded) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, base64] : vectors)
    BOOST_TEST(image_data(encode_result(header, drawn(bytes))) == base64);
}

BOOST_AUTO_TEST_CASE(pictures_of_any_size_survive_the_encoding) {
  std::mt19937 random(1);
  std::vector<std::size_t> sizes;
  for (std::size_t size = 0; size <= 1'000; ++size)
    sizes.push_back(size);
  for (const std::size_t size :
       {3'071, 3'072, 3'073, 6'143, 6'144, 6'145, 1'000'000, 3'145'728, 3'145'729})
    sizes.push_back(size);
  for (const auto size : sizes) {
    const auto bytes = random_bytes(size, random);
    const auto result = drawn(bytes);
    const auto json = encode_result(header, result);
    BOOST_REQUIRE(decode_base64(image_data(json)) == bytes);
    BOOST_REQUIRE_EQUAL(json.find('\0'), std::string::npos);
    BOOST_REQUIRE_EQUAL(json.back(), '}');
    BOOST_REQUIRE_EQUAL(json.size(), encoded_result_size(header, result));
    BOOST_REQUIRE_EQUAL(json.capacity() >= json.size() && json.capacity() <= json.size() + 16,
                        true);
  }
}

BOOST_AUTO_TEST_CASE(the_size_is_known_whatever_the_texts) {
  std::mt19937 random(1);
  constexpr std::string_view letters[] = {"a", "\"", "\\", "\n", "\x01", "é", "🚀", "/", "\x7f"};
  for (int round = 0; round < 1'000; ++round) {
    answer_header any;
    for (auto left = random() % 50; left > 0; --left) {
      any.request_id += letters[random() % std::size(letters)];
      any.prompt += letters[random() % std::size(letters)];
    }
    any.timestamp_s = static_cast<std::int64_t>(random()) << random() % 32;
    any.duration_ms = -static_cast<std::int64_t>(random());
    auto result = drawn(random_bytes(random() % 50, random));
    result.cached = random() % 2 == 0;
    result.model = any.prompt;
    const auto json = encode_result(any, result);
    BOOST_REQUIRE_EQUAL(json.size(), encoded_result_size(any, result));
    BOOST_REQUIRE(is_json(json));
  }
}

BOOST_AUTO_TEST_CASE(an_error_has_its_fields_in_the_documented_order) {
  failure reason;
  reason.code = error_code::model_rejected;
  reason.text = "the model answered 422: \"no\"";
  BOOST_TEST(encode_error(header, reason)
             == R"({"request_id":"r-1","error":"the model answered 422: \"no\"",)"
                R"("timestamp":1700000000,"code":"model_rejected","attempts":3,)"
                R"("duration_ms":2345})");
}

BOOST_AUTO_TEST_CASE(an_errors_text_is_made_valid_and_short) {
  failure reason;
  reason.text = "bad \xff bytes\n\x01 and \xed\xa0\x80 more";
  BOOST_TEST(is_json(encode_error(header, reason)));
  BOOST_TEST(encode_error(header, reason).find("bad \xef\xbf\xbd bytes and") != std::string::npos);
  reason.text = std::string(100'000, 'x');
  const auto json = encode_error(header, reason);
  BOOST_TEST(json.find(std::string(999, 'x') + "…\"") != std::string::npos);
  BOOST_TEST(json.size() < 1'200U);
}

BOOST_AUTO_TEST_CASE(each_code_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(error_code::internal); ++code)
    names.insert(to_string(static_cast<error_code>(code)));
  const std::set<std::string_view> expected = {
      "bad_request",        "request_too_large", "model_rejected",     "model_not_found",
      "model_unauthorized", "model_overloaded",  "model_unavailable",  "model_timeout",
      "invalid_picture",    "image_too_large",   "attempts_exhausted", "internal"};
  BOOST_TEST((names == expected));
}
