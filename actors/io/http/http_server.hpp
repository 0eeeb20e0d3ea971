#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/io/event_loop.hpp"
#include "actors/io/http/server_connections.hpp"

struct MHD_Daemon;
struct MHD_Connection;
struct sockaddr_storage;

namespace meme::io {

struct server_request {
  std::string_view method;
  std::string_view path;
  std::string argument; ///< the value of `?actor=`, or empty
};

struct server_response {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

/// Serves a few small pages over HTTP on an event loop, with libmicrohttpd without its own threads.
///
/// It accepts connections itself, because the library stops listening at its limit of connections
/// and closes none. Each connection carries one request, which must be complete within a few
/// seconds. A new connection replaces the oldest one without a complete request
/// (`server_connections`). A few descriptors are reserved, so that pages are served when the
/// process has no other left (docs/decisions/0016-status-pages.md).
class http_server {
public:
  using handler = std::function<server_response(const server_request&)>;

  /// Takes the listening socket over. Throws std::runtime_error.
  http_server(event_loop& loop, unique_fd listener, handler serve,
              server_connection_limits limits = {});
  ~http_server();
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  // Called by the library.
  server_response serve(const server_request& request) { return serve_(request); }
  void on_request_complete(int connection);
  void on_closed(int connection);

private:
  void watch_listener();
  void accept_some();
  unique_fd accept_one(sockaddr_storage& peer);
  bool free_descriptor();
  void pause_accepting();
  void admit(unique_fd connection, const sockaddr_storage& peer);
  void close(int connection);
  void run();
  void refill_reserve();
  void set_timer();

  event_loop& loop_;
  unique_fd listener_;
  handler serve_;
  server_connections connections_;
  std::vector<unique_fd> reserve_;
  MHD_Daemon* daemon_ = nullptr;
  int epoll_fd_ = -1;
  event_loop::timer_id timer_ = 0;
  event_loop::timer_id pause_timer_ = 0;
};

} // namespace meme::io
