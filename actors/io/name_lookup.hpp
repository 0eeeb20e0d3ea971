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

/// Asks the system for a host's addresses without holding an event loop up: getaddrinfo blocks for
/// as long as a name server is silent, tens of seconds by default, and cannot be stopped. It runs
/// on a thread of CAF's, one at a time; the answer comes back through the loop.
class name_lookup {
public:
  /// Numeric addresses, IPv4 first, or why there are none.
  using callback =
      std::function<void(const std::vector<std::string>& addresses, const std::string& error)>;

  name_lookup(caf::actor_system& system, event_loop& loop);
  ~name_lookup(); ///< does not wait for a look-up that is under way; its answer is dropped
  name_lookup(const name_lookup&) = delete;
  name_lookup& operator=(const name_lookup&) = delete;

  /// Calls back once, from the loop; at once for a numeric address. While a look-up of the same
  /// host is under way, which an earlier caller has given up, this one gets its answer.
  void start(const std::string& host, callback done);

  /// Where a host has several addresses, another one comes first from now on.
  void prefer_next() { ++turn_; }

  /// How many look-ups of this process are under way. An actor system cannot end before they do.
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
