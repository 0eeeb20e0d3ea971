#include "test/support/port_lease.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <random>
#include <stdexcept>

namespace meme::test {

namespace {

constexpr int lowest = 10'000;

/// One past the last port that the kernel does not hand out by itself.
int end_of_ports() {
  int first_ephemeral = 32'768;
  std::ifstream{"/proc/sys/net/ipv4/ip_local_port_range"} >> first_ephemeral;
  return std::max(first_ephemeral, lowest + 1'000);
}

/// Claims the port among tests; an empty descriptor where another test has it.
io::unique_fd claim(int port) {
  io::unique_fd fd{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto name = "meme-test-port-" + std::to_string(port);
  name.copy(address.sun_path + 1, name.size()); // a leading zero byte: the abstract namespace
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0)
    return {};
  return fd;
}

bool nobody_listens(int port) {
  const io::unique_fd fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const int on = 1; // what servers do too: connections of the past do not matter
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

} // namespace

port_lease::port_lease() {
  std::random_device seed;
  std::uniform_int_distribution<int> any_port{lowest, end_of_ports() - 1};
  for (int attempt = 0; attempt < 1'000; ++attempt) {
    const auto port = any_port(seed);
    auto fd = claim(port);
    if (!fd || !nobody_listens(port))
      continue;
    port_ = static_cast<std::uint16_t>(port);
    claim_ = std::move(fd);
    return;
  }
  throw std::runtime_error{"no free port for a test's server"};
}

} // namespace meme::test
