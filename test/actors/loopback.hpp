#pragma once

#include <sys/socket.h>

#include <cerrno>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "actors/io/http/listener.hpp"
#include "actors/io/unique_fd.hpp"

namespace meme::test {

/// The peer's end of a connection of the actor under test. It has no thread and never waits.
class far_end {
public:
  explicit far_end(io::unique_fd socket) : socket_(std::move(socket)) {}

  /// What has come and was not taken yet.
  std::string& received() {
    char buffer[65'536];
    for (;;) {
      const auto size = ::recv(socket_.get(), buffer, sizeof buffer, MSG_DONTWAIT);
      if (size <= 0) {
        closed_ = closed_ || size == 0 || errno == ECONNRESET;
        return received_;
      }
      received_.append(buffer, static_cast<std::size_t>(size));
    }
  }

  /// Whether the actor has closed the connection.
  bool closed() {
    received();
    return closed_;
  }

  /// No more than the kernel's buffers have room for: a few hundred kilobytes.
  void send(const std::string& bytes) {
    const auto size =
        ::send(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (size != static_cast<ssize_t>(bytes.size()))
      throw std::runtime_error("the connection does not take what the test sends");
  }

  void close() { socket_ = io::unique_fd{}; }

private:
  io::unique_fd socket_;
  std::string received_;
  bool closed_ = false;
};

/// A listener whose connections the test accepts by itself.
class loopback {
public:
  std::string address() const { return io::local_address(listener_); }

  /// A new connection to a listener, which waits there to be accepted.
  static far_end connect_to(const io::unique_fd& listener) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    io::unique_fd socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0
        || ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0)
      throw std::runtime_error("the test cannot connect");
    return far_end{std::move(socket)};
  }

  /// Moves a connection that waits, if any, to the end of `accepted`.
  bool accept(std::vector<far_end>& accepted) const {
    io::unique_fd socket{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
    if (!socket)
      return false;
    accepted.emplace_back(std::move(socket));
    return true;
  }

private:
  io::unique_fd listener_ = io::listen_on("127.0.0.1", 0);
};

} // namespace meme::test
