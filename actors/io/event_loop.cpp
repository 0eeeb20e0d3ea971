#include "actors/io/event_loop.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <system_error>

namespace meme::io {

namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

std::uint64_t tag(std::uint32_t generation, int fd) {
  return (std::uint64_t{generation} << 32) | static_cast<std::uint32_t>(fd);
}

} // namespace

event_loop::event_loop(std::function<clock::time_point()> time)
    : time_(std::move(time)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wakeup_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (!epoll_ || !wakeup_)
    fail("event loop");
  watch(wakeup_.get(), EPOLLIN, [this](std::uint32_t) {
    std::uint64_t count = 0;
    [[maybe_unused]] auto ignored = ::read(wakeup_.get(), &count, sizeof count);
  });
}

void event_loop::watch(int fd, std::uint32_t epoll_events, io_callback callback) {
  if (slots_.size() <= static_cast<std::size_t>(fd))
    slots_.resize(static_cast<std::size_t>(fd) + 1);
  auto& slot = slots_[static_cast<std::size_t>(fd)];
  if (callback)
    slot.callback = std::move(callback);
  epoll_event event{};
  event.events = epoll_events;
  event.data.u64 = tag(slot.generation, fd);
  auto control = [&](int operation) { return ::epoll_ctl(epoll_.get(), operation, fd, &event); };
  auto done = control(slot.watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD);
  // A library may close a descriptor and get the same number again without telling the loop.
  if (done != 0 && errno == ENOENT)
    done = control(EPOLL_CTL_ADD);
  else if (done != 0 && errno == EEXIST)
    done = control(EPOLL_CTL_MOD);
  if (done != 0)
    fail("epoll_ctl");
  slot.watched = true;
}

void event_loop::unwatch(int fd) {
  if (fd < 0 || static_cast<std::size_t>(fd) >= slots_.size())
    return;
  auto& slot = slots_[static_cast<std::size_t>(fd)];
  if (!slot.watched)
    return;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
  slot.watched = false;
  ++slot.generation;
}

event_loop::timer_id event_loop::call_at(clock::time_point when, timer_callback callback) {
  auto id = ++last_timer_;
  timers_.emplace(std::pair{when, id}, std::move(callback));
  due_.emplace(id, when);
  return id;
}

event_loop::timer_id event_loop::call_after(clock::duration delay, timer_callback callback) {
  return call_at(now() + delay, std::move(callback));
}

void event_loop::cancel(timer_id id) {
  auto found = due_.find(id);
  if (found == due_.end())
    return;
  timers_.erase({found->second, id});
  due_.erase(found);
}

void event_loop::run_once(bool wait) {
  std::array<epoll_event, 128> events;
  auto count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                            wait ? wait_time_ms() : 0);
  if (count < 0 && errno != EINTR)
    fail("epoll_wait");
  for (int i = 0; i < count; ++i) {
    auto fd = static_cast<std::uint32_t>(events[static_cast<std::size_t>(i)].data.u64);
    auto generation =
        static_cast<std::uint32_t>(events[static_cast<std::size_t>(i)].data.u64 >> 32);
    if (!slots_[fd].watched || slots_[fd].generation != generation)
      continue;
    auto callback = slots_[fd].callback; // the callback may replace itself
    callback(events[static_cast<std::size_t>(i)].events);
  }
  run_timers();
}

void event_loop::wake() noexcept {
  std::uint64_t one = 1;
  [[maybe_unused]] auto ignored = ::write(wakeup_.get(), &one, sizeof one);
}

int event_loop::wait_time_ms() const {
  using std::chrono::milliseconds;
  if (timers_.empty())
    return -1;
  auto left = timers_.begin()->first.first - now();
  auto rounded = std::chrono::ceil<milliseconds>(std::max(left, clock::duration::zero())).count();
  return static_cast<int>(std::min<milliseconds::rep>(rounded, std::numeric_limits<int>::max()));
}

void event_loop::run_timers() {
  const auto time = now();
  auto newest = last_timer_; // a timer set by a callback waits for the next round
  for (auto i = timers_.begin(); i != timers_.end() && i->first.first <= time;) {
    if (i->first.second > newest) {
      ++i;
      continue;
    }
    auto callback = std::move(i->second);
    due_.erase(i->first.second);
    timers_.erase(i);
    callback();
    i = timers_.begin(); // the callback may have changed the map
  }
}

} // namespace meme::io
