#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "actors/io/event_loop.hpp"
#include "actors/io/name_lookup.hpp"
#include "actors/io/redis/redis_tls.hpp"

struct redisAsyncContext;
struct redisReply;

namespace meme::io {

struct redis_settings {
  std::string host;
  std::uint16_t port = 6379;
  std::string user;     ///< empty: none
  std::string password; ///< secret; empty: none
  unsigned database = 0;
  bool tls = false;    ///< needs hiredis 1.x
  std::string ca_file; ///< PEM; empty: the system's certificates
  std::chrono::milliseconds connect_timeout{2'000};
  std::chrono::milliseconds command_timeout{500};
  std::chrono::milliseconds ping_interval{15'000}; ///< silence after which a PING is sent
  std::size_t max_value = 8 << 20; ///< bytes; a reply that is much larger ends the connection
};

/// One asynchronous connection to Redis. It does not reconnect by itself: it reports the loss, and
/// its owner decides when to `connect` again.
///
/// hiredis 0.14 has no time limit for a command; this class adds one. Redis answers in order, so it
/// is enough to watch the oldest command. One late answer ends the connection, because later
/// answers would wait behind it. A PING is sent after `ping_interval` of silence, so that load
/// balancers do not drop the connection, and so that a dead connection is found before it is
/// needed.
class redis_client {
public:
  struct found {
    std::string bytes;
    bool cut = false;                       ///< the value is longer than the requested bytes
    std::chrono::milliseconds ttl_left{-1}; ///< negative: it has no end, or none is known
  };

  /// Without value: not stored, or `error` says why Redis could not be used.
  struct reply_to_get {
    std::optional<found> value;
    std::string error;
    std::string ttl_error; ///< why only the remaining lifetime is not known
  };

  using get_callback = std::function<void(reply_to_get reply)>;
  using set_callback = std::function<void(const std::string& error)>; ///< empty: stored

  struct events {
    std::function<void()> ready;                      ///< connected, authenticated, selected
    std::function<void(const std::string& why)> lost; ///< once for each `connect`
  };

  /// `names` may be shared with other clients of the same host.
  redis_client(event_loop& loop, name_lookup& names, redis_settings settings, events on_event);

  /// Open commands are answered with an error. Not to be called from an event's callback.
  ~redis_client();
  redis_client(const redis_client&) = delete;
  redis_client& operator=(const redis_client&) = delete;

  void connect();
  bool ready() const { return ready_; }

  /// Value and remaining lifetime in one round trip. Returns at most `most` bytes of the value;
  /// Redis sends at most one byte more, for a value of any size.
  void get(const std::string& key, std::size_t most, get_callback done);

  /// Whether the value has more than `size` bytes, without reading them. False if Redis could not
  /// be used.
  void exceeds(const std::string& key, std::size_t size, std::function<void(bool)> done);

  void set(const std::string& key, std::string_view bytes, std::chrono::seconds ttl,
           set_callback done);

private:
  struct command;
  struct reply_guard;

  bool send(std::initializer_list<std::string_view> words,
            std::function<void(redisReply*, const std::string&)> done);
  void open(const std::string& address);
  void introduce();
  void keep_alive();
  void on_connected(bool ok);
  void lose(std::string why);
  void forget_context();
  void want(std::uint32_t event, bool wanted);
  void on_socket(std::uint32_t epoll_events);
  void watch_deadline();

  bool reply_is_too_large() const;

  event_loop& loop_;
  name_lookup& names_;
  redis_settings settings_;
  events events_;
  std::unique_ptr<redis_tls> tls_; ///< outlives the context, which uses it; empty: no TLS
  redisAsyncContext* context_ = nullptr;
  int fd_ = -1;
  std::uint32_t interest_ = 0;
  bool resolving_ = false; ///< `connect` waits for an address
  bool ready_ = false;
  bool introduced_ = false; ///< this connection has been made
  bool served_ = false;     ///< this connection has been ready
  std::string why_lost_;
  std::deque<event_loop::clock::time_point> deadlines_; ///< of the open commands, oldest first
  event_loop::timer_id timer_ = 0;
  event_loop::timer_id ping_timer_ = 0; ///< set while ready
  event_loop::clock::time_point last_heard_{};
  std::uint64_t attempts_ = 0;                           ///< numbers the calls of `connect`
  std::shared_ptr<int> alive_ = std::make_shared<int>(); ///< ends with this object
};

} // namespace meme::io
