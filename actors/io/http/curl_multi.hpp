#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <unordered_set>

#include <curl/curl.h>

#include "actors/io/event_loop.hpp"

namespace meme::io {

/// libcurl's multi handle on an event loop (`curl_multi_socket_action`), with the connections that
/// its transfers leave for others of it.
///
/// libcurl checks an idle connection only when it needs one. Until then the socket of a connection
/// that the other side has closed would stay open (CLOSE_WAIT). So this class watches idle sockets,
/// and makes libcurl remove closed ones.
class curl_multi {
public:
  using clock = event_loop::clock;
  using callback = std::function<void(CURL* easy, CURLcode result)>;

  /// Keeps up to `max_connections` idle ones. `on_done` must remove the transfer that has ended.
  curl_multi(event_loop& loop, long max_connections, callback on_done);
  ~curl_multi();
  curl_multi(const curl_multi&) = delete;
  curl_multi& operator=(const curl_multi&) = delete;

  /// Also sets how `easy` opens and closes its sockets.
  void add(CURL* easy);
  void remove(CURL* easy);

  /// Its connections may be broken: it gets no further transfers.
  void retire() { retired_ = true; }
  bool retired() const { return retired_; }

  /// Whether its transfers should take less memory: there are many.
  void use_small_buffers(bool small) { small_buffers_ = small; }
  bool needs_small_buffers() const { return small_buffers_; }

  /// Whether the last socket could not be opened because the process has too many open files.
  bool out_of_descriptors() const { return out_of_descriptors_; }

  std::size_t sockets() const { return sockets_.size(); }

  std::size_t transfers() const { return transfers_; }

  /// Whether there has been no transfer since `time`.
  bool idle_since(clock::time_point time) const { return transfers_ == 0 && last_ended_ <= time; }

private:
  void socket_ready(curl_socket_t fd, std::uint32_t epoll_events);
  void act(curl_socket_t fd, int mask);
  void watch_idle(curl_socket_t fd);
  void sweep();
  void end_sweep();
  curl_socket_t open_socket(const curl_sockaddr& address);

  static int on_socket(CURL* easy, curl_socket_t fd, int what, void* to, void* socket);
  static int on_timer(CURLM* multi, long timeout_ms, void* to);
  static curl_socket_t on_open(void* to, curlsocktype purpose, curl_sockaddr* address);
  static curl_socket_t refuse_to_open(void* to, curlsocktype purpose, curl_sockaddr* address);
  static int on_close(void* to, curl_socket_t fd);

  event_loop& loop_;
  callback on_done_;
  CURLM* multi_;
  std::size_t transfers_ = 0;
  clock::time_point last_ended_{};
  event_loop::timer_id timer_ = 0;
  std::unordered_set<curl_socket_t> sockets_; ///< of connections, in use or idle
  event_loop::timer_id sweep_timer_ = 0;
  CURL* sweeper_ = nullptr;
  bool retired_ = false;
  bool small_buffers_ = false;
  bool out_of_descriptors_ = false;
};

} // namespace meme::io
