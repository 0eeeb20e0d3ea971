// The server over real connections, its loop on a thread of its own.
#define BOOST_TEST_MODULE http
#include <chrono>
#include <thread>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/test/unit_test.hpp>
#include <zlib.h>

#include "sketch-server/http/listener.hpp"
#include "sketch-server/model.hpp"
#include "sketch-server/studio.hpp"

using namespace meme::sketch;
namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using error_code = boost::system::error_code;
using answer = http::response<http::string_body>;

namespace {

options small_pictures() {
  options result;
  result.size = {64, 64};
  result.admin = true;
  return result;
}

class running_server {
public:
  explicit running_server(const options& settings = small_pictures())
      : settings_{settings},
        model_{settings_},
        studio_{settings_, loop_},
        listener_{loop_, settings_, model_, studio_},
        thread_{[this] { loop_.run(); }} {}

  ~running_server() {
    loop_.stop();
    thread_.join();
  }

  tcp::endpoint address() const {
    const auto url = listener_.url();
    const auto port = std::stoi(url.substr(url.rfind(':') + 1));
    return {asio::ip::make_address("127.0.0.1"), static_cast<unsigned short>(port)};
  }

private:
  options settings_;
  model model_;
  asio::io_context loop_{1};
  studio studio_;
  listener listener_;
  std::thread thread_;
};

/// A blocking client with one connection.
class client {
public:
  explicit client(const running_server& server) : socket_{loop_} {
    socket_.connect(server.address());
    // Whatever goes wrong, no test waits for ever.
    const timeval limit{20, 0};
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }

  void send(http::verb verb, const std::string& target, const std::string& body = {}) {
    http::request<http::string_body> request{verb, target, 11};
    request.set(http::field::host, "test");
    request.body() = body;
    request.prepare_payload();
    http::write(socket_, request);
  }

  answer receive(error_code& problem) {
    http::response_parser<http::string_body> parser;
    http::read(socket_, buffer_, parser, problem);
    return parser.release();
  }

  answer post(const std::string& target, const std::string& body) {
    send(http::verb::post, target, body);
    return must_receive();
  }

  answer get(const std::string& target) {
    send(http::verb::get, target);
    return must_receive();
  }

  answer call(const std::string& prompt = "a cat") {
    return post("/hf-inference/models/a/b", R"({"inputs": ")" + prompt + R"("})");
  }

  answer must_receive() {
    error_code problem;
    auto result = receive(problem);
    BOOST_TEST_REQUIRE(!problem, problem.message());
    return result;
  }

  tcp::socket& socket() { return socket_; }

private:
  asio::io_context loop_;
  tcp::socket socket_;
  boost::beast::flat_buffer buffer_;
};

void set_faults(const running_server& server, const std::string& plan) {
  BOOST_TEST_REQUIRE(client{server}.post("/_faults", plan).result_int() == 200u);
}

/// Asks until the counts contain `part`, for at most a few seconds.
bool counts_become(const running_server& server, const std::string& part) {
  client observer{server};
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (std::chrono::steady_clock::now() < deadline)
    if (observer.get("/_stats").body().find(part) != std::string::npos)
      return true;
  return false;
}

bool is_whole_png(const std::string& bytes) {
  return bytes.size() > 20 && bytes.substr(1, 3) == "PNG"
         && bytes.substr(bytes.size() - 8, 4) == "IEND";
}

} // namespace

BOOST_AUTO_TEST_CASE(a_connection_serves_many_calls) {
  const running_server server;
  client caller{server};
  for (int i = 0; i < 5; ++i) {
    const auto picture = caller.call();
    BOOST_TEST(picture.result_int() == 200u);
    BOOST_TEST(picture[http::field::content_type] == "image/png");
    BOOST_TEST(is_whole_png(picture.body()));
  }
  BOOST_TEST(caller.get("/healthz").body() == "ok\n");
  BOOST_TEST(caller.get("/").result_int() == 405u);
  BOOST_TEST(caller.get("/nowhere").result_int() == 404u);
  BOOST_TEST(caller.post("/", "{}").result_int() == 422u);
  BOOST_TEST(caller.get("/_stats?prompt=a%20cat").body() == R"({"prompt":"a cat","calls":5})");
  BOOST_TEST(counts_become(server, R"("by_status":{"200":5,"422":1})"));
}

