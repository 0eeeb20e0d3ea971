#pragma once

#include <string>
#include <vector>

#include "actors/io/unique_fd.hpp"

namespace meme::bench {

/// Publishes many messages in one write, on request. With nats.c each message is one write, or
/// waits up to a millisecond, and the driver would use half of the servers' core. Implements only
/// the necessary part of the protocol
/// (https://docs.nats.io/reference/reference-protocols/nats-protocol); answers no PING, so that the
/// server drops it after some minutes.
class publisher {
public:
  /// Connects to `nats://address:port`. Throws std::system_error.
  explicit publisher(const std::string& url);

  void add(const std::string& subject, const std::string& data);

  /// Writes what was added.
  void send();

  /// Waits until the server has read everything. Throws std::runtime_error where it has objected.
  void flush();

private:
  io::unique_fd socket_;
  std::string waiting_;
};

} // namespace meme::bench
