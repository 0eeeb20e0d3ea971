#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <curl/curl.h>

#include "actors/io/byte_budget.hpp"
#include "actors/io/http/curl_multi.hpp"
#include "actors/io/http/http_message.hpp"

namespace meme::io {

class http_client;

struct http_limits {
  std::chrono::milliseconds timeout{120'000};        ///< the whole transfer, with its redirects
  std::chrono::milliseconds connect_timeout{10'000}; ///< name, connection, TLS
  /// The longest silence after the first byte of the body. Before it a model may be silent for a
  /// minute; curl's own low-speed limit would count that, too.
  std::chrono::milliseconds stall_timeout{20'000};
  std::size_t max_body_bytes = 32 << 20; ///< of a decoded body
  /// Of an answer's headers and trailers. libcurl keeps all of them until the transfer has ended,
  /// and has a limit for the headers alone.
  std::size_t max_header_bytes = 300 << 10;
  unsigned max_redirects = 5;
  /// Idle connections kept for reuse, but at least one for each 256 transfers at the peak.
  long max_connections = 64;
  /// Connections that only a peak needed are closed after this time without use, or twice this
  /// time.
  std::chrono::milliseconds idle_lifetime{60'000};
  std::shared_ptr<byte_budget> budget; ///< shared with all other holders of bodies
};

/// Names that were looked up, for all transfers that share them.
using name_cache = std::shared_ptr<CURLSH>;
name_cache make_name_cache();

/// Whether libcurl is of this release or a later one: 0xXXYYZZ, as LIBCURL_VERSION_NUM.
bool libcurl_since(unsigned version);

/// One request under way.
struct http_transfer {
  using clock = event_loop::clock;

  explicit http_transfer(http_client& its_owner) : owner(&its_owner) {}
  ~http_transfer();
  http_transfer(const http_transfer&) = delete;
  http_transfer& operator=(const http_transfer&) = delete;

  http_client* owner;
  curl_multi* home = nullptr;
  CURL* easy = nullptr;
  curl_slist* headers = nullptr;
  name_cache names;
  http_request request;
  std::function<void(http_reply)> done;
  http_reply reply;
  clock::time_point deadline{};
  clock::time_point last_byte{};
  bool sent = false;     ///< a connection existed, and the request was sent, or partly
  bool reused = false;   ///< that connection had served other requests
  bool answered = false; ///< a part of an answer was received
  bool paused = false;
  std::size_t header_bytes = 0;
  std::size_t charged = 0; ///< to the byte budget: what is reserved for the body
  char error_text[CURL_ERROR_SIZE] = {};

  /// Sets everything that does not need the client: address, body, limits; `time` is the present.
  void configure(const http_limits& limits, clock::time_point time);

  /// Takes a line of the answer's headers or trailers; false: they are more than `most` bytes.
  bool take_header(std::string_view line, std::size_t most);

  /// Whether libcurl may send the request. Call it each time that libcurl has a connection and is
  /// about to send.
  bool may_send(const char* peer_address);

  /// What `result` means for the reply, once the transfer has ended.
  void conclude(CURLcode result);

  /// Whether it ended so that other transfers should not use its connection.
  bool doubts_connection() const;

  /// Prepares it to be sent again, to another address.
  void redirect_to(std::string url);

private:
  bool is_encrypted() const;
};

} // namespace meme::io
