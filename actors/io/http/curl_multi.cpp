#include "actors/io/http/curl_multi.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <new>
#include <utility>

namespace meme::io {

namespace {

/// libcurl checks for dead connections at most once a second.
constexpr auto sweep_delay = std::chrono::milliseconds{1'100};

/// A peer that acknowledges no data for so long is gone. (One that acknowledges and does not answer
/// may be generating a picture.)
constexpr int unacknowledged_ms = 30'000;

/// Probes the peer of an idle connection, which also keeps middleboxes from dropping the
/// connection.
constexpr int idle_s = 30;
constexpr int probe_interval_s = 10;
constexpr int probes = 3;

void set_tcp_option(int fd, int option, int value) {
  ::setsockopt(fd, IPPROTO_TCP, option, &value, sizeof value);
}

} // namespace

curl_multi::curl_multi(event_loop& loop, long max_connections, callback on_done)
    : loop_(loop), on_done_(std::move(on_done)), multi_(curl_multi_init()) {
  if (multi_ == nullptr)
    throw std::bad_alloc();
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, max_connections);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
}

curl_multi::~curl_multi() {
  end_sweep();
  curl_multi_cleanup(multi_); // closes its sockets, by on_close
  loop_.cancel(timer_);
  loop_.cancel(sweep_timer_);
}

void curl_multi::add(CURL* easy) {
  ++transfers_;
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &on_open);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &on_close);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, this);
  curl_multi_add_handle(multi_, easy);
}

void curl_multi::remove(CURL* easy) {
  curl_multi_remove_handle(multi_, easy);
  --transfers_;
  last_ended_ = loop_.now();
}

int curl_multi::on_socket(CURL*, curl_socket_t fd, int what, void* to, void*) {
  auto& self = *static_cast<curl_multi*>(to);
  if (what == CURL_POLL_REMOVE) {
    self.watch_idle(fd);
    return 0;
  }
  std::uint32_t events = 0;
  if ((what & CURL_POLL_IN) != 0)
    events |= EPOLLIN;
  if ((what & CURL_POLL_OUT) != 0)
    events |= EPOLLOUT;
  self.loop_.watch(fd, events, [&self, fd](std::uint32_t ready) { self.socket_ready(fd, ready); });
  return 0;
}

/// libcurl does not wait for the socket now: its connection is idle, or about to be closed.
void curl_multi::watch_idle(curl_socket_t fd) {
  loop_.unwatch(fd);
  if (sockets_.count(fd) == 0)
    return; // not a connection's socket: libcurl wakes itself with one
  if (::fcntl(fd, F_GETFD) < 0) {
    // libcurl 7.88 closes a socket that was still connecting without a call of on_close.
    sockets_.erase(fd);
    return;
  }
  loop_.watch(fd, EPOLLRDHUP, [this, fd](std::uint32_t) {
    loop_.unwatch(fd);
    if (sweep_timer_ == 0)
      sweep_timer_ = loop_.call_after(sweep_delay, [this] { sweep(); });
  });
}

/// libcurl closes dead idle connections only when it searches for one to use, and has no function
/// for that. This transfer makes it search, for an unused address, and may not open a socket.
void curl_multi::sweep() {
  sweep_timer_ = 0;
  if (sweeper_ != nullptr)
    return;
  sweeper_ = curl_easy_init();
  if (sweeper_ == nullptr)
    return;
  curl_easy_setopt(sweeper_, CURLOPT_URL, "http://127.0.0.1:9/");
  curl_easy_setopt(sweeper_, CURLOPT_PROXY, "");
  curl_easy_setopt(sweeper_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(sweeper_, CURLOPT_OPENSOCKETFUNCTION, &refuse_to_open);
  curl_multi_add_handle(multi_, sweeper_);
}

void curl_multi::end_sweep() {
  if (sweeper_ == nullptr)
    return;
  curl_multi_remove_handle(multi_, sweeper_);
  curl_easy_cleanup(std::exchange(sweeper_, nullptr));
}

curl_socket_t curl_multi::refuse_to_open(void*, curlsocktype, curl_sockaddr*) {
  return CURL_SOCKET_BAD;
}

curl_socket_t curl_multi::on_open(void* to, curlsocktype, curl_sockaddr* address) {
  return static_cast<curl_multi*>(to)->open_socket(*address);
}

curl_socket_t curl_multi::open_socket(const curl_sockaddr& address) {
  const auto fd =
      ::socket(address.family, address.socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address.protocol);
  out_of_descriptors_ = fd < 0 && (errno == EMFILE || errno == ENFILE);
  if (fd < 0)
    return CURL_SOCKET_BAD;
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  set_tcp_option(fd, TCP_KEEPIDLE, idle_s);
  set_tcp_option(fd, TCP_KEEPINTVL, probe_interval_s);
  set_tcp_option(fd, TCP_KEEPCNT, probes);
  set_tcp_option(fd, TCP_USER_TIMEOUT, unacknowledged_ms);
  sockets_.insert(fd);
  return fd;
}

int curl_multi::on_close(void* to, curl_socket_t fd) {
  auto& self = *static_cast<curl_multi*>(to);
  self.sockets_.erase(fd);
  self.loop_.unwatch(fd);
  return ::close(fd);
}

void curl_multi::socket_ready(curl_socket_t fd, std::uint32_t epoll_events) {
  int mask = 0;
  if ((epoll_events & (EPOLLIN | EPOLLHUP)) != 0)
    mask |= CURL_CSELECT_IN;
  if ((epoll_events & EPOLLOUT) != 0)
    mask |= CURL_CSELECT_OUT;
  if ((epoll_events & EPOLLERR) != 0)
    mask |= CURL_CSELECT_ERR;
  act(fd, mask);
}

int curl_multi::on_timer(CURLM*, long timeout_ms, void* to) {
  auto& self = *static_cast<curl_multi*>(to);
  self.loop_.cancel(std::exchange(self.timer_, 0));
  if (timeout_ms >= 0)
    self.timer_ = self.loop_.call_after(std::chrono::milliseconds{timeout_ms},
                                        [&self] { self.act(CURL_SOCKET_TIMEOUT, 0); });
  return 0;
}

void curl_multi::act(curl_socket_t fd, int mask) {
  int running = 0;
  curl_multi_socket_action(multi_, fd, mask, &running);
  int left = 0;
  while (auto* message = curl_multi_info_read(multi_, &left))
    if (message->msg == CURLMSG_DONE) {
      if (message->easy_handle == sweeper_)
        end_sweep();
      else
        on_done_(message->easy_handle, message->data.result);
    }
}

} // namespace meme::io
