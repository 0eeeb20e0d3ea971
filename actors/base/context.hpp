#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "actors/io/byte_budget.hpp"
#include "actors/io/redis/value_seal.hpp"
#include "config/options.hpp"
#include "messages/bus.hpp"
#include "messages/subjects/refusal.hpp"

namespace meme {

class metrics;
using metrics_ptr = std::shared_ptr<metrics>;

/// What the actors share: settings, the connection, instruments, and where time and chance come
/// from. Monotonic time is the actor system's clock (`self->clock()`), which tests turn by hand.
struct context {
  config::options options;
  bus_ptr bus;
  metrics_ptr metrics;
  std::shared_ptr<io::byte_budget> budget;    ///< of pictures in flight
  std::shared_ptr<const io::value_seal> seal; ///< of what is stored in Redis; empty: not signed
  std::function<std::chrono::system_clock::time_point()> wall_clock;
  std::uint64_t seed = 0; ///< of everything random in this process
  /// Calls of a library that block for as long as a server says nothing. The process ends without
  /// waiting for them.
  std::shared_ptr<std::atomic<int>> blocked_calls = std::make_shared<std::atomic<int>>(0);
  /// To NATS, as far as the supervisor has heard. To ask the library may take as long.
  std::shared_ptr<std::atomic<bool>> connected = std::make_shared<std::atomic<bool>>(false);

  std::int64_t unix_time_s() const {
    return std::chrono::duration_cast<std::chrono::seconds>(wall_clock().time_since_epoch())
        .count();
  }

  std::string error_subject() const { return options.nats.response_subject + ".error"; }

  /// Whether the server's `refusal` is of something without which no request can be answered. A
  /// request's reply_to is not, nor is what only provisioning needs.
  bool is_vital(std::string_view refusal) const {
    auto subject = refused_subject(refusal);
    auto begins = [&](std::string_view prefix) {
      return subject.substr(0, prefix.size()) == prefix;
    };
    return subject == options.nats.response_subject || subject == error_subject()
           || subject == options.nats.dead_subject || begins("$JS.ACK.")
           || begins("$JS.API.CONSUMER.MSG.NEXT.");
  }

  /// Whether the refusal is of what the publisher tries out when a connection comes up.
  static bool is_probe(std::string_view refusal) {
    auto subject = refused_subject(refusal);
    auto at = subject.rfind(".probe.");
    return at != subject.npos && at + std::string_view{".probe.0"}.size() == subject.size();
  }
};

using context_ptr = std::shared_ptr<const context>;

} // namespace meme
