#define BOOST_TEST_MODULE redaction
#include <boost/test/unit_test.hpp>

#include <random>

#include "messages/text/redaction.hpp"

using meme::hide_internal_addresses;
using meme::redact;

namespace {

const std::string token = "hf_AbCdEfGhIjKlMnOpQrStUvWxYz01234567";

} // namespace

BOOST_AUTO_TEST_CASE(the_whole_secret_is_masked_wherever_it_stands) {
  BOOST_TEST(redact(token, token) == "***");
  BOOST_TEST(redact("a " + token + " b", token) == "a *** b");
  BOOST_TEST(redact(token + token, token) == "***");
  BOOST_TEST(redact(token + " and " + token, token) == "*** and ***");
}

BOOST_AUTO_TEST_CASE(any_run_of_eight_characters_of_it_is_masked) {
  for (std::size_t from = 0; from < token.size(); ++from)
    for (std::size_t size = 1; from + size <= token.size(); ++size) {
      const auto run = token.substr(from, size);
      const auto expected = size < 8 ? "<" + run + ">" : "<***>";
      BOOST_REQUIRE_EQUAL(redact("<" + run + ">", token), expected);
    }
}

BOOST_AUTO_TEST_CASE(a_run_is_masked_to_its_end_and_no_further) {
  BOOST_TEST(redact("xhf_AbCdEfX", token) == "x***X");
  BOOST_TEST(redact("hf_AbCdE-fGhIjKlM", token) == "***-***");
  BOOST_TEST(redact("hf_AbCd EfGhIjK", token) == "hf_AbCd EfGhIjK");
}

BOOST_AUTO_TEST_CASE(a_short_secret_is_masked_as_a_whole) {
  BOOST_TEST(redact("an hf_x and hf_y", "hf_x") == "an *** and hf_y");
  BOOST_TEST(redact("no secret", "") == "no secret");
  BOOST_TEST(redact("", token) == "");
}

BOOST_AUTO_TEST_CASE(no_run_is_left_whatever_the_text_and_where_it_is_cut) {
  std::mt19937 random(1);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (auto pieces = random() % 6; pieces > 0; --pieces) {
      text += token.substr(random() % token.size(), random() % token.size());
      text.append(random() % 3, ' ');
    }
    const auto masked = redact(text, token);
    for (std::size_t at = 0; at + 8 <= masked.size(); ++at)
      BOOST_REQUIRE(token.find(masked.substr(at, 8)) == token.npos);
  }
}

BOOST_AUTO_TEST_CASE(internal_addresses_are_hidden_and_others_are_not) {
  const std::pair<const char*, const char*> texts[] = {
      {"cannot connect to 10.0.3.4:8000.", "cannot connect to (address)."},
      {"Failed to connect to 192.168.1.7 port 80 after 3 ms",
       "Failed to connect to (address) after 3 ms"},
      {"172.16.0.1, 172.31.255.255 and 172.32.0.1", "(address), (address) and 172.32.0.1"},
      {"http://sd-0.models.svc.cluster.local:8080/draw", "http://(address)/draw"},
      {"http://tgi:8080/x, https://tgi", "http://(address)/x, https://(address)"},
      {"https://a.b/c tgi:8080", "https://a.b/c tgi:8080"},
      {"upstream sd.internal is down", "upstream (address) is down"},
      {"[fd00::12]:80 or ::1", "[(address) or (address)"},
      {"from localhost:8080", "from (address)"},
      {"at 12:30:45 the model 1.2.3 said 8.8.8.8", "at 12:30:45 the model 1.2.3 said 8.8.8.8"},
      {"huggingface.co/models/a.b", "huggingface.co/models/a.b"},
      {"10.0.0.1.5 x10.0.0.1 é10.0.0.1", "10.0.0.1.5 x10.0.0.1 é(address)"},
      {"locals are internal", "locals are internal"},
      {"", ""},
  };
  for (const auto& [text, hidden] : texts)
    BOOST_TEST(hide_internal_addresses(text) == hidden);
}

// So that a long text of words that may begin one takes no longer than others.
BOOST_AUTO_TEST_CASE(what_is_longer_than_a_host_name_is_no_address) {
  const std::string end = ".local";
  const auto longest = std::string(255 - end.size(), 'a') + end;
  BOOST_TEST(hide_internal_addresses(longest) == "(address)");
  BOOST_TEST(hide_internal_addresses('a' + longest) == 'a' + longest);
  std::string words;
  for (auto i = 0; i < 50'000; ++i)
    words += "a:";
  BOOST_TEST(hide_internal_addresses(words) == words);
}
