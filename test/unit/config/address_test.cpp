#define BOOST_TEST_MODULE address
#include <boost/test/unit_test.hpp>

#include "config/address/host_port.hpp"
#include "config/address/nats_urls.hpp"
#include "config/address/redis_url.hpp"
#include "config/address/url.hpp"

using meme::expected;
using namespace meme::config;

namespace {

template <class T>
T good(const expected<T>& result) {
  BOOST_TEST_REQUIRE(static_cast<bool>(result), result.error().message());
  return *result;
}

template <class T>
std::string reason(const expected<T>& result) {
  BOOST_TEST_REQUIRE(!static_cast<bool>(result));
  return result.error().message();
}

} // namespace

BOOST_AUTO_TEST_SUITE(host_and_port)

BOOST_AUTO_TEST_CASE(of_names_and_addresses_are_read) {
  for (const auto& [text, host, port] :
       {std::tuple{"0.0.0.0:9090", "0.0.0.0", 9090}, std::tuple{"[::]:0", "::", 0},
        std::tuple{"[fe80::1]:65535", "fe80::1", 65535}, std::tuple{"localhost:1", "localhost", 1},
        std::tuple{"my_pod-1.svc.:80", "my_pod-1.svc.", 80}}) {
    const auto place = good(parse_host_port(text));
    BOOST_TEST(place.host == host);
    BOOST_TEST(place.port == port);
  }
}

BOOST_AUTO_TEST_CASE(are_refused_with_the_reason) {
  for (const auto& [text, why] :
       {std::pair{"localhost", "has no port"}, std::pair{"", "has no host"},
        std::pair{":9090", "has no host"}, std::pair{"localhost:", "has a port outside 0..65535"},
        std::pair{"localhost:65536", "has a port outside 0..65535"},
        std::pair{"localhost:-1", "has a port outside 0..65535"},
        std::pair{"localhost:80x", "has a port outside 0..65535"},
        std::pair{"::1:9090", "has no host"},
        std::pair{"fe80::1:90", "has too many colons (an IPv6 address stands in brackets)"},
        std::pair{"[::1", "has a [ without a ]"},
        std::pair{"[::g]:1", "has something other than an IPv6 address in its brackets"},
        std::pair{"[::1]9", "has something other than a port behind its ]"},
        std::pair{"256.1.1.1:1", "has a host that is neither a name nor an address"},
        std::pair{"a..b:1", "has a host that is neither a name nor an address"},
        std::pair{"a b:1", "has a host that is neither a name nor an address"}})
    BOOST_TEST(reason(parse_host_port(text)) == why, text << ": " << reason(parse_host_port(text)));
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

const char* const unencoded =
    "has a /, ? or # in its user or password: write %2F, %3F or %23 for it";

} // namespace

BOOST_AUTO_TEST_SUITE(a_redis_url)

BOOST_AUTO_TEST_CASE(is_read_with_its_defaults) {
  const auto address = good(parse_redis_url("redis://redis.cache.svc.cluster.local"));
  BOOST_TEST(address.host == "redis.cache.svc.cluster.local");
  BOOST_TEST(address.port == 6379);
  BOOST_TEST(address.user == "");
  BOOST_TEST(address.password == "");
  BOOST_TEST(address.database == 0u);
  BOOST_TEST(!address.tls);
}

BOOST_AUTO_TEST_CASE(is_read_with_all_its_parts) {
  const auto address = good(parse_redis_url("REDISS://me:p%40ss%2fword@[::1]:7000/12"));
  BOOST_TEST(address.host == "::1");
  BOOST_TEST(address.port == 7000);
  BOOST_TEST(address.user == "me");
  BOOST_TEST(address.password == "p@ss/word");
  BOOST_TEST(address.database == 12u);
  BOOST_TEST(address.tls);
}

BOOST_AUTO_TEST_CASE(may_have_a_password_alone) {
  const auto address = good(parse_redis_url("redis://:a:b@c@host/"));
  BOOST_TEST(address.user == "");
  BOOST_TEST(address.password == "a:b@c");
  BOOST_TEST(address.host == "host");
}

BOOST_AUTO_TEST_CASE(may_name_valkey) {
  BOOST_TEST(!good(parse_redis_url("valkey://host")).tls);
  BOOST_TEST(good(parse_redis_url("valkeys://host:7000")).tls);
}

BOOST_AUTO_TEST_CASE(is_described_without_its_password) {
  BOOST_TEST(describe(good(parse_redis_url("redis://me:secret@host"))) == "redis://host:6379");
  BOOST_TEST(describe(good(parse_redis_url("valkeys://:secret@[::1]:7000/12")))
             == "rediss://[::1]:7000/12");
}

