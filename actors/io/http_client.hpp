#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <curl/curl.h>

#include "actors/io/byte_budget.hpp"
#include "actors/io/curl_multi.hpp"
#include "actors/io/event_loop.hpp"

namespace meme::io {

struct http_limits {
  std::chrono::milliseconds timeout{120'000};        ///< the whole transfer
  std::chrono::milliseconds connect_timeout{10'000}; ///< name, connection, TLS
  /// The longest silence once the first byte of the body is here. (Before it a model may be silent
  /// for a minute: curl's own low-speed limit would count that too.)
  std::chrono::milliseconds stall_timeout{20'000};
  std::size_t max_body_bytes = 32 << 20;
  /// Idle connections kept for reuse, but at least one for each 256 transfers at the peak.
  long max_connections = 64;
  /// What only a peak needed is closed after so much time without use, or twice as much.
  std::chrono::milliseconds idle_lifetime{60'000};
  std::shared_ptr<byte_budget> budget; ///< shared with whoever else holds bodies
};

struct http_request {
  std::string url;
  std::vector<std::string> headers; ///< `Name: value`
  std::string body;                 ///< sent with POST
};

enum class transfer_error {
  none,
  connect, ///< name or connection
  tls,     ///< handshake or certificate
  timeout, ///< total limit
  stalled, ///< silence in the middle of the body
  cut,     ///< the connection broke before the announced end
  too_large,
  other
};

struct http_reply {
  transfer_error error = transfer_error::none;
  std::string error_text; ///< the library's words; empty without error
  long status = 0;        ///< 0 where none came
  std::string content_type;
  std::string retry_after; ///< header of that name
  std::string rate_limit;  ///< header RateLimit
  std::string body;
};

/// Thousands of HTTP transfers on one event loop: libcurl's multi interface with
/// `curl_multi_socket_action`. Connections are kept and reused, HTTP/2 is used where it is offered
/// over TLS, a proxy is taken from the environment, certificates are checked.
///
/// What libcurl does with a transfer takes the longer the more connections its multi handle has, so
/// each gets a few hundred transfers only (docs/decisions/0008-several-multi-handles.md).
///
/// While the byte budget is exhausted bodies are left in their sockets; but for one where only
/// bodies that have begun fill it, lest nothing ever be finished.
class http_client {
public:
  using callback = std::function<void(http_reply)>;

  http_client(event_loop& loop, http_limits limits);
  ~http_client(); ///< transfers under way end without a callback
  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;

  void post(http_request request, callback done);

  std::size_t transfers() const { return transfers_.size() + waiting_.size(); }

private:
  struct transfer;
  using transfer_ptr = std::unique_ptr<transfer>;

  void post(transfer_ptr next);
  void start(transfer_ptr next);
  void end_scouting();
  curl_multi& multi_with_room();
  void configure(transfer& next);
  void finish(CURL* easy, CURLcode result);
  void close_idle_multis();
  void look_for_stalls();
  bool must_wait(transfer& which);
  bool one_may_go_on(std::size_t going_on) const;
  void resume_paused();

  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* to);
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* to);
  static int on_connected(void* to, char*, char*, int, int);

  event_loop& loop_;
  http_limits limits_;
  CURLSH* names_; ///< looked up for one multi handle, known to all
  std::vector<std::unique_ptr<curl_multi>> multis_;
  std::unordered_map<CURL*, transfer_ptr> transfers_;
  std::unordered_set<transfer*> receiving_; ///< those whose body has begun
  std::deque<transfer*> paused_; ///< those of them that wait for the byte budget, oldest first
  std::vector<CURL*> spare_;     ///< handles for reuse: making one costs 20 KB
  event_loop::timer_id idle_timer_ = 0;
  event_loop::timer_id stall_timer_ = 0;
  event_loop::timer_id resume_timer_ = 0;

  // libcurl looks names up in a thread per transfer. The first transfer after a while goes alone
  // until it is connected; the others wait for that and find the name in the cache.
  std::vector<transfer_ptr> waiting_;
  CURL* scout_ = nullptr;
  event_loop::clock::time_point name_known_until_{};
};

} // namespace meme::io
