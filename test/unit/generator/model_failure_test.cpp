#define BOOST_TEST_MODULE model_failure
#include <boost/test/unit_test.hpp>

#include <random>

#include "actors/generator/providers/huggingface.hpp"
#include "actors/generator/providers/model_words.hpp"
#include "messages/text/utf8.hpp"
#include "test/unit/samples.hpp"

using namespace meme;
using kind = verdict_kind;

namespace {

constexpr std::int64_t now = 784'111'777; // Sun, 06 Nov 1994 08:49:37 GMT

using io::transfer_error;

/// What a model that was given the token `secret` has answered.
struct model_reply : io::http_reply {
  std::string secret;
};

model_reply answer(long status, std::string_view body) {
  model_reply reply;
  reply.status = status;
  reply.body = body;
  return reply;
}

model_verdict judge(model_reply reply) {
  return huggingface_provider{reply.secret}.read_reply(reply, now);
}
model_verdict judge(long status, std::string_view body) {
  return judge(answer(status, body));
}

/// Milliseconds, or -1 for nothing.
std::int64_t wait_of(const model_verdict& seen) {
  return seen.retry_after ? seen.retry_after->count() : -1;
}

bool is(const model_verdict& seen, kind what, error_code code) {
  return seen.kind == what && seen.code == code;
}

std::size_t length(std::string_view text) {
  std::size_t chars = 0;
  for (; !text.empty(); ++chars)
    BOOST_REQUIRE(take_code_point(text) != invalid_code_point);
  return chars;
}

} // namespace

BOOST_AUTO_TEST_SUITE(statuses)

BOOST_AUTO_TEST_CASE(a_complete_picture_is_one_whatever_its_header_says) {
  const auto bytes = test::jpeg(8, 8);
  auto reply = answer(200, bytes);
  reply.content_type = "application/json";
  const auto seen = judge(reply);
  BOOST_TEST((seen.kind == kind::picture));
  BOOST_TEST((seen.type == picture_type::jpeg));
  BOOST_TEST(seen.text == "");
  BOOST_TEST((judge(200, test::png(8, 8)).type == picture_type::png));
}

BOOST_AUTO_TEST_CASE(what_a_request_caused_is_final) {
  const auto seen = judge(400, R"({"error":["inputs too long","height != width"]})");
  BOOST_TEST(is(seen, kind::reject, error_code::model_rejected));
  BOOST_TEST(seen.text == "the model answered 400: inputs too long; height != width");
  for (const long status : {400, 405, 406, 409, 413, 418, 422, 451})
    BOOST_TEST(is(judge(status, "{}"), kind::reject, error_code::model_rejected), status);
}

BOOST_AUTO_TEST_CASE(a_model_that_no_provider_has_names_the_setting) {
  const auto seen = judge(400, R"({"error":"Model not supported by provider hf-inference"})");
  BOOST_TEST(is(seen, kind::reject, error_code::model_rejected));
  BOOST_TEST(seen.text
             == "the model answered 400: Model not supported by provider hf-inference "
                "(check HF_API_URL)");
}

BOOST_AUTO_TEST_CASE(a_refused_token_is_nobodys_request) {
  for (const long status : {401, 402, 403}) {
    const auto seen = judge(status, R"({"error":"Invalid credentials in Authorization header"})");
    BOOST_TEST(is(seen, kind::unauthorized, error_code::model_unauthorized));
    BOOST_TEST(seen.text
               == "the model answered " + std::to_string(status)
                      + ": Invalid credentials in Authorization header");
  }
}

