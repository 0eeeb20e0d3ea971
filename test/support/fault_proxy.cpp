#include "test/support/fault_proxy.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "actors/io/event_loop.hpp"
#include "actors/io/http/listener.hpp"
#include "actors/io/unique_fd.hpp"
#include "test/support/fault_proxy_link.hpp"
#include "test/support/fault_proxy_sockets.hpp"
#include "test/support/port_lease.hpp"

namespace meme::test {

namespace {

using io::event_loop;
using clock = event_loop::clock;
using link_ptr = std::shared_ptr<link>;

} // namespace

faults half_open() {
  faults result;
  result.to_server.vanish = result.to_client.vanish = true;
  return result;
}

class fault_proxy::relay {
public:
  relay(std::uint16_t server_port, std::uint64_t seed) : server_port_{server_port}, seed_{seed} {
    listen();
    thread_ = std::thread{[this] { run(); }};
  }

  ~relay() {
    perform([this] {
      cut();
      stopping_ = true;
    });
    thread_.join();
  }

  std::string address() const { return port_.address(); }

  /// Runs `what` on the relay's thread, and waits until it has run.
  void perform(std::function<void()> what) {
    std::packaged_task<void()> task{std::move(what)};
    auto done = task.get_future();
    {
      const std::lock_guard guard{mutex_};
      tasks_.push_back(std::move(task));
    }
    loop_.wake();
    done.get();
  }

  void set(const faults& what) {
    faults_ = what;
    if (what.newcomers != admission::refuse)
      listen();
    else if (listener_) {
      loop_.unwatch(listener_.get());
      listener_ = {};
    }
    for (const auto& each : open_links()) {
      if (each->silent)
        continue;
      for (auto& path : each->flows) {
        const auto& wanted = path.source == 0 ? what.to_server : what.to_client;
        if (path.lost && !wanted.vanish)
          finish(*each, true);
        else
          path.apply(wanted);
      }
      move_on(*each);
    }
  }

  void cut() {
    for (const auto& each : open_links())
      finish(*each, true);
  }

  void move_to(const std::string& host) {
    cut();
    if (listener_)
      loop_.unwatch(listener_.get());
    listener_ = {};
    host_ = host;
    listen();
  }

  void silence() {
    for (const auto& each : open_links()) {
      silence(*each);
      move_on(*each);
    }
  }

  traffic seen() {
    seen_.open = links_.size();
    return seen_;
  }

private:
  void run() {
    while (!stopping_) {
      loop_.run_once(true);
      std::vector<std::packaged_task<void()>> tasks;
      {
        const std::lock_guard guard{mutex_};
        tasks.swap(tasks_);
      }
      for (auto& each : tasks)
        each();
    }
  }

  std::vector<link_ptr> open_links() const {
    std::vector<link_ptr> result;
    for (const auto& each : links_)
      result.push_back(each.second);
    return result;
  }

  void listen() {
    if (listener_)
      return;
    listener_ = io::listen_on(host_, port_.port());
    loop_.watch(listener_.get(), EPOLLIN, [this](std::uint32_t) { accept(); });
  }

