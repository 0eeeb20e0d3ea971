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
#include "actors/io/redis_tls.hpp"

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
};

/// One asynchronous connection to Redis. It does not reconnect by itself: its owner hears of the
/// loss and decides when to `connect` again.
///
/// hiredis 0.14 knows no time limit for a command. Here each has one: Redis answers in order, so
/// it is enough to watch the oldest. One late answer ends the connection, for what follows would
/// wait behind it.
class redis_client {
public:
  struct found {
    std::string bytes;
    std::chrono::milliseconds ttl_left{0};
  };

  /// Nothing: not stored. `error` tells whether Redis could be asked at all.
  using get_callback = std::function<void(std::optional<found> value, const std::string& error)>;
  using set_callback = std::function<void(const std::string& error)>; ///< empty: stored

  struct events {
    std::function<void()> ready;                      ///< connected, authenticated, selected
    std::function<void(const std::string& why)> lost; ///< once for each `connect`
  };

  redis_client(event_loop& loop, redis_settings settings, events on_event);
  ~redis_client(); ///< open commands are answered with an error
  redis_client(const redis_client&) = delete;
  redis_client& operator=(const redis_client&) = delete;

  void connect();
  bool ready() const { return ready_; }

  /// Value and remaining lifetime in one round trip.
  void get(const std::string& key, get_callback done);
  void set(const std::string& key, std::string_view bytes, std::chrono::seconds ttl,
           set_callback done);

private:
  struct command;
  struct reply_guard;

  bool send(std::initializer_list<std::string_view> words,
            std::function<void(redisReply*, const std::string&)> done);
  void introduce();
  void on_connected(bool ok);
  void lose(std::string why);
  void forget_context();
  void want(std::uint32_t event, bool wanted);
  void on_socket(std::uint32_t epoll_events);
  void watch_deadline();

  event_loop& loop_;
  redis_settings settings_;
  events events_;
  std::unique_ptr<redis_tls> tls_; ///< outlives the context, which uses it; empty: in the clear
  redisAsyncContext* context_ = nullptr;
  int fd_ = -1;
  std::uint32_t interest_ = 0;
  bool ready_ = false;
  std::string why_lost_;
  std::deque<event_loop::clock::time_point> deadlines_; ///< of the open commands, oldest first
  event_loop::timer_id timer_ = 0;
};

} // namespace meme::io
