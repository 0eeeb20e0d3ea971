#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include <curl/curl.h>

#include "actors/io/event_loop.hpp"

namespace meme::io {

/// libcurl's multi handle on an event loop (`curl_multi_socket_action`), with the connections that
/// its transfers leave for others of it.
class curl_multi {
public:
  using clock = event_loop::clock;
  using callback = std::function<void(CURL* easy, CURLcode result)>;

  /// Keeps up to `max_connections` idle ones. `on_done` is to remove the transfer that has ended.
  curl_multi(event_loop& loop, long max_connections, callback on_done);
  ~curl_multi();
  curl_multi(const curl_multi&) = delete;
  curl_multi& operator=(const curl_multi&) = delete;

  void add(CURL* easy);
  void remove(CURL* easy);

  std::size_t transfers() const { return transfers_; }

  /// Whether there has been no transfer since `time`.
  bool idle_since(clock::time_point time) const { return transfers_ == 0 && last_ended_ <= time; }

private:
  void socket_ready(curl_socket_t fd, std::uint32_t epoll_events);
  void act(curl_socket_t fd, int mask);

  static int on_socket(CURL* easy, curl_socket_t fd, int what, void* to, void* socket);
  static int on_timer(CURLM* multi, long timeout_ms, void* to);

  event_loop& loop_;
  callback on_done_;
  CURLM* multi_;
  std::size_t transfers_ = 0;
  clock::time_point last_ended_{};
  event_loop::timer_id timer_ = 0;
};

} // namespace meme::io