BOOST_AUTO_TEST_CASE(is_refused_with_the_reason) {
  const auto* const sentinel =
      "asks for Sentinel, which this service does not speak: give the address of the Redis that "
      "stores (a Service or a proxy that follows the primary)";
  for (const auto& [text, why] :
       {std::pair{"", "is empty"},
        std::pair{"redis", "has no scheme"},
        std::pair{"://host", "has no scheme"},
        std::pair{"http://host", "has a scheme other than redis:// and rediss://"},
        std::pair{"redis+sentinel://host/mymaster", sentinel},
        std::pair{"redis-sentinel://a:26379,b:26379,c/0?sentinelMasterId=m", sentinel},
        std::pair{"redis+cluster://host",
                  "asks for a Redis cluster, which this service does not speak: give the address "
                  "of a single Redis"},
        std::pair{"redis+socket:///run/redis.sock",
                  "asks for a Unix socket, which this service does not use: give a host and a "
                  "port"},
        std::pair{"redis://me:pass/word@host", unencoded},
        std::pair{"redis://:pa@ss/word@host:7000/1", unencoded},
        std::pair{"redis://:pass?word@host", unencoded},
        std::pair{"redis://:pass#word@host", unencoded},
        std::pair{"redis://", "has no host"},
        std::pair{"redis://user:pass@", "has no host"},
        std::pair{"redis://host:0", "has a port outside 1..65535"},
        std::pair{"redis://user:pass", "has a port outside 1..65535"},
        std::pair{"redis://user@host", "has a user without a password"},
        std::pair{"redis://:%4@host", "has a % in its user or password that two hexadecimal digits "
                                      "do not follow"},
        std::pair{"redis://host/x", "has something other than /database behind its host"},
        std::pair{"redis://host/1/2", "has something other than /database behind its host"},
        std::pair{"redis://host?db=1", "has something other than /database behind its host"},
        std::pair{"redis://host/2147483648", "has something other than /database behind its host"},
        std::pair{"redis://ho st", "contains a space, a line break or another character that no "
                                   "URL has"},
        std::pair{"redis://host\n", "contains a space, a line break or another character that no "
                                    "URL has"}})
    BOOST_TEST(reason(parse_redis_url(text)) == why, text << ": " << reason(parse_redis_url(text)));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(nats_urls_are_a_list) {
  const auto urls = good(parse_nats_urls("nats://a:4222, tls://user:word@b ,nats://token@[::1]/"));
  const std::vector<std::string> expected = {"nats://a:4222", "tls://user:word@b",
                                             "nats://token@[::1]/"};
  std::vector<std::string> texts;
  for (const auto& server : urls)
    texts.push_back(server.text);
  BOOST_TEST(texts == expected, boost::test_tools::per_element());
  BOOST_TEST(urls.at(1).parts.password == "word");
}

BOOST_AUTO_TEST_CASE(nats_urls_are_refused_with_the_reason) {
  for (const auto& [text, why] :
       {std::pair{"", "is empty"}, std::pair{"nats://a,", "is empty"},
        std::pair{"nats://a,,nats://b", "is empty"}, std::pair{"host:4222", "has no scheme"},
        std::pair{"ws://a", "asks for WebSocket, which this service does not speak"},
        std::pair{"nats://a,wss://a", "asks for WebSocket, which this service does not speak"},
        std::pair{"redis://a", "has a scheme other than nats:// and tls://"},
        std::pair{"nats://a/b", "has something behind its host and port"},
        std::pair{"nats://a,nats://me:pass/word@b", unencoded}})
    BOOST_TEST(reason(parse_nats_urls(text)) == why, text << ": " << reason(parse_nats_urls(text)));
}

BOOST_AUTO_TEST_CASE(an_http_url_has_neither_user_nor_fragment) {
  BOOST_TEST(good(parse_http_url("https://host/models/a?b=c")).path == "/models/a");
  BOOST_TEST(good(parse_http_url("http://127.0.0.1:80")).port == 80);
  BOOST_TEST(reason(parse_http_url("http://me:word@host/")) == "has a user or password");
  BOOST_TEST(reason(parse_http_url("http://host/#x"))
             == "has a fragment (#), which no server would see");
  BOOST_TEST(reason(parse_http_url("ftp://host"))
             == "has a scheme other than http:// and https://");
}

BOOST_AUTO_TEST_SUITE(shown_to_people)

BOOST_AUTO_TEST_CASE(nats_servers_have_no_users) {
  BOOST_TEST(describe(good(parse_nats_urls("nats://a:4222"))) == "nats://a:4222");
  const auto servers = good(parse_nats_urls("nats://u:p@a:4222,tls://token@[::1]:1"));
  BOOST_TEST(describe(servers) == "nats://a:4222, tls://[::1]:1");
  BOOST_TEST(describe(servers, "?") == "nats://?@a:4222, tls://?@[::1]:1");
  // An @ that should have been encoded.
  BOOST_TEST(describe(good(parse_nats_urls("nats://u:p@ss@a"))) == "nats://a");
}

BOOST_AUTO_TEST_CASE(an_address_has_no_user_no_query_and_no_fragment) {
  for (const auto& [text, plain, marked] :
       {std::tuple{"https://u:p@h:8443/a?b", "https://h:8443/a", "https://-@h:8443/a?-"},
        std::tuple{"https://h/a#b@c", "https://h/a", "https://h/a#-"},
        std::tuple{"https://h/@a", "https://h/@a", "https://h/@a"},
        std::tuple{"HTTPS://H:443/", "HTTPS://H:443/", "HTTPS://H:443/"},
        std::tuple{"secret", "", "-"}, std::tuple{"", "", "-"}}) {
    BOOST_TEST(without_secrets(text) == plain);
    BOOST_TEST(without_secrets(text, "-") == marked);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(an_address_is_kept_with_its_text) {
  const http_url url{"HTTPS://Host:8443/models/a?b=c"};
  BOOST_TEST(url.text() == "HTTPS://Host:8443/models/a?b=c");
  BOOST_TEST(url->scheme == "https");
  BOOST_TEST(url->path == "/models/a");
  BOOST_TEST(url->suffix == "?b=c");
  BOOST_TEST((url == http_url{url.text()}));
  BOOST_CHECK_THROW(http_url{"nats://host"}, std::invalid_argument);
  BOOST_TEST(reason(http_url::read("https://")) == "has no host");
}
