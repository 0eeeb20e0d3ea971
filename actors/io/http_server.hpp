#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "actors/io/event_loop.hpp"

struct MHD_Daemon;
struct MHD_Connection;

namespace meme::io {

struct page_request {
  std::string_view method;
  std::string_view path;
  std::string argument; ///< the value of `?actor=`, or empty
};

struct page {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

/// A few small pages over HTTP on an event loop: libmicrohttpd without threads of its own.
class http_server {
public:
  using handler = std::function<page(const page_request&)>;

  /// Takes the listening socket over. Throws std::runtime_error.
  http_server(event_loop& loop, unique_fd listener, handler serve);
  ~http_server();
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

private:
  void run();

  event_loop& loop_;
  handler serve_;
  MHD_Daemon* daemon_ = nullptr;
  int epoll_fd_ = -1;
  event_loop::timer_id timer_ = 0;
};

} // namespace meme::io
