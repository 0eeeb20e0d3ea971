#include "actors/io/http_server.hpp"

#include <sys/epoll.h>

#include <stdexcept>

#include <microhttpd.h>

namespace meme::io {

namespace {

/// A scrape comes from a few places at once at most.
constexpr unsigned max_connections = 64;
constexpr unsigned idle_seconds = 60;

MHD_Result respond(MHD_Connection* connection, const page& what) {
  auto* response = MHD_create_response_from_buffer(
      what.body.size(), const_cast<char*>(what.body.data()), MHD_RESPMEM_MUST_COPY);
  MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, what.content_type.c_str());
  auto result = MHD_queue_response(connection, what.status, response);
  MHD_destroy_response(response);
  return result;
}

MHD_Result on_request(void* closure, MHD_Connection* connection, const char* url,
                      const char* method, const char*, const char*, std::size_t* body_size,
                      void** seen) {
  static int marker;
  if (*seen == nullptr) { // only the head is here; answering now would cut a body off
    *seen = &marker;
    return MHD_YES;
  }
  if (*body_size > 0) { // nothing here takes a body
    *body_size = 0;
    return MHD_YES;
  }
  auto* argument = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "actor");
  page_request request{method, url, argument == nullptr ? "" : argument};
  return respond(connection, (*static_cast<http_server::handler*>(closure))(request));
}

} // namespace

http_server::http_server(event_loop& loop, unique_fd listener, handler serve)
    : loop_(loop), serve_(std::move(serve)) {
  daemon_ = MHD_start_daemon(MHD_USE_EPOLL, 0, nullptr, nullptr, &on_request, &serve_,
                             MHD_OPTION_LISTEN_SOCKET, listener.get(), MHD_OPTION_CONNECTION_LIMIT,
                             max_connections, MHD_OPTION_CONNECTION_TIMEOUT, idle_seconds,
                             MHD_OPTION_END);
  if (daemon_ == nullptr)
    throw std::runtime_error("the HTTP pages cannot be served");
  listener.release(); // the library closes it
  epoll_fd_ = MHD_get_daemon_info(daemon_, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
  loop_.watch(epoll_fd_, EPOLLIN, [this](std::uint32_t) { run(); });
}

http_server::~http_server() {
  loop_.cancel(timer_);
  loop_.unwatch(epoll_fd_);
  MHD_stop_daemon(daemon_);
}

void http_server::run() {
  MHD_run(daemon_);
  loop_.cancel(timer_);
  timer_ = 0;
  MHD_UNSIGNED_LONG_LONG wait_ms = 0;
  if (MHD_get_timeout(daemon_, &wait_ms) == MHD_YES)
    timer_ = loop_.call_after(std::chrono::milliseconds{wait_ms}, [this] { run(); });
}

} // namespace meme::io