BOOST_AUTO_TEST_CASE(a_fixed_picture_has_its_length_whatever_is_asked_for) {
  auto settings = small_pictures();
  settings.fixed_bytes = 20'000;
  const running_server server{settings};
  client caller{server};
  for (const auto prompt : {"one", "two"}) {
    const auto picture = caller.call(prompt);
    BOOST_TEST(picture.body().size() == 20'000u);
    BOOST_TEST(is_whole_png(picture.body()));
  }
}

BOOST_AUTO_TEST_CASE(an_answer_waits_for_its_latency) {
  auto settings = small_pictures();
  settings.latency = std::chrono::milliseconds{80};
  const running_server server{settings};
  client caller{server};
  const auto start = std::chrono::steady_clock::now();
  BOOST_TEST(is_whole_png(caller.call().body()));
  BOOST_TEST((std::chrono::steady_clock::now() - start >= settings.latency));
  set_faults(server, R"([{"latency_ms": 0, "html": true}])");
  BOOST_TEST(caller.call().result_int() == 200u);
}

BOOST_AUTO_TEST_CASE(a_status_comes_with_its_headers) {
  const running_server server;
  set_faults(server, R"([{"status": 503, "headers": {"Retry-After": "1"}, "body": "busy"}])");
  client caller{server};
  const auto failure = caller.call();
  BOOST_TEST(failure.result_int() == 503u);
  BOOST_TEST(failure["Retry-After"] == "1");
  BOOST_TEST(failure.body() == "busy");
  BOOST_TEST(caller.post("/_reset", "").result_int() == 200u);
  BOOST_TEST(is_whole_png(caller.call().body()));
}

BOOST_AUTO_TEST_CASE(a_trickled_picture_arrives_whole) {
  const running_server server;
  set_faults(server, R"([{"trickle": {"bytes": 500, "interval_ms": 1}}])");
  client caller{server};
  BOOST_TEST(is_whole_png(caller.call().body()));
  BOOST_TEST(is_whole_png(caller.call().body()));
}

BOOST_AUTO_TEST_CASE(a_truncated_picture_is_a_valid_answer) {
  const running_server server;
  set_faults(server, R"([{"truncate": 100}])");
  client caller{server};
  for (int i = 0; i < 2; ++i)
    BOOST_TEST(caller.call().body().size() == 100u);
}

BOOST_AUTO_TEST_CASE(an_answer_is_compressed_on_demand) {
  const running_server server;
  client caller{server};
  const auto plain = caller.call().body();
  set_faults(server, R"([{"gzip": true}])");
  const auto compressed = caller.call();
  BOOST_TEST(compressed[http::field::content_encoding] == "gzip");
  std::string body(plain.size() + 1, '\0');
  z_stream stream{};
  BOOST_TEST_REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.body().data()));
  stream.avail_in = static_cast<uInt>(compressed.body().size());
  stream.next_out = reinterpret_cast<Bytef*>(body.data());
  stream.avail_out = static_cast<uInt>(body.size());
  BOOST_TEST(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  body.resize(stream.total_out);
  inflateEnd(&stream);
  BOOST_TEST((body == plain));
}

BOOST_AUTO_TEST_CASE(a_redirect_that_is_followed_leads_to_the_picture) {
  const running_server server;
  set_faults(server, R"([{"redirect": 307}])");
  client caller{server};
  caller.send(http::verb::post, "/", R"({"inputs": "a cat"})");
  error_code problem;
  const auto moved = caller.receive(problem);
  BOOST_TEST(moved.result_int() == 307u);
  const std::string location{moved[http::field::location]};
  BOOST_TEST(location == "/?redirected=1");
  caller.send(http::verb::post, location, R"({"inputs": "a cat"})");
  BOOST_TEST(is_whole_png(caller.receive(problem).body()));
}

