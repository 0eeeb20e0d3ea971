#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>

#include "sketch-server/model.hpp"
#include "sketch-server/studio.hpp"

namespace meme::sketch {

/// One connection: reads a request, waits out its latency, answers, reads the next. Keeps itself
/// alive by the operations it has under way, and watches for its client to leave meanwhile.
class session : public std::enable_shared_from_this<session> {
public:
  session(boost::asio::ip::tcp::socket socket, const options& settings, model& subject,
          studio& painters);

  void run();

private:
  using tcp = boost::asio::ip::tcp;
  using error_code = boost::system::error_code;
  using body_type = boost::beast::http::span_body<const char>;
  using handler = void (session::*)();

  void read();
  void on_read(error_code problem);
  void refuse_unreadable(error_code problem);
  void route_request();

  void receive_call();
  void watch_client();
  void stop_watching();
  void client_left();
  void wait(std::chrono::steady_clock::duration time, handler next);
  void wait_for_ever();
  void perform();
  void send_drawn(const studio::result& drawn);
  void break_connection();

  void send(reply answer);
  void send_whole();
  void send_header_then(handler next);
  void send_cut();
  void send_next_drop();
  void on_sent();
  void hang_up();
  void drain();

  /// A completion handler of an operation that moves bytes: continues with `next` on success.
  auto then(handler next);

  tcp::socket socket_;
  boost::asio::steady_timer timer_;
  const options& settings_;
  model& model_;
  studio& studio_;
  counters::connection open_;
  counters::call call_;

  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  std::optional<accepted_call> accepted_;
  bool watching_ = false;
  std::shared_ptr<std::atomic<bool>> left_; ///< tells the painters that this call's client is gone

  reply reply_;
  boost::beast::http::response<body_type> response_;
  std::optional<boost::beast::http::response_serializer<body_type>> serializer_;
  std::size_t sent_ = 0; ///< bytes of a trickled body
};

} // namespace meme::sketch
