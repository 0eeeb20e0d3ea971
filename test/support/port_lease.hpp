#pragma once

#include <cstdint>
#include <string>

#include "actors/io/unique_fd.hpp"

namespace meme::test {

/// A TCP port of the loopback address that stays ours while no server holds it, so that a server
/// can be killed and come back on the same port while other tests run beside it.
///
/// The kernel gives ports of its ephemeral range to anybody, hence ours lie below that range.
/// Tests keep out of each other's way by an abstract Unix socket named after the port: the kernel
/// lets one process bind it, frees it when that process dies, and scopes it to the same network
/// namespace as the port. A port that a stranger listens on is passed over.
class port_lease {
public:
  port_lease(); ///< throws std::runtime_error where no port is to be had

  std::uint16_t port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

private:
  std::uint16_t port_ = 0;
  io::unique_fd claim_;
};

} // namespace meme::test
