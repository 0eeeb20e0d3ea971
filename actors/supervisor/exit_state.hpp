#pragma once

#include <atomic>
#include <memory>

#include "actors/io/nats/nats_connection.hpp"

namespace meme {

/// What the main thread has to know when the supervisor has ended, to choose how the process ends.
/// The supervisor and the connector write it.
struct exit_state {
  /// Calls of a library that block for as long as a server says nothing. The process ends without
  /// waiting for them.
  std::atomic<int> blocked_calls{0};
  /// To NATS, as far as the supervisor has heard. To ask the library may take as long.
  std::atomic<bool> connected{false};
  /// Empty: none. Only the supervisor touches it while it runs.
  std::shared_ptr<io::nats_connection> connection;
};

} // namespace meme