BOOST_AUTO_TEST_CASE(a_cut_picture_ends_before_its_announced_length) {
  const running_server server;
  set_faults(server, R"([{"cut": 100}])");
  client caller{server};
  caller.send(http::verb::post, "/", R"({"inputs": "a cat"})");
  error_code problem;
  const auto partial = caller.receive(problem);
  BOOST_TEST((problem == http::error::partial_message), problem.message());
  BOOST_TEST(partial.body().size() == 100u);
  BOOST_TEST(std::stoul(std::string{partial[http::field::content_length]}) > 1'000u);
}

BOOST_AUTO_TEST_CASE(a_reset_connection_is_reset) {
  const running_server server;
  set_faults(server, R"([{"reset": true}])");
  client caller{server};
  caller.send(http::verb::post, "/", R"({"inputs": "a cat"})");
  error_code problem;
  caller.receive(problem);
  BOOST_TEST((problem == asio::error::connection_reset), problem.message());
  BOOST_TEST(counts_become(server, R"("by_status":{"none":1})"));
}

BOOST_AUTO_TEST_CASE(a_call_that_hangs_ends_when_its_client_leaves) {
  const running_server server;
  set_faults(server, R"([{"hang": true}])");
  client caller{server};
  caller.send(http::verb::post, "/", R"({"inputs": "a cat"})");
  BOOST_TEST(counts_become(server, R"("in_flight":1,)"));
  caller.socket().close();
  BOOST_TEST(counts_become(server, R"("in_flight":0,)"));
  BOOST_TEST(counts_become(server, R"("by_status":{"none":1})"));
  BOOST_TEST(counts_become(server, R"("connections":1,)")); // the one that asks
}

BOOST_AUTO_TEST_CASE(more_calls_at_a_time_than_it_takes_are_refused) {
  const running_server server;
  set_faults(server, R"([{"match": "hang", "hang": true}, {"while_busy": 1, "status": 429}])");
  client hanging{server};
  BOOST_TEST(client{server}.call().result_int() == 200u);
  hanging.send(http::verb::post, "/", R"({"inputs": "hang"})");
  BOOST_TEST(counts_become(server, R"("in_flight":1,)"));
  BOOST_TEST(client{server}.call().result_int() == 429u);
  hanging.socket().close();
  BOOST_TEST(counts_become(server, R"("in_flight":0,)"));
  BOOST_TEST(client{server}.call().result_int() == 200u);
}

BOOST_AUTO_TEST_CASE(calls_are_kept_in_order_with_their_end) {
  const running_server server;
  set_faults(server, R"([{"match": "bad", "status": 500}])");
  client caller{server};
  caller.call("good");
  caller.call("bad");
  const auto journal = caller.get("/_calls").body();
  const auto good = journal.find(R"("prompt":"good","status":200})");
  const auto bad = journal.find(R"("prompt":"bad","status":500})");
  BOOST_TEST(journal.substr(0, 18) == R"({"calls":[{"at_ms")");
  BOOST_TEST(good != journal.npos);
  BOOST_TEST(bad != journal.npos);
  BOOST_TEST(good < bad);
  caller.post("/_reset", "");
  BOOST_TEST(caller.get("/_calls").body() == R"({"calls":[]})");
}

BOOST_AUTO_TEST_CASE(a_call_ends_when_its_client_leaves_during_the_latency) {
  auto settings = small_pictures();
  settings.latency = std::chrono::minutes{10};
  const running_server server{settings};
  client caller{server};
  caller.send(http::verb::post, "/", R"({"inputs": "a cat"})");
  BOOST_TEST(counts_become(server, R"("in_flight":1,)"));
  caller.socket().close();
  BOOST_TEST(counts_become(server, R"("by_status":{"none":1})"));
}

BOOST_AUTO_TEST_CASE(a_server_stops_with_calls_under_way) {
  const running_server server;
  set_faults(server, R"([{"match": "hang", "hang": true}])");
  client hanging{server};
  hanging.send(http::verb::post, "/", R"({"inputs": "hang"})");
  client drawing{server};
  drawing.send(http::verb::post, "/", R"({"inputs": "a", "parameters": {"width": 2048}})");
  BOOST_TEST(counts_become(server, R"("calls":2,)"));
}

BOOST_AUTO_TEST_CASE(a_body_too_large_is_refused_and_the_refusal_arrives) {
  const running_server server;
  client caller{server};
  error_code problem;
  const std::string body(2'000'000, 'x');
  const auto head =
      "POST / HTTP/1.1\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  asio::write(caller.socket(), asio::buffer(head + body), problem);
  BOOST_TEST(caller.must_receive().result_int() == 413u);
}

BOOST_AUTO_TEST_CASE(what_is_not_http_is_a_bad_request) {
  const running_server server;
  client caller{server};
  asio::write(caller.socket(), asio::buffer(std::string{"NONSENSE\r\n\r\n"}));
  const auto refusal = caller.must_receive();
  BOOST_TEST(refusal.result_int() == 400u);
  BOOST_TEST(!refusal.keep_alive());
}
