#include "actors/io/http/listener.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <cerrno>
#include <memory>
#include <system_error>

namespace meme::io {

namespace {

[[noreturn]] void fail(const std::string& where) {
  throw std::system_error(errno, std::generic_category(), "cannot listen on " + where);
}

} // namespace

unique_fd listen_on(const std::string& host, std::uint16_t port) {
  auto where = host + ":" + std::to_string(port);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* raw = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &raw) != 0) {
    errno = EADDRNOTAVAIL;
    fail(where);
  }
  std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> found{raw, &::freeaddrinfo};
  unique_fd result{
      ::socket(found->ai_family, found->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!result)
    fail(where);
  int yes = 1;
  ::setsockopt(result.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (::bind(result.get(), found->ai_addr, found->ai_addrlen) != 0
      || ::listen(result.get(), SOMAXCONN) != 0)
    fail(where);
  return result;
}

std::string local_address(const unique_fd& socket) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  char host[NI_MAXHOST] = {};
  char port[NI_MAXSERV] = {};
  if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &length) != 0
      || ::getnameinfo(reinterpret_cast<sockaddr*>(&address), length, host, sizeof host, port,
                       sizeof port, NI_NUMERICHOST | NI_NUMERICSERV)
             != 0)
    fail("?");
  auto is_v6 = address.ss_family == AF_INET6;
  return (is_v6 ? "[" + std::string{host} + "]" : std::string{host}) + ":" + port;
}

} // namespace meme::io
