#include "actors/io/curl_multi.hpp"

#include <sys/epoll.h>

#include <chrono>
#include <new>
#include <utility>

namespace meme::io {

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
  curl_multi_cleanup(multi_);
  loop_.cancel(timer_);
}

void curl_multi::add(CURL* easy) {
  ++transfers_;
  curl_multi_add_handle(multi_, easy);
}

void curl_multi::remove(CURL* easy) {
  curl_multi_remove_handle(multi_, easy);
  --transfers_;
  last_ended_ = clock::now();
}

int curl_multi::on_socket(CURL*, curl_socket_t fd, int what, void* to, void*) {
  auto& self = *static_cast<curl_multi*>(to);
  if (what == CURL_POLL_REMOVE) {
    self.loop_.unwatch(fd);
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
    if (message->msg == CURLMSG_DONE)
      on_done_(message->easy_handle, message->data.result);
}

} // namespace meme::io
