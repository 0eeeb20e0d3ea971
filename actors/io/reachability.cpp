#include "actors/io/reachability.hpp"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <memory>
#include <system_error>

#include "actors/io/unique_fd.hpp"

namespace meme::io {

namespace {

constexpr int patience_ms = 300;
constexpr std::uint16_t nats_port = 4222;

using addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

std::string words_of(int error) {
  return std::generic_category().message(error);
}

/// Empty: it can be reached.
std::string connect_problem(const addrinfo& address) {
  unique_fd socket{::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!socket)
    return words_of(errno);
  if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) == 0)
    return {};
  if (errno != EINPROGRESS)
    return words_of(errno);
  pollfd wait{socket.get(), POLLOUT, 0};
  if (::poll(&wait, 1, patience_ms) == 0)
    return "no answer";
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  return error == 0 ? std::string{} : words_of(error);
}

std::string problem_of(const std::string& host, std::uint16_t port) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* raw = nullptr;
  auto status = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &raw);
  if (status != 0)
    return ::gai_strerror(status);
  addresses found{raw, &::freeaddrinfo};
  return connect_problem(*found);
}

} // namespace

std::string why_unreachable(const config::nats_urls& servers) {
  std::string result;
  for (const auto& server : *servers) {
    const auto& host = server.parts.host;
    const auto port = server.parts.port != 0 ? server.parts.port : nats_port;
    if (const auto problem = problem_of(host, port); !problem.empty())
      result += (result.empty() ? " (" : "; ") + host + ":" + std::to_string(port) + ": " + problem;
  }
  return result.empty() ? result : result + ")";
}

} // namespace meme::io
