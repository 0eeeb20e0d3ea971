#pragma once

#include <cstdint>
#include <string>

#include "actors/io/unique_fd.hpp"

namespace meme::test {

/// A TCP port of the loopback address that stays reserved while no server listens on it, so that a
/// server can be killed and started again on the same port while other tests run.
///
/// The kernel assigns ports of its ephemeral range to any process, so these ports are below that
/// range. A test reserves a port with an abstract Unix socket named after it: the kernel lets one
/// process bind it, frees it when that process dies, and scopes it to the same network namespace as
/// the port. A port on which another program listens is skipped.
class port_lease {
public:
  port_lease(); ///< throws std::runtime_error if no port is free

  std::uint16_t port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

private:
  std::uint16_t port_ = 0;
  io::unique_fd claim_;
};

} // namespace meme::test
