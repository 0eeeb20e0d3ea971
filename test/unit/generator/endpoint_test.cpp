#define BOOST_TEST_MODULE endpoint
#include <boost/test/unit_test.hpp>

#include "actors/generator/endpoint.hpp"
#include "config/address/url.hpp"

using namespace meme;
using meme::config::http_url;

namespace {

const std::map<std::string, std::string> replaced = {{"old/model", "new/model"},
                                                     {"older/model", "old/model"},
                                                     {"ring/a", "ring/b"},
                                                     {"ring/b", "ring/a"}};

void check_left_alone(std::string_view url) {
  const auto resolved = resolve_endpoint(http_url{std::string{url}}, replaced);
  BOOST_TEST(resolved.url.text() == url);
  BOOST_TEST(resolved.warning == "");
}

std::string resolve(std::string_view url) {
  const auto resolved = resolve_endpoint(http_url{std::string{url}}, replaced);
  const auto shown = meme::config::without_secrets(resolved.url.text());
  BOOST_TEST(resolved.warning.find(shown) != std::string::npos);
  return resolved.url.text();
}

} // namespace

BOOST_AUTO_TEST_CASE(the_retired_host_leads_to_the_router) {
  const auto resolved = resolve_endpoint(
      http_url{"https://api-inference.huggingface.co/models/some/model"}, replaced);
  BOOST_TEST(resolved.url.text() == "https://router.huggingface.co/hf-inference/models/some/model");
  BOOST_TEST(resolved.warning
             == "https://api-inference.huggingface.co/models/some/model is retired, "
                "https://router.huggingface.co/hf-inference/models/some/model is used instead");
}

BOOST_AUTO_TEST_CASE(spelling_of_the_address_does_not_matter) {
  const std::string expected = "https://router.huggingface.co/hf-inference/models/new/model";
  BOOST_TEST(resolve("http://api-inference.huggingface.co/models/old/model") == expected);
  BOOST_TEST(resolve("HTTPS://API-Inference.HuggingFace.co:443/models/old/model/") == expected);
  BOOST_TEST(resolve("https://api-inference.huggingface.co/models/old/model?a=b")
             == expected + "?a=b");
}

BOOST_AUTO_TEST_CASE(a_model_that_is_gone_is_replaced_on_both_hosts) {
  const std::string expected = "https://router.huggingface.co/hf-inference/models/new/model";
  BOOST_TEST(resolve("https://api-inference.huggingface.co/models/old/model") == expected);
  BOOST_TEST(resolve("https://router.huggingface.co/hf-inference/models/old/model") == expected);
  BOOST_TEST(resolve("https://router.huggingface.co/hf-inference/models/older/model") == expected);
}

BOOST_AUTO_TEST_CASE(a_ring_in_the_table_ends) {
  resolve_endpoint(http_url{"https://router.huggingface.co/hf-inference/models/ring/a"}, replaced);
}

BOOST_AUTO_TEST_CASE(present_addresses_are_left_alone) {
  check_left_alone("https://router.huggingface.co/hf-inference/models/new/model");
  check_left_alone("https://router.huggingface.co/together/v1/images/generations");
  check_left_alone("https://router.huggingface.co/hf-inference/models/");
}

BOOST_AUTO_TEST_CASE(other_hosts_are_left_alone_whatever_the_model) {
  check_left_alone("https://abc.endpoints.huggingface.cloud/models/old/model");
  check_left_alone("http://127.0.0.1:8080/models/old/model");
  check_left_alone("https://api-inference.huggingface.co.example.org/models/old/model");
  check_left_alone("https://example.org/?u=https://api-inference.huggingface.co/models/old/model");
  check_left_alone("https://api-inference.huggingface.co/status/old/model");
  check_left_alone("https://api-inference.huggingface.co/models/");
}

BOOST_AUTO_TEST_CASE(secrets_in_an_address_are_not_shown) {
  const auto resolved = resolve_endpoint(
      http_url{"https://api-inference.huggingface.co/models/old/model?key=secret"}, replaced);
  BOOST_TEST(resolved.warning.find("secret") == std::string::npos);
}
