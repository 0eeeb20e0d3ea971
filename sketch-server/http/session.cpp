#include "sketch-server/http/session.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include "sketch-server/http/admin.hpp"
#include "sketch-server/http/route.hpp"

namespace meme::sketch {

namespace http = boost::beast::http;
namespace asio = boost::asio;

namespace {

constexpr std::uint32_t max_header_bytes = 16 << 10;
constexpr std::uint64_t max_body_bytes = 1 << 20;

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

} // namespace

session::session(tcp::socket socket, const options& settings, model& subject, studio& painters)
    : socket_{std::move(socket)},
      timer_{socket_.get_executor()},
      settings_{settings},
      model_{subject},
      studio_{painters},
      open_{subject.counts()} {}

void session::run() {
  error_code ignored;
  socket_.set_option(tcp::no_delay{true}, ignored);
  read();
}

auto session::then(handler next) {
  return [self = shared_from_this(), next](error_code problem, std::size_t) {
    if (!problem)
      ((*self).*next)();
  };
}

// Reading ----------------------------------------------------------------------------------------

void session::read() {
  call_.end();
  parser_.emplace();
  parser_->header_limit(max_header_bytes);
  parser_->body_limit(max_body_bytes);
  http::async_read(
      socket_, buffer_, *parser_,
      [self = shared_from_this()](error_code problem, std::size_t) { self->on_read(problem); });
}

void session::on_read(error_code problem) {
  if (!problem)
    return route_request();
  // Beast's errors are about what was read; any other means that there is nobody to answer.
  const error_code any_of_beasts = http::error::end_of_stream;
  if (problem.category() == any_of_beasts.category() && problem != http::error::end_of_stream
      && problem != http::error::partial_message)
    refuse_unreadable(problem);
}

void session::refuse_unreadable(error_code problem) {
  parser_.emplace(); // what there is of the request cannot be trusted
  parser_->get().keep_alive(false);
  if (problem == http::error::body_limit)
    send(error_reply(413, "Payload Too Large"));
  else if (problem == http::error::header_limit)
    send(error_reply(431, "Request Header Fields Too Large"));
  else
    send(error_reply(400, "Bad Request: " + problem.message()));
}

void session::route_request() {
  const auto& request = parser_->get();
  const auto target = view(request.target());
  const auto is_post = request.method() == http::verb::post;
  switch (const auto where = route_of(path_of(target), settings_.admin)) {
  case route::model:
    return is_post ? receive_call() : send(error_reply(405, "Method Not Allowed"));
  case route::health:
    return send(is_post ? error_reply(405, "Method Not Allowed") : text_reply(200, "ok\n"));
  case route::unknown:
    return send(error_reply(404, "Not Found"));
  default:
    return send(administer(model_, where, is_post, target, request.body()));
  }
}

// A call -----------------------------------------------------------------------------------------

void session::receive_call() {
  const auto& request = parser_->get();
  call_ = model_.counts().begin_call();
  auto received = model_.receive({view(request[http::field::authorization]),
                                  view(request[http::field::accept]), request.body()});
  if (const auto refused = std::get_if<reply>(&received))
    return send(std::move(*refused));
  accepted_ = std::move(std::get<accepted_call>(received));
  left_ = std::make_shared<std::atomic<bool>>(false);
  if (accepted_->latency.count() == 0)
    return perform();
  watch_client();
  wait(accepted_->latency, &session::perform);
}

/// Readable without anything to read is the end of the connection. Bytes are a pipelined request,
/// and stay where they are.
void session::watch_client() {
  if (std::exchange(watching_, true))
    return;
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code problem) {
    error_code broken;
    if (!problem && self->watching_ && self->socket_.available(broken) == 0)
      self->client_left();
  });
}

/// Must be over when the next read begins: that one takes the bytes before the watch can see them.
void session::stop_watching() {
  error_code ignored;
  if (std::exchange(watching_, false))
    socket_.cancel(ignored);
}

void session::client_left() {
  error_code ignored;
  *left_ = true;
  timer_.cancel();
  socket_.close(ignored);
  call_.end();
}

