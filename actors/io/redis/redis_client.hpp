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

/// One asynchronous connection to Redis. It does not reconnect by itself: its owner hears of the
/// loss and decides when to `connect` again.
///
/// hiredis 0.14 knows no time limit for a command. Here each has one: Redis answers in order, so
/// it is enough to watch the oldest. One late answer ends the connection, for what follows would
/// wait behind it. A silent connection is asked for a sign now and then (`ping_interval`), so that
/// whatever lies between does not forget it, and so that a dead one is found before it is needed.
class redis_client {
public:
  struct found {
    std::string bytes;
    bool cut = false;                       ///< the value is longer than was asked for
    std::chrono::milliseconds ttl_left{-1}; ///< negative: it has no end, or none is known
  };

  /// Without value: not stored, or `error` tells why Redis could not be asked.
  struct reply_to_get {
    std::optional<found> value;
    std::string error;
    std::string ttl_error; ///< why only the remaining lifetime could not be asked for
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

  /// Value and remaining lifetime in one round trip. Of the value at most `most` bytes are found:
  /// Redis sends no more than one beyond that, however large it is.
  void get(const std::string& key, std::size_t most, get_callback done);

  /// Whether the value has more than `size` bytes; without asking for them. False where Redis could
  /// not be asked.
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
  std::unique_ptr<redis_tls> tls_; ///< outlives the context, which uses it; empty: in the clear
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
  std::shared_ptr<int> alive_ = std::make_shared<int>(); ///< goes with this object
};

} // namespace meme::io
