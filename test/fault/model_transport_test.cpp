// What lies between the service and its model: connections that close, fall silent or are refused,
// redirects. Each call is counted.
#define BOOST_TEST_MODULE model_transport
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>

#include "test/support/certificates.hpp"
#include "test/support/fault_proxy.hpp"
#include "test/support/http2_model.hpp"
#include "test/support/raw_model.hpp"
#include "test/support/standing_rule.hpp"
#include "test/support/stopwatch.hpp"

using namespace meme::test;

namespace {

/// A PNG of 8 x 8 pixels, complete and with the right checksums.
std::string small_picture() {
  constexpr std::string_view digits =
      "89504e470d0a1a0a0000000d4948445200000008000000080800000000e164e157000000534944415478da01"
      "4800b7ff00001e3c5a7896b4d200072543617f9dbbd9000e2c4a6886a4c2e0001533516f8dabc9e7001c3a58"
      "7694b2d0ee0023415f7d9bb9d7f5002a486684a2c0defc00314f6d8ba9c7e50312f41f61f1b93cac00000000"
      "49454e44ae426082";
  std::string bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string{digits.substr(i, 2)}, nullptr, 16));
  return bytes;
}

std::string picture_reply() {
  return raw_model::reply(200, {"Content-Type: image/png"}, small_picture());
}

world_settings with_model(const std::string& url, environment more = {}) {
  world_settings settings;
  settings.variables = std::move(more);
  settings.variables.emplace("HF_API_URL", url);
  settings.variables.emplace("CACHE_TTL", "0");
  settings.variables.emplace("MEME_GENERATOR_RETRY_BASE", "20ms");
  return settings;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

/// HTTP/2 over TLS, by another hand: it answers each request for a file with it.
struct http2_server {
  http2_server() {
    const auto own = ca.issue("model", "DNS:localhost");
    std::ofstream{process.folder() / "picture.png", std::ios::binary} << small_picture();
    process.launch({"nghttpd",
                    {"--verbose", "--address=127.0.0.1", "--htdocs=" + process.folder().string(),
                     std::to_string(port.port()), own.key_file, own.file},
                    {}},
                   [this] { return contains(process.process().out(), "listen"); });
  }

  std::size_t requests() {
    const auto log = process.process().out();
    std::size_t count = 0;
    for (auto at = log.find(":method: POST"); at != log.npos;
         at = log.find(":method: POST", at + 1))
      ++count;
    return count;
  }

  temporary_folder folder;
  certificate_authority ca{folder.path() / "ca", "ours"};
  port_lease port;
  server process{folder.path(), "nghttpd"};
};

} // namespace

BOOST_AUTO_TEST_CASE(each_post_is_counted_also_where_connections_close_without_an_answer) {
  std::atomic<bool> dying{false};
  raw_model model{[&](const raw_call& call) -> std::optional<std::string> {
    return dying && call.number > 1 ? "" : picture_reply();
  }};
  world here{with_model(model.url())};
  for (const auto& each : requests(40, "before"))
    here.ask(each);
  for (int i = 0; i < 40; ++i)
    here.next_result();
  dying = true;
  const auto before = model.calls().size();
  here.ask(request("one", "one more"));
  BOOST_TEST(json{here.next_result().data}.text("/request_id") == "one");
  const auto posts = model.calls().size() - before;
  BOOST_TEST_MESSAGE("one request: " << posts << " POSTs");
  BOOST_TEST(posts <= 2u);
  BOOST_TEST(here.memes->metric("meme_generator_model_calls_total")
             == static_cast<double>(model.calls().size()));
}

BOOST_AUTO_TEST_CASE(a_redirect_on_the_same_host_leads_to_the_picture_and_each_post_is_counted) {
  raw_model model{[](const raw_call& call) -> std::optional<std::string> {
    return call.path() == "/models/new" ? picture_reply()
                                        : raw_model::reply(308, {"Location: /models/new"}, "");
  }};
  world here{with_model(model.url())};
  here.ask(request("one", "a cat"));
  BOOST_TEST(json{here.next_result().data}.text("/request_id") == "one");
  BOOST_TEST(model.calls().size() == 2u);
  BOOST_TEST(here.memes->metric("meme_generator_model_calls_total") == 2.0);
}

BOOST_AUTO_TEST_CASE(an_error_names_neither_hosts_nor_addresses_and_the_log_does) {
  port_lease unused;
  world here{with_model("http://" + unused.address() + "/models/x",
                        {{"MEME_GENERATOR_MAX_CALLS", "1"}, {"MEME_INGRESS_MAX_DELIVERIES", "1"}})};
  here.ask(request("one", "a cat"));
  const auto error = json{here.next_error().data}.text("/error");
  BOOST_TEST(contains(error, "the model cannot be reached"), error);
  BOOST_TEST(!contains(error, "127.0.0.1"), error);
  BOOST_TEST(!contains(error, std::to_string(unused.port())), error);
  BOOST_TEST(contains(here.memes->process().err(), std::to_string(unused.port())));
}

