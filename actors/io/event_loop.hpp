#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "actors/io/unique_fd.hpp"

namespace meme::io {

/// A readiness loop over epoll with timers, for C libraries with their own sockets.
///
/// Everything but `wake` belongs to one thread. Callbacks may watch, unwatch and set timers freely:
/// an event that was fetched before its descriptor was unwatched is dropped, even if the number
/// belongs to another descriptor by then (each slot counts its generations).
class event_loop {
public:
  using clock = std::chrono::steady_clock;
  using io_callback = std::function<void(std::uint32_t epoll_events)>;
  using timer_callback = std::function<void()>;
  using timer_id = std::uint64_t; ///< 0 is never given out

  /// `time` is the clock of its timers. Throws std::system_error if the kernel returns no
  /// descriptor.
  explicit event_loop(std::function<clock::time_point()> time = &clock::now);

  /// The present by the loop's clock. Compare timers only with this time.
  clock::time_point now() const { return time_(); }

  /// Calls back with the ready ones among `epoll_events` (EPOLLIN, EPOLLOUT), and always with
  /// EPOLLERR and EPOLLHUP. Watching a descriptor again replaces its events, and its callback if a
  /// new one is given.
  void watch(int fd, std::uint32_t epoll_events, io_callback callback = {});
  void unwatch(int fd);

  timer_id call_at(clock::time_point when, timer_callback callback);
  timer_id call_after(clock::duration delay, timer_callback callback);
  void cancel(timer_id id); ///< of a timer that has fired already: nothing happens

  /// Waits until something is ready, a timer is due, or `wake` is called (with `wait` false: not at
  /// all), then runs the callbacks.
  void run_once(bool wait);

  /// Ends a `run_once` that waits. The only member that other threads may call.
  void wake() noexcept;

private:
  struct descriptor {
    io_callback callback;
    std::uint32_t generation = 0;
    bool watched = false;
  };

  int wait_time_ms() const;
  void run_timers();

  std::function<clock::time_point()> time_;
  unique_fd epoll_;
  unique_fd wakeup_;
  std::vector<descriptor> slots_; ///< by descriptor: the kernel gives out the lowest free number
  std::map<std::pair<clock::time_point, timer_id>, timer_callback> timers_;
  std::map<timer_id, clock::time_point> due_;
  timer_id last_timer_ = 0;
};

} // namespace meme::io