void session::wait(std::chrono::steady_clock::duration time, handler next) {
  timer_.expires_after(time);
  timer_.async_wait([self = shared_from_this(), next](error_code cancelled) {
    if (!cancelled && self->socket_.is_open())
      ((*self).*next)();
  });
}

void session::wait_for_ever() {
  watch_client();
  timer_.expires_at(std::chrono::steady_clock::time_point::max());
  timer_.async_wait([self = shared_from_this()](error_code) {});
}

void session::perform() {
  const auto& fault = *accepted_->does;
  if (std::holds_alternative<hang>(fault.what))
    return wait_for_ever();
  if (std::holds_alternative<reset>(fault.what))
    return break_connection();
  const auto target = view(parser_->get().target());
  if (fault.redirect && !query_value(target, "redirected"))
    return send(redirect_reply(*fault.redirect, path_of(target)));
  if (const auto text = std::get_if<send_text>(&fault.what))
    return send(fault_reply(*text, fault));
  if (!settings_.fixed_bytes) // which takes no time
    watch_client();
  studio_.draw(
      std::move(accepted_->order), left_,
      [self = shared_from_this()](const studio::result& drawn) { self->send_drawn(drawn); });
}

void session::send_drawn(const studio::result& drawn) {
  if (!drawn.picture)
    return send(error_reply(500, drawn.problem));
  send(picture_reply(drawn.picture, drawn.format, *accepted_->does));
}

void session::break_connection() {
  error_code ignored;
  socket_.set_option(asio::socket_base::linger{true, 0}, ignored);
  socket_.close(ignored);
  call_.end();
}

// Answering --------------------------------------------------------------------------------------

void session::send(reply answer) {
  stop_watching();
  reply_ = std::move(answer);
  const auto& request = parser_->get();
  const auto& body = *reply_.body;
  const auto length = request.method() == http::verb::head ? 0 : body.size();
  response_ = {};
  response_.result(reply_.status);
  response_.version(request.version());
  response_.keep_alive(request.keep_alive());
  response_.set(http::field::content_type, reply_.content_type);
  for (const auto& [name, value] : reply_.headers)
    response_.set(name, value);
  response_.content_length(body.size());
  response_.body() = {body.data(), length};
  serializer_.emplace(response_);
  call_.answered(reply_.status);

  if (std::holds_alternative<deliver_cut>(reply_.how))
    return send_header_then(&session::send_cut);
  sent_ = 0;
  if (std::holds_alternative<deliver_trickle>(reply_.how))
    return send_header_then(&session::send_next_drop);
  send_whole();
}

void session::send_whole() {
  http::async_write(socket_, *serializer_, then(&session::on_sent));
}

void session::send_header_then(handler next) {
  http::async_write_header(socket_, *serializer_, then(next));
}

void session::send_cut() {
  const auto bytes = std::min(std::get<deliver_cut>(reply_.how).bytes, reply_.body->size());
  asio::async_write(socket_, asio::buffer(reply_.body->data(), bytes), then(&session::hang_up));
}

void session::send_next_drop() {
  const auto& pace = std::get<deliver_trickle>(reply_.how);
  const auto bytes = std::min(pace.bytes, reply_.body->size() - sent_);
  asio::async_write(
      socket_, asio::buffer(reply_.body->data() + sent_, bytes),
      [self = shared_from_this(), bytes, pause = pace.interval](error_code problem, std::size_t) {
        if (problem)
          return;
        self->sent_ += bytes;
        if (self->sent_ == self->reply_.body->size())
          return self->on_sent();
        self->watch_client();
        self->wait(pause, &session::send_next_drop);
      });
}

void session::on_sent() {
  stop_watching(); // of a trickle
  if (!response_.keep_alive())
    return hang_up();
  read();
}

/// Closing at once would reset a connection whose request was not read to its end, and the client
/// might never see the answer.
void session::hang_up() {
  error_code ignored;
  call_.end();
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  buffer_.clear();
  drain();
}

void session::drain() {
  socket_.async_read_some(buffer_.prepare(4096), then(&session::drain));
}

} // namespace meme::sketch
