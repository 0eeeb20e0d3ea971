#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <caf/fwd.hpp>

#include "actors/io/event_loop.hpp"

namespace meme::io {

/// Resolves a host's addresses without blocking an event loop. getaddrinfo blocks while a name
/// server is silent, tens of seconds by default, and cannot be stopped. So it runs on one of CAF's
/// threads, one look-up at a time; the answer comes back through the loop.
class name_lookup {
public:
  /// Numeric addresses, IPv4 first, or the reason why there are none.
  using callback =
      std::function<void(const std::vector<std::string>& addresses, const std::string& error)>;

  name_lookup(caf::actor_system& system, event_loop& loop);
  ~name_lookup(); ///< does not wait for a look-up that is under way; its answer is dropped
  name_lookup(const name_lookup&) = delete;
  name_lookup& operator=(const name_lookup&) = delete;

  /// Calls back once, from the loop; at once for a numeric address. If an abandoned look-up of the
  /// same host is still under way, the callback gets its answer.
  void start(const std::string& host, callback done);

  /// If a host has several addresses, puts another one first.
  void prefer_next() { ++turn_; }

  /// The number of this process's look-ups under way. An actor system cannot end before they do.
  static int running() { return running_; }

private:
  struct shared_answer;

  void on_answer();

  caf::actor_system& system_;
  event_loop& loop_;
  std::shared_ptr<shared_answer> pending_; ///< set while a look-up is under way
  callback done_;
  std::size_t turn_ = 0;
  static std::atomic<int> running_;
};

} // namespace meme::io
