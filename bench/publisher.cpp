#include "bench/publisher.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace meme::bench {

namespace {

std::system_error failure(const char* what) {
  return {errno, std::generic_category(), what};
}

} // namespace

publisher::publisher(const std::string& url)
    : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  const auto host = url.find("://") + 3;
  const auto colon = url.rfind(':');
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoul(url.substr(colon + 1))));
  ::inet_pton(AF_INET, url.substr(host, colon - host).c_str(), &address.sin_addr);
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw failure("the publisher cannot connect");
  const int yes = 1;
  ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  waiting_ = "CONNECT {\"verbose\":false,\"pedantic\":false,\"name\":\"bench\"}\r\n";
  flush();
}

void publisher::add(const std::string& subject, const std::string& data) {
  waiting_.append("PUB ").append(subject).append(" ").append(std::to_string(data.size()));
  waiting_.append("\r\n").append(data).append("\r\n");
}

void publisher::send() {
  for (std::size_t done = 0; done < waiting_.size();) {
    const auto count =
        ::send(socket_.get(), waiting_.data() + done, waiting_.size() - done, MSG_NOSIGNAL);
    if (count < 0)
      throw failure("the publisher cannot send");
    done += static_cast<std::size_t>(count);
  }
  waiting_.clear();
}

void publisher::flush() {
  waiting_ += "PING\r\n";
  send();
  std::string said;
  while (said.find("PONG\r\n") == said.npos) {
    char part[4'096];
    const auto count = ::recv(socket_.get(), part, sizeof part, 0);
    if (count <= 0)
      throw failure("the server has left the publisher");
    said.append(part, static_cast<std::size_t>(count));
  }
  if (said.find("-ERR") != said.npos)
    throw std::runtime_error{"the server objects: " + said};
}

} // namespace meme::bench
