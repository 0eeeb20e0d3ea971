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

#include "actors/io/event_loop.hpp"
#include "actors/io/http/curl_multi.hpp"
#include "actors/io/http/http_transfer.hpp"

namespace meme::io {

/// Thousands of HTTP transfers on one event loop: libcurl's multi interface with
/// `curl_multi_socket_action`. It reuses connections, uses HTTP/2 if a server offers it over TLS,
/// takes a proxy from the environment, and checks certificates.
///
/// Each request is sent once: libcurl would repeat a request whose connection was closed without an
/// answer, but the model may have generated a picture for it. Redirects that keep the method (307,
/// 308) are followed on the same host, with the headers; any other redirect is an answer. If a call
/// ends without a byte of an answer, other calls do not use its connection. After a failure to
/// connect the name is looked up again (docs/decisions/0009-one-post-a-call.md).
///
/// libcurl takes longer for a transfer if its multi handle has more connections, so each handle
/// gets a few hundred transfers only (docs/decisions/0008-several-multi-handles.md).
///
/// While the byte budget is exhausted, bodies are left in their sockets. If only unfinished bodies
/// fill the budget, one of them is still read, because otherwise none could finish.
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
  using transfer_ptr = std::unique_ptr<http_transfer>;

  void post(transfer_ptr next);
  void start(transfer_ptr next);
  void end_scouting();
  curl_multi& multi_with_room();
  void configure(http_transfer& next);
  void finish(CURL* easy, CURLcode result);
  transfer_ptr take_out(CURL* easy);
  void learn_from(const http_transfer& ended);
  bool follow(transfer_ptr& ended);
  void forget_names();
  void close_idle_multis();
  void close_retired_multis();
  void look_for_stalls();
  void charge(http_transfer& which, std::size_t bytes);
  bool must_wait(http_transfer& which);
  bool one_may_go_on(std::size_t going_on) const;
  void resume_paused();

  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* to);
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* to);
  static int on_connected(void* to, char* peer_address, char*, int, int);

  event_loop& loop_;
  http_limits limits_;
  name_cache names_; ///< shared by all multi handles
  std::vector<std::unique_ptr<curl_multi>> multis_;
  std::unordered_map<CURL*, transfer_ptr> transfers_;
  std::unordered_set<http_transfer*> receiving_; ///< those whose body has begun
  std::deque<http_transfer*> paused_; ///< those of them that wait for the byte budget, oldest first
  std::vector<CURL*> spare_;          ///< handles for reuse: a new one takes 20 KB
  event_loop::timer_id idle_timer_ = 0;
  event_loop::timer_id retired_timer_ = 0;
  event_loop::timer_id stall_timer_ = 0;
  event_loop::timer_id resume_timer_ = 0;

  // libcurl resolves names in one thread for each transfer. So the first transfer after a pause
  // connects alone; the others wait for it and find the name in the cache.
  std::vector<transfer_ptr> waiting_;
  CURL* scout_ = nullptr;
  event_loop::clock::time_point name_known_until_{};
};

} // namespace meme::io