  void accept() {
    io::unique_fd client{
        ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
    if (!client)
      return;
    ++seen_.connections;
    auto server =
        faults_.newcomers == admission::serve ? connect_to(server_port_) : io::unique_fd{};
    if (!server)
      return reset(client);
    no_delay(client.get());
    auto added = std::make_shared<link>();
    added->number = seen_.connections;
    added->ends = {std::move(client), std::move(server)};
    for (const auto from : {0, 1}) {
      auto& path = added->flows[from];
      path.source = from;
      path.sink = 1 - from;
      std::seed_seq seeds{seed_, added->number, static_cast<std::uint64_t>(from)};
      path.random.seed(seeds);
      path.apply(from == 0 ? faults_.to_server : faults_.to_client);
    }
    links_.emplace(added->number, added);
    watch(*added);
  }

  void watch(link& on) {
    for (const auto end : {0, 1}) {
      if (!on.ends[end])
        continue;
      std::uint32_t events = 0;
      if (on.flows[end].wants_bytes())
        events |= EPOLLIN;
      if (on.flows[1 - end].blocked)
        events |= EPOLLOUT;
      if (on.parked[end] && events == 0)
        continue;
      on.parked[end] = false;
      loop_.watch(on.ends[end].get(), events, [this, number = on.number, end](auto ready) {
        if (const auto found = links_.find(number); found != links_.end())
          handle(link_ptr{found->second}, end, ready);
      });
    }
  }

  void handle(const link_ptr& on, int end, std::uint32_t ready) {
    auto& path = on->flows[end];
    if ((ready & EPOLLERR) != 0)
      end_is_gone(*on, end);
    else if ((ready & (EPOLLIN | EPOLLHUP)) != 0 && path.wants_bytes())
      read(*on, path);
    else if ((ready & EPOLLHUP) != 0) {
      loop_.unwatch(on->ends[end].get()); // otherwise it would be reported for ever
      on->parked[end] = true;
    }
    if ((ready & EPOLLOUT) != 0)
      on->flows[1 - end].blocked = false;
    move_on(*on);
  }

  void silence(link& on) {
    if (std::exchange(on.silent, true))
      return;
    ++seen_.silenced;
    for (auto& path : on.flows) {
      path.apply({});
      path.faults.vanish = path.lost = true;
      path.drop_held();
    }
  }

  void read(link& on, flow& path) {
    const auto before = std::exchange(on.last_byte, clock::now());
    const auto limit = faults_.forgets_idle_after;
    if (limit.count() > 0 && on.last_byte - before > limit)
      silence(on);
    std::string bytes(64 << 10, '\0');
    const auto size = ::recv(on.ends[path.source].get(), bytes.data(), bytes.size(), 0);
    if (size < 0)
      return errno == EAGAIN || errno == EINTR ? void() : end_is_gone(on, path.source);
    path.ended = size == 0;
    if (on.silent && path.ended && path.source == 0)
      return finish(on, true); // the client has gone: nobody would notice the silence
    bytes.resize(static_cast<std::size_t>(size));
    if (path.faults.vanish || !on.ends[path.sink]) {
      path.lost = true;
      seen_.bytes_vanished += bytes.size();
    } else if (!bytes.empty()) {
      path.garble(bytes);
      const auto due = path.due_now();
      path.held_bytes += bytes.size();
      path.held.push_back({std::move(bytes), 0, due});
    }
  }

  /// Forwards the bytes that may be forwarded now, and waits for the next event.
  void move_on(link& on) {
    for (auto& path : on.flows)
      if (!on.over && on.ends[path.sink])
        hand_on(on, path);
    if (on.over)
      return;
    if (on.flows[0].shut && on.flows[1].shut)
      finish(on, false);
    else
      watch(on);
  }

  void hand_on(link& on, flow& path) {
    while (!path.held.empty() && !path.blocked) {
      auto& first = path.held.front();
      const auto when = std::max(first.due, path.throttled_until);
      if (when > clock::now())
        return hand_on_later(on, path, when);
      const auto size = ::send(on.ends[path.sink].get(), first.bytes.data() + first.sent,
                               sendable(path, first), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (size < 0 && errno != EAGAIN && errno != EINTR)
        return end_is_gone(on, path.sink);
      path.blocked = size < 0 && errno == EAGAIN;
      if (size <= 0)
        continue;
      if (count_sent(path, static_cast<std::size_t>(size)))
        return finish(on, true);
    }
    if (path.held.empty() && path.ended && !path.lost && !path.shut) {
      ::shutdown(on.ends[path.sink].get(), SHUT_WR);
      path.shut = true;
    }
  }

  static std::size_t sendable(const flow& path, const piece& first) {
    auto size = first.bytes.size() - first.sent;
    if (path.faults.bytes_per_second > 0) // in fiftieths of a second
      size = std::min(size, std::max<std::size_t>(path.faults.bytes_per_second / 50, 1));
    if (path.bytes_to_cut)
      size = static_cast<std::size_t>(std::min<std::uint64_t>(size, *path.bytes_to_cut));
    return size;
  }

  /// Whether the connection must be cut now.
  bool count_sent(flow& path, std::size_t size) {
    (path.source == 0 ? seen_.bytes_to_server : seen_.bytes_to_client) += size;
    auto& first = path.held.front();
    first.sent += size;
    path.held_bytes -= size;
    if (first.sent == first.bytes.size())
      path.held.pop_front();
    if (path.faults.bytes_per_second > 0)
      path.throttled_until =
          clock::now()
          + std::chrono::nanoseconds{1'000'000'000 * size / path.faults.bytes_per_second};
    if (path.bytes_to_cut)
      *path.bytes_to_cut -= size;
    return path.bytes_to_cut && *path.bytes_to_cut == 0;
  }

  void hand_on_later(link& on, flow& path, clock::time_point when) {
    loop_.cancel(path.timer);
    path.timer = loop_.call_at(when, [this, number = on.number] {
      if (const auto found = links_.find(number); found != links_.end())
        move_on(*link_ptr{found->second});
    });
  }

  /// The peer has reset the connection. The other side is told, unless that vanishes, too.
  void end_is_gone(link& on, int end) {
    auto& path = on.flows[end];
    if (!path.faults.vanish || (on.silent && end == 0))
      return finish(on, true);
    path.lost = path.ended = true;
    loop_.unwatch(on.ends[end].get());
    on.ends[end] = {};
    on.flows[1 - end].drop_held();
  }

  void finish(link& on, bool by_reset) {
    on.over = true;
    for (auto& path : on.flows)
      loop_.cancel(path.timer);
    for (auto& end : on.ends) {
      if (!end)
        continue;
      loop_.unwatch(end.get());
      if (by_reset)
        reset(end);
    }
    links_.erase(on.number); // may be the last owner: `on` must not be used after this
  }

  const std::uint16_t server_port_;
  const std::uint64_t seed_;
  port_lease port_;
  event_loop loop_;
  std::string host_ = "127.0.0.1";
  io::unique_fd listener_;
  faults faults_;
  std::map<std::uint64_t, link_ptr> links_;
  traffic seen_;
  bool stopping_ = false;

  std::mutex mutex_;
  std::vector<std::packaged_task<void()>> tasks_;
  std::thread thread_;
};

fault_proxy::fault_proxy(const std::string& server_url, std::uint64_t seed) {
  const auto scheme = server_url.find("://");
  const auto host = scheme == std::string::npos ? 0 : scheme + 3;
  const auto path = std::min(server_url.find('/', host), server_url.size());
  const auto port = server_url.rfind(':', path);
  if (port == std::string::npos || port < host)
    throw std::runtime_error{"no port in " + server_url};
  const auto number = std::stoul(server_url.substr(port + 1, path - port - 1));
  relay_ = std::make_unique<relay>(static_cast<std::uint16_t>(number), seed);
  url_ = server_url.substr(0, host) + relay_->address() + server_url.substr(path);
}

fault_proxy::~fault_proxy() = default;

void fault_proxy::set(const faults& what) {
  relay_->perform([&] { relay_->set(what); });
}

void fault_proxy::cut() {
  relay_->perform([&] { relay_->cut(); });
}

void fault_proxy::move_to(const std::string& host) {
  relay_->perform([&] { relay_->move_to(host); });
}

void fault_proxy::silence() {
  relay_->perform([&] { relay_->silence(); });
}

traffic fault_proxy::seen() const {
  traffic result;
  relay_->perform([&] { result = relay_->seen(); });
  return result;
}

} // namespace meme::test
