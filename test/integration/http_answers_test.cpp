// What the HTTP client makes of answers: compressed bodies, redirects, headers.
#define BOOST_TEST_MODULE http_answers
#include <boost/test/unit_test.hpp>

#include <algorithm>

#include <zlib.h>

#include "actors/io/http/redirect.hpp"
#include "test/support/http_calls.hpp"
#include "test/support/raw_model.hpp"

using namespace meme;
using namespace meme::test;
using io::transfer_error;

namespace {

/// RFC 1952.
std::string gzipped(const std::string& text) {
  z_stream stream{};
  constexpr int with_gzip_header = 15 + 16;
  BOOST_REQUIRE(
      deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, with_gzip_header, 9, Z_DEFAULT_STRATEGY)
      == Z_OK);
  std::string result(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  BOOST_REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

raw_model always(std::string answer) {
  return raw_model{[answer = std::move(answer)](const raw_call&) { return answer; }};
}

std::string header_of(const raw_call& call, const std::string& name) {
  const auto at = call.head.find("\r\n" + name + ": ");
  if (at == call.head.npos)
    return {};
  const auto begin = at + name.size() + 4;
  return call.head.substr(begin, call.head.find("\r\n", begin) - begin);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(bodies, http_calls)

BOOST_AUTO_TEST_CASE(are_decoded_though_they_were_not_asked_for) {
  const auto text = R"({"error":"bad guidance_scale"})";
  auto model = always(raw_model::reply(400, {"Content-Encoding: gzip"}, gzipped(text)));
  const auto reply = call(model.url());
  BOOST_TEST((reply.error == transfer_error::none), reply.error_text);
  BOOST_TEST(reply.status == 400);
  BOOST_TEST(reply.body == text);
  BOOST_TEST(header_of(model.calls().front(), "Accept-Encoding") == "");
}

BOOST_AUTO_TEST_CASE(are_bounded_by_what_they_decode_to) {
  limits.max_body_bytes = 1 << 20;
  const auto bomb = gzipped(std::string(std::size_t{64} << 20, '\0'));
  BOOST_TEST_MESSAGE("64 MiB in " << bomb.size() << " bytes");
  BOOST_TEST_REQUIRE(bomb.size() < limits.max_body_bytes);
  auto model = always(raw_model::reply(200, {"Content-Encoding: gzip"}, bomb));
  const auto reply = call(model.url());
  BOOST_TEST((reply.error == transfer_error::too_large), reply.error_text);
  BOOST_TEST(reply.body.capacity() <= 2 * limits.max_body_bytes);
  auto twice = always(raw_model::reply(200, {"Content-Encoding: gzip, gzip"}, gzipped(bomb)));
  BOOST_TEST((call(twice.url()).error == transfer_error::too_large));
}

BOOST_AUTO_TEST_CASE(that_are_not_what_they_say_are_errors) {
  auto model = always(raw_model::reply(200, {"Content-Encoding: gzip"}, "no gzip"));
  BOOST_TEST((call(model.url()).error == transfer_error::other));
  auto unknown = always(raw_model::reply(200, {"Content-Encoding: rot13"}, "cvpgher"));
  BOOST_TEST((call(unknown.url()).error == transfer_error::other));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(headers, http_calls)

BOOST_AUTO_TEST_CASE(are_those_of_the_final_answer) {
  auto model = always("HTTP/1.1 103 Early Hints\r\nRetry-After: 5\r\nLocation: /hint\r\n\r\n"
                      + raw_model::reply(429, {"Date: Sun, 06 Nov 1994 08:49:37 GMT"}, ""));
  const auto reply = call(model.url());
  BOOST_TEST(reply.status == 429);
  BOOST_TEST(reply.date == "Sun, 06 Nov 1994 08:49:37 GMT");
  BOOST_TEST(reply.retry_after == "");
  BOOST_TEST(reply.location == "");
}

BOOST_AUTO_TEST_CASE(of_more_than_300_kib_end_the_call) {
  const auto with_headers = [](std::size_t count) {
    const std::vector<std::string> all(count, "X: " + std::string(50'000, 'x'));
    return always(raw_model::reply(200, all, "a picture"));
  };
  auto usual = with_headers(5);
  BOOST_TEST(call(usual.url()).body == "a picture");
  auto excessive = with_headers(7);
  const auto reply = call(excessive.url());
  BOOST_TEST((reply.error == transfer_error::cut || reply.error == transfer_error::other),
             reply.error_text);
  BOOST_TEST(reply.error_text != "");
  BOOST_TEST_MESSAGE(reply.error_text);
}

// libcurl keeps trailers, and bounds headers alone.
BOOST_AUTO_TEST_CASE(with_too_many_trailers_are_not_received) {
  const auto with_trailers = [](std::size_t bytes) {
    const auto line = "X-Trailer: " + std::string(1'000, 'x') + "\r\n";
    std::string reply = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n";
    for (std::size_t sent = 0; sent < bytes; sent += line.size())
      reply += line;
    return reply + "\r\n";
  };
  auto few = always(with_trailers(200 << 10));
  BOOST_TEST(call(few.url()).body == "x");
  auto many = always(with_trailers(310 << 10));
  const auto reply = call(many.url());
  BOOST_TEST((reply.error == transfer_error::other));
  BOOST_TEST(reply.error_text == "headers and trailers of more than 307200 bytes");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(redirects, http_calls)

BOOST_AUTO_TEST_CASE(that_keep_the_method_are_followed_on_the_same_server) {
  for (const auto status : {307, 308}) {
    raw_model model{[&](const raw_call& call) -> std::optional<std::string> {
      if (call.path() == "/models/new?x=1")
        return raw_model::reply(200, {}, "a picture");
      return raw_model::reply(status, {"Location: new?x=1#part"}, "moved");
    }};
    const auto reply = call(model.url());
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.body == "a picture");
    BOOST_TEST(reply.redirects == 1u);
    const auto calls = model.calls();
    BOOST_TEST_REQUIRE(calls.size() == 2u);
    BOOST_TEST(calls[1].head.rfind("POST ", 0) == 0u);
    BOOST_TEST(calls[1].body == calls[0].body);
    BOOST_TEST(header_of(calls[1], "Authorization") == "Bearer hf_secret");
  }
}

BOOST_AUTO_TEST_CASE(to_another_host_are_not_followed_and_are_named) {
  auto other = always(raw_model::reply(200, {}, "a picture"));
  const auto elsewhere = "http://localhost:" + std::to_string(other.port()) + "/models/new";
  auto model = always(raw_model::reply(308, {"Location: " + elsewhere}, "moved"));
  const auto reply = call(model.url());
  BOOST_TEST(reply.status == 308);
  BOOST_TEST(reply.location == elsewhere);
  BOOST_TEST(other.calls().empty());
}

BOOST_AUTO_TEST_CASE(to_another_port_are_followed_without_the_token) {
  auto neighbour = always(raw_model::reply(200, {}, "a picture"));
  auto model = always(raw_model::reply(307, {"Location: " + neighbour.url()}, ""));
  const auto reply = call(model.url());
  BOOST_TEST(reply.status == 200);
  BOOST_TEST(reply.body == "a picture");
  const auto has_token = [](const raw_call& call) {
    return call.head.find("hf_secret") != std::string::npos;
  };
  BOOST_TEST(has_token(model.calls().at(0)));
  BOOST_TEST(!has_token(neighbour.calls().at(0)));
}

BOOST_AUTO_TEST_CASE(that_may_change_the_method_are_not_followed) {
  for (const auto status : {301, 302, 303}) {
    auto model = always(raw_model::reply(status, {"Location: /models/new"}, ""));
    const auto reply = call(model.url());
    BOOST_TEST(reply.status == status);
    BOOST_TEST(reply.location == "http://" + model.address() + "/models/new");
    BOOST_TEST(model.calls().size() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(are_followed_a_few_times_only) {
  auto model = always(raw_model::reply(307, {"Location: /again"}, ""));
  const auto reply = call(model.url());
  BOOST_TEST(reply.status == 307);
  BOOST_TEST(reply.redirects == 5u);
  BOOST_TEST(model.calls().size() == 6u);
}

BOOST_AUTO_TEST_CASE(share_one_time_limit) {
  limits.timeout = std::chrono::milliseconds{300};
  raw_model model{[](const raw_call& call) -> std::optional<std::string> {
    if (call.path() == "/silent")
      return std::nullopt;
    return raw_model::reply(307, {"Location: /silent"}, "");
  }};
  BOOST_TEST((call(model.url()).error == transfer_error::timeout));
}

BOOST_AUTO_TEST_CASE(never_lead_to_a_host_or_a_scheme_that_the_token_may_not_go_to) {
  const auto stays = [](const char* from, const char* location) {
    return io::resolve_redirect(from, location).stays_on_server;
  };
  BOOST_TEST(stays("https://a.b/m", "/n"));
  BOOST_TEST(stays("https://a.b/m", "n"));
  BOOST_TEST(stays("https://a.b/m", "//A.B/n"));
  BOOST_TEST(stays("https://a.b/m", "https://a.b:443/n"));
  BOOST_TEST(stays("https://a.b:8443/m", "https://a.b:8443/n"));
  BOOST_TEST(stays("http://a.b/m", "https://a.b/m"));
  BOOST_TEST(stays("http://a.b:8080/m", "https://a.b:8080/m"));
  BOOST_TEST(!stays("http://a.b:8080/m", "https://a.b/m"));
  BOOST_TEST(!stays("http://127.0.0.1:8080/m", "http://127.0.0.1:9090/m"));
  for (const auto* location :
       {"http://a.b/m", "//c.d/n", "https://a.b.c/", "https://a.b@c.d/", "https://user@a.b/",
        "https://:password@a.b/", "https://a.b:8443/n", "https://a.b:80/n", "ftp://a.b/n",
        "file:///etc/passwd", "gopher://a.b/", "https://a.b.evil/", "https://[::1]/", ""})
    BOOST_TEST(!stays("https://a.b/m", location), location);
  BOOST_TEST(io::resolve_redirect("https://a.b/m/x", "../n?q=1#f").url == "https://a.b/n?q=1");
}

BOOST_AUTO_TEST_SUITE_END()
