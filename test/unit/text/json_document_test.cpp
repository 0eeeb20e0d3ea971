#define BOOST_TEST_MODULE json_document
#include <boost/test/unit_test.hpp>

#include <string>

#include "messages/text/json_document.hpp"

using meme::json::read_document;

BOOST_AUTO_TEST_CASE(a_document_is_read) {
  const auto document = read_document(R"({"a": [1, -2.5e3, "1e-00005"], "b": 1E+300})");
  BOOST_TEST_REQUIRE(document.IsObject());
  BOOST_TEST(document["a"][0].GetInt() == 1);
  BOOST_TEST(document["a"][1].GetDouble() == -2'500);
  BOOST_TEST(document["b"].GetDouble() == 1e300);
  BOOST_TEST(read_document("1e-0005").IsDouble());
  BOOST_TEST(read_document(std::string(100'000, '[') + std::string(100'000, ']')).IsArray());
}

BOOST_AUTO_TEST_CASE(an_exponent_that_no_double_has_is_refused) {
  for (const auto* text : {"1e-00005", "[1E-00005]", R"({"a": {"b": 0.5e+00000}})"})
    BOOST_TEST(read_document(text).IsNull(), text);
}

BOOST_AUTO_TEST_CASE(what_is_no_json_is_null) {
  for (const auto* text : {"", "{", "[1,]", "nonsense", "{} {}", "1e999"})
    BOOST_TEST(read_document(text).IsNull(), text);
}