BOOST_AUTO_TEST_CASE(seeds_of_64_bits_and_long_prompts_reach_the_model_as_they_are) {
  raw_model model{[](const raw_call&) { return picture_reply(); }};
  world here{with_model(model.url())};
  const std::string prompt(8'000, 'x');
  here.ask(request("largest", prompt, R"("seed": 18446744073709551615)"));
  here.next_result();
  here.ask(request("any", "a cat", R"("seed": -1)"));
  here.next_result();
  here.ask(request("too long", prompt + "x"));
  const auto error = json{here.next_error().data}.text("/error");
  const auto calls = model.calls();
  BOOST_TEST_REQUIRE(calls.size() == 2u);
  BOOST_TEST(contains(calls[0].body, R"("seed":18446744073709551615)"));
  BOOST_TEST(contains(calls[0].body, prompt));
  BOOST_TEST(!contains(calls[1].body, "seed"));
  BOOST_TEST(contains(error, "it has 8001"), error);
}

BOOST_AUTO_TEST_CASE(http_2_over_tls_is_spoken_and_a_silent_connection_is_left) {
  http2_server model;
  fault_proxy path{"https://localhost:" + std::to_string(model.port.port()) + "/picture.png"};
  const auto port = path.url().substr(path.url().rfind(':'));
  world here{with_model("https://localhost" + port,
                        {{"SSL_CERT_FILE", model.ca.file()}, {"MEME_GENERATOR_TIMEOUT", "2s"}})};
  for (const auto& each : requests(10, "before"))
    here.ask(each);
  for (int i = 0; i < 10; ++i)
    here.next_result();
  BOOST_TEST(model.requests() == 10u);
  BOOST_TEST(path.seen().connections == 1u); // so many streams on it
  path.silence();
  const stopwatch since;
  for (const auto& each : requests(3, "after"))
    here.ask(each);
  for (int i = 0; i < 3; ++i)
    here.next_result();
  BOOST_TEST_MESSAGE("answered " << since.seconds() << " s after the silence, time limit 2 s");
  BOOST_TEST(path.seen().connections == 2u);
}

namespace {

using reaction = http2_model::reaction;

/// A model of HTTP/2, and the service that calls it.
struct http2_stage {
  explicit http2_stage(http2_model::handler react, environment more = {})
      : model{ca.issue("model", "DNS:localhost"), small_picture(), std::move(react)} {
    more.emplace("SSL_CERT_FILE", ca.file());
    here = std::make_unique<world>(
        with_model("https://localhost:" + std::to_string(model.port()) + "/model", more));
  }

  void check_answered(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      here->next_result();
    BOOST_TEST(here->drained());
    BOOST_TEST(here->memes->metric("meme_generator_success_total") == static_cast<double>(count));
    BOOST_TEST(here->memes->metric("meme_generator_model_calls_total")
               == static_cast<double>(model.requests()));
    BOOST_TEST_MESSAGE(count << " requests: " << model.requests() << " calls on "
                             << model.connections() << " connections");
  }

  temporary_folder folder;
  certificate_authority ca{folder.path() / "ca", "ours"};
  http2_model model;
  std::unique_ptr<world> here;
};

} // namespace

// RFC 9113, 8.7: a stream that is refused was not processed, and may be sent again.
BOOST_AUTO_TEST_CASE(a_refused_stream_is_one_more_call_and_no_failure_of_the_model) {
  constexpr std::size_t refused = 8; // five failures in a row open the breaker
  http2_stage stage{
      [](std::size_t number) { return number <= refused ? reaction::refuse : reaction::answer; }};
  for (const auto& each : requests(10, "cat"))
    stage.here->ask(each);
  stage.check_answered(10);
  BOOST_TEST(stage.model.requests() == 10 + refused);
  BOOST_TEST(stage.here->memes->metric("meme_generator_breaker_openings_total") == 0);
  BOOST_TEST(stage.here->memes->metric("meme_generator_model_retries_total") == double{refused});
}

// A server that is about to end says up to which stream it has processed: two of ten.
BOOST_AUTO_TEST_CASE(requests_that_a_goaway_gives_back_are_called_again_and_are_no_failures) {
  std::atomic<bool> gone{false};
  http2_stage stage{[&](std::size_t number) {
    if (number <= 2 || gone)
      return reaction::answer;
    gone = number == 10;
    return gone ? reaction::go_away : reaction::hold;
  }};
  for (const auto& each : requests(10, "cat"))
    stage.here->ask(each);
  stage.check_answered(10);
  BOOST_TEST(stage.model.requests() == 18u);
  BOOST_TEST(stage.here->memes->metric("meme_generator_breaker_openings_total") == 0);
}

BOOST_AUTO_TEST_CASE(a_model_that_refuses_everything_is_left_alone) {
  std::atomic<bool> well{false};
  http2_stage stage{[&](std::size_t) { return well ? reaction::answer : reaction::refuse; }};
  for (const auto& each : requests(10, "cat"))
    stage.here->ask(each);
  BOOST_TEST(eventually(
      [&] { return stage.here->memes->metric("meme_generator_breaker_openings_total") > 0; }));
  well = true;
  stage.check_answered(10);
}
