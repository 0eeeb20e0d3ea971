#include "test/support/raw_model.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>

#include <boost/algorithm/string/case_conv.hpp>

namespace meme::test {

std::string raw_call::path() const {
  const auto from = head.find(' ') + 1;
  return head.substr(from, head.find(' ', from) - from);
}

raw_model::raw_model(handler answer, const std::string& host, std::uint16_t port)
    : answer_{std::move(answer)}, listener_{io::listen_on(host, port)}, thread_{[this] {
        run();
      }} {}

raw_model::~raw_model() {
  stopping_ = true;
  thread_.join();
}

std::uint16_t raw_model::port() const {
  const auto text = address();
  return static_cast<std::uint16_t>(std::stoul(text.substr(text.rfind(':') + 1)));
}

std::vector<raw_call> raw_model::calls() const {
  const std::lock_guard<std::mutex> lock{mutex_};
  return calls_;
}

std::string raw_model::reply(int status, const std::vector<std::string>& headers,
                             const std::string& body) {
  auto text = "HTTP/1.1 " + std::to_string(status) + " Reason\r\n";
  for (const auto& header : headers)
    text += header + "\r\n";
  return text + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

void raw_model::run() {
  while (!stopping_) {
    std::vector<pollfd> sockets{{listener_.get(), POLLIN, 0}};
    for (const auto& each : connections_)
      sockets.push_back({each.fd.get(), POLLIN, 0});
    ::poll(sockets.data(), sockets.size(), 20);
    for (std::size_t i = connections_.size(); i > 0; --i)
      if (close_all_ || (sockets[i].revents != 0 && !serve(connections_[i - 1])))
        connections_.erase(connections_.begin() + static_cast<std::ptrdiff_t>(i - 1));
    close_all_ = false;
    if (sockets[0].revents != 0) {
      io::unique_fd caller{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
      if (caller)
        connections_.push_back({std::move(caller), ++accepted_, 0, {}});
    }
    open_ = connections_.size();
  }
}

/// Returns whether the connection stays.
bool raw_model::serve(connection& caller) {
  char bytes[65'536];
  const auto count = ::recv(caller.fd.get(), bytes, sizeof bytes, 0);
  if (count <= 0)
    return false;
  caller.received.append(bytes, static_cast<std::size_t>(count));
  return take_request(caller);
}

bool raw_model::take_request(connection& caller) {
  const auto end = caller.received.find("\r\n\r\n");
  if (end == std::string::npos)
    return true;
  raw_call call;
  call.head = caller.received.substr(0, end);
  const auto lower = boost::algorithm::to_lower_copy(call.head);
  const auto length = lower.find("content-length:");
  const auto size = length == lower.npos ? 0 : std::stoul(lower.substr(length + 15));
  if (caller.received.size() < end + 4 + size)
    return true;
  call.body = caller.received.substr(end + 4, size);
  caller.received.erase(0, end + 4 + size);
  call.connection = caller.id;
  call.number = ++caller.requests;
  {
    const std::lock_guard<std::mutex> lock{mutex_};
    calls_.push_back(call);
  }
  const auto answer = answer_(call);
  if (!answer)
    return true;
  if (answer->empty())
    return false;
  ::send(caller.fd.get(), answer->data(), answer->size(), MSG_NOSIGNAL);
  return true;
}

} // namespace meme::test