BOOST_AUTO_TEST_CASE(a_model_that_is_not_there_names_the_setting) {
  const auto seen = judge(404, R"({"error":"Model a/b does not exist"})");
  BOOST_TEST(is(seen, kind::reject, error_code::model_not_found));
  BOOST_TEST(seen.text == "the model answered 404: Model a/b does not exist (check HF_API_URL)");
  BOOST_TEST(judge(404, "Not Found").text
             == "the model answered 404: Not Found (check HF_API_URL)");
  BOOST_TEST(is(judge(410, R"({"error":"https://x is no longer supported."})"), kind::reject,
                error_code::model_not_found));
}

BOOST_AUTO_TEST_CASE(a_redirect_that_was_not_followed_names_the_location_and_the_setting) {
  for (const long status : {300, 301, 302, 303, 304, 307, 308}) {
    auto reply = answer(status, "moved");
    BOOST_TEST(is(judge(reply), kind::reject, error_code::model_not_found));
    reply.location = "https://user:password@other.test/models/x?key=secret#part";
    BOOST_TEST(judge(reply).text
               == "the model answered " + std::to_string(status)
                      + " and sends to https://other.test/models/x: moved (check HF_API_URL)");
    reply.location = "/models/y?key=secret";
    BOOST_TEST(judge(reply).text.find("sends to /models/y: moved") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_location_may_name_the_machine_itself) {
  auto redirect = answer(307, "");
  redirect.location = "http://localhost:8080/models/new?key=secret";
  BOOST_TEST(judge(redirect).text
             == "the model answered 307 and sends to http://localhost/models/new (check "
                "HF_API_URL)");
  redirect.location = "http://localhost.internal:8080/models/new";
  BOOST_TEST(judge(redirect).text.find("localhost") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(no_header_tells_clients_of_the_network_inside) {
  auto redirect = answer(302, "");
  redirect.location = "http://10.2.3.4:8080/login";
  BOOST_TEST(judge(redirect).text
             == "the model answered 302 and sends to http://(address)/login (check HF_API_URL)");
  BOOST_TEST(judge(redirect).text_for_log().find("10.2.3.4:8080") != std::string::npos);
  auto page = answer(200, "hello");
  page.content_type = "text/html; by=sd.internal:80";
  BOOST_TEST(judge(page).text.find("called text/html; by=(address))") != std::string::npos,
             judge(page).text);
}

BOOST_AUTO_TEST_CASE(too_many_requests_means_to_wait) {
  auto reply = answer(429, R"({"error":"Too many requests"})");
  BOOST_TEST(is(judge(reply), kind::wait, error_code::model_overloaded));
  BOOST_TEST(wait_of(judge(reply)) == -1);
  reply.rate_limit = R"("api";r=0;t=55)";
  BOOST_TEST(wait_of(judge(reply)) == 55'000);
  reply.retry_after = "7";
  BOOST_TEST(wait_of(judge(reply)) == 7'000);
  reply.retry_after = "Sun, 06 Nov 1994 08:49:47 GMT";
  BOOST_TEST(wait_of(judge(reply)) == 10'000);
  reply.retry_after = "rubbish";
  BOOST_TEST(wait_of(judge(reply)) == 55'000);
}

BOOST_AUTO_TEST_CASE(a_date_is_compared_to_the_clock_that_wrote_it) {
  auto reply = answer(429, "");
  reply.retry_after = "Sun, 06 Nov 1994 09:49:40 GMT";
  BOOST_TEST(wait_of(judge(reply)) == 600'000); // our clock says an hour: the longest pause
  reply.date = "Sun, 06 Nov 1994 09:49:37 GMT";
  BOOST_TEST(wait_of(judge(reply)) == 3'000);
  reply.retry_after = "Sun, 06 Nov 1994 07:49:40 GMT";
  reply.date = "Sunday, 06-Nov-94 07:49:37 GMT";
  BOOST_TEST(wait_of(judge(reply)) == 3'000);
  reply.date = "yesterday";
  BOOST_TEST(wait_of(judge(reply)) == 0);
}

BOOST_AUTO_TEST_CASE(a_model_that_is_loading_says_when) {
  const auto loading =
      judge(503, R"({"error":"Model a/b is currently loading","estimated_time":20.0})");
  BOOST_TEST(is(loading, kind::wait, error_code::model_unavailable));
  BOOST_TEST(wait_of(loading) == 20'000);
  BOOST_TEST(loading.text == "the model answered 503: Model a/b is currently loading");
  BOOST_TEST(wait_of(judge(503, R"({"estimated_time":0.0301})")) == 31);
  BOOST_TEST(wait_of(judge(503, R"({"estimated_time":7200})")) == 600'000);
  // As the standard library reads it: RapidJSON's own reading of it is 0.147.
  BOOST_TEST(wait_of(judge(503, R"({"estimated_time":0.1470000000000000139})")) == 148);
  for (const auto* body :
       {R"({"estimated_time":-1})", R"({"estimated_time":1e300})", R"({"estimated_time":"20"})",
        R"({"estimated_time":null})", R"({"estimated_time":[20]})"})
    BOOST_TEST(wait_of(judge(503, body)) == -1, body);
  BOOST_TEST(wait_of(judge(500, R"({"estimated_time":20})")) == -1);
}

BOOST_AUTO_TEST_CASE(a_fault_of_the_server_is_tried_again) {
  for (const long status : {500, 502, 503, 504, 520, 599})
    BOOST_TEST(is(judge(status, ""), kind::retry, error_code::model_unavailable));
  for (const long status : {408, 425, 0, 100, 101, 999, -1})
    BOOST_TEST(is(judge(status, ""), kind::retry, error_code::model_unavailable));
  auto reply = answer(502, "");
  reply.retry_after = "3";
  BOOST_TEST(wait_of(judge(reply)) == 3'000);
  BOOST_TEST((judge(reply).kind == kind::retry));
}

BOOST_AUTO_TEST_CASE(a_picture_has_the_bytes_up_to_its_end) {
  const auto whole = test::png(8, 8);
  BOOST_TEST(judge(200, whole).picture_bytes == whole.size());
  BOOST_TEST(judge(200, whole + "\r\n").picture_bytes == whole.size());
}

BOOST_AUTO_TEST_CASE(a_picture_of_another_type_is_final_and_named) {
  const auto seen = judge(200, std::string("II*\0\x08\0\0\0", 8));
  BOOST_TEST(is(seen, kind::reject, error_code::invalid_picture));
  BOOST_TEST(seen.text.find("TIFF") != std::string::npos, seen.text);
}

BOOST_AUTO_TEST_CASE(success_without_a_picture_is_tried_again) {
  const auto whole = test::png(8, 8);
  const std::pair<std::string, std::string> bodies[] = {
      {"", "the model answered 200 but no complete picture (nothing at all)"},
      {whole.substr(0, whole.size() - 1),
       "the model answered 200 but no complete picture (a PNG that is cut short)"},
      {R"({"error":"CUDA out of memory"})",
       "the model answered 200 but no complete picture (neither PNG, JPEG, WebP, GIF nor AVIF): "
       "CUDA out of memory"},
      {"<html><head><title>Sign in</title>", "the model answered 200 but no complete picture "
                                             "(neither PNG, JPEG, WebP, GIF nor AVIF): Sign in"}};
  for (const auto& [body, text] : bodies) {
    const auto seen = judge(200, body);
    BOOST_TEST(is(seen, kind::retry, error_code::invalid_picture));
    BOOST_TEST(seen.text == text);
  }
  auto reply = answer(201, "[]");
  reply.content_type = "application/json";
  BOOST_TEST(judge(reply).text
             == "the model answered 201 but no complete picture "
                "(neither PNG, JPEG, WebP, GIF nor AVIF, called application/json): []");
  BOOST_TEST(is(judge(204, ""), kind::retry, error_code::invalid_picture));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(a_call_that_did_not_end_is_classified) {
  const struct {
    transfer_error error;
    kind what;
    error_code code;
  } cases[] = {
      {transfer_error::connect, kind::retry, error_code::model_unavailable},
      {transfer_error::timeout, kind::retry, error_code::model_timeout},
      {transfer_error::stalled, kind::retry, error_code::model_timeout},
      {transfer_error::cut, kind::retry, error_code::model_unavailable},
      {transfer_error::stale, kind::retry, error_code::model_unavailable},
      {transfer_error::tls, kind::retry, error_code::model_unavailable},
      {transfer_error::too_large, kind::reject, error_code::image_too_large},
      {transfer_error::no_descriptor, kind::wait, error_code::internal},
      {transfer_error::other, kind::retry, error_code::model_unavailable},
  };
  for (const auto& each : cases) {
    auto reply = answer(200, test::png(8, 8)); // cannot be trusted
    reply.error = each.error;
    reply.error_text = "Failed to connect\nto 10.0.0.7 port 80";
    const auto seen = judge(reply);
    BOOST_TEST(is(seen, each.what, each.code));
    BOOST_TEST(seen.of_connection == (each.error == transfer_error::stale));
    BOOST_TEST(seen.text_for_log() == seen.text + ": Failed to connect to 10.0.0.7 port 80");
    BOOST_TEST(seen.text.find("10.0.0.7") == std::string::npos); // clients get this
  }
}

BOOST_AUTO_TEST_SUITE(words)

BOOST_AUTO_TEST_CASE(errors_of_all_shapes_are_read) {
  const std::pair<const char*, const char*> bodies[] = {
      {R"({"error":"plain"})", "plain"},
      {R"({"error":["one","two"]})", "one; two"},
      {R"([{"error":"in an array"}])", "in an array"},
      {R"({"error":{"message":"like OpenAI","code":7,"param":null}})", "like OpenAI"},
      {R"({"message":"gateway"})", "gateway"},
      {R"({"detail":[{"loc":["body","inputs"],"msg":"field required"}]})",
       "body; inputs; field required"},
      {R"({"error":"","message":"the second"})", "the second"},
      {R"({"error":null,"detail":"the third"})", "the third"},
      {R"({"error_type":"validation","error":"only this","warnings":["not this"]})", "only this"},
      {R"({"error":"cut sho)", R"({"error":"cut sho)"},
      {R"({"error":"so far","x":)", "so far"},
      {R"("just a string")", "just a string"},
      {R"({"other":"shape"})", R"({"other":"shape"})"},
      {"Bad Gateway", "Bad Gateway"},
      {"  \n padded", "padded"},
      {"<html><TITLE lang=en>502 Bad Gateway</TITLE><body>", "502 Bad Gateway"},
      {"<title>no end", "no end"},
      {"<title", ""},
      {"<p>no title</p>", "an HTML page"},
      {"", ""},
      {" \n", ""},
  };
  for (const auto& [body, text] : bodies)
    BOOST_TEST(read_model_words(body, {}).text == text);
}

BOOST_AUTO_TEST_CASE(binary_data_is_not_quoted) {
  BOOST_TEST(judge(500, std::string_view("\x89PNG\r\n\x1a\n", 8)).text == "the model answered 500");
  BOOST_TEST(judge(500, std::string_view("{\"error\":\"\0\"}", 13)).text
             == "the model answered 500");
}

BOOST_AUTO_TEST_CASE(text_is_one_line_valid_and_short) {
  const auto seen =
      judge(500, "{\"error\":\"line\\nline\\u0000 \xff\xc3" + std::string(90'000, 'x'));
  BOOST_TEST(length(seen.text) <= 300U);
  const auto words = judge(500, R"({"error":"a\nb\u0000 \u001b[31mc"})").text;
  BOOST_TEST(words == "the model answered 500: a b [31mc");
  BOOST_TEST(judge(500, "{\"error\":\"\xff\"}").text == "the model answered 500: \xef\xbf\xbd");
}

BOOST_AUTO_TEST_CASE(of_a_long_body_64_kib_are_looked_at) {
  const auto said_after = [](std::size_t blanks) {
    return judge(500, std::string(blanks, ' ') + "too late").text;
  };
  BOOST_TEST(said_after(65'536 - 8) == "the model answered 500: too late");
  BOOST_TEST(said_after(65'536) == "the model answered 500");
}

BOOST_AUTO_TEST_CASE(a_long_text_keeps_its_hint) {
  const auto seen = judge(404, std::string(1'000, 'x'));
  BOOST_TEST(length(seen.text) == 300U);
  BOOST_TEST(seen.text.find("… (check HF_API_URL)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_token_is_masked_even_where_the_text_is_cut) {
  for (std::size_t before = 0; before < 300; ++before) {
    const auto body = R"({"error":")" + std::string(before, 'x') + R"(hf_secret, hf_secret"})";
    auto reply = answer(401, body);
    reply.secret = "hf_secret";
    BOOST_REQUIRE(judge(reply).text.find("hf_") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(the_token_is_masked_wherever_it_comes_from) {
  auto reply = answer(200, "no picture");
  reply.secret = "hf_secret";
  reply.content_type = "text/hf_secret";
  BOOST_TEST(judge(reply).text.find("called text/***") != std::string::npos);
  BOOST_TEST(judge(reply).text.find("hf_secret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_token_is_masked_before_the_words_are_cut_and_after_they_are_decoded) {
  const std::string token = "hf_AbCdEfGhIjKlMnOpQrStUvWxYz01234567";
  const auto says = [&](const std::string& body) {
    auto reply = answer(400, body);
    reply.secret = token;
    return judge(reply).text;
  };
  for (const std::size_t cut : {4'096, 65'536})
    for (std::size_t before = cut - token.size() - 1; before <= cut; ++before) {
      const auto text = says("x" + std::string(before - 1, ' ') + token);
      for (std::size_t at = 0; at + 4 <= token.size(); ++at)
        BOOST_REQUIRE(text.find(token.substr(at, 4)) == text.npos);
    }
  BOOST_TEST(says(R"({"error":"\u0068f_AbCdEfGhIjKlMnOpQrStUvWxYz0123456\u0037!"})")
             == "the model answered 400: ***!");
  BOOST_TEST(says("<title>" + token + "</title>") == "the model answered 400: ***");
  BOOST_TEST(says(R"({"detail":["hf_AbCdEfGhI","jKlMnOpQrStUv"]})")
             == "the model answered 400: ***; ***");
}

BOOST_AUTO_TEST_CASE(the_words_keep_internal_addresses_for_the_log) {
  const auto seen = judge(502, R"({"error":"upstream 10.0.3.4:8000 refused"})");
  BOOST_TEST(seen.text == "the model answered 502: upstream (address) refused");
  BOOST_TEST(seen.text_for_log() == "the model answered 502: upstream 10.0.3.4:8000 refused");
  BOOST_TEST(judge(502, "upstream is down").detail == "");
  BOOST_TEST(judge(200, "see http://a.svc/x").text.find("a.svc") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(deep_nesting_needs_no_stack) {
  BOOST_TEST(judge(500, std::string(1'000'000, '[')).text.size() > 0U);
  std::string objects;
  for (int i = 0; i < 100'000; ++i)
    objects += "{\"error\":";
  judge(500, objects);
}

BOOST_AUTO_TEST_CASE(whatever_the_body_the_text_is_fit_to_print) {
  std::mt19937 random(1);
  const std::string bodies[] = {R"({"error":["one",{"message":"two"}],"estimated_time":20.5})",
                                "<html><title>502 Bad Gateway</title></html>", "plain words"};
  constexpr std::string_view pieces = "{}[]\":,<>/\\ue0\x80\xc3\xff\n \x01";
  for (int round = 0; round < 20'000; ++round) {
    auto body = bodies[random() % std::size(bodies)];
    for (auto changes = random() % 8; changes > 0; --changes)
      body[random() % body.size()] = pieces[random() % pieces.size()];
    const auto seen = judge(random() % 2 == 0 ? 503 : 200, body);
    BOOST_REQUIRE(!seen.text.empty());
    BOOST_REQUIRE_LE(length(seen.text), 300U);
    BOOST_REQUIRE_LE(wait_of(seen), 600'000);
    for (const unsigned char c : seen.text)
      BOOST_REQUIRE_GE(static_cast<unsigned>(c), 32U);
  }
}

BOOST_AUTO_TEST_SUITE_END()
