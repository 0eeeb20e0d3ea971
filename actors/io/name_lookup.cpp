#include "actors/io/name_lookup.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <caf/all.hpp>

namespace meme::io {

namespace {

struct list_deleter {
  void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};

bool is_numeric(const std::string& host) {
  unsigned char buffer[sizeof(in6_addr)];
  return ::inet_pton(AF_INET, host.c_str(), buffer) == 1
         || ::inet_pton(AF_INET6, host.c_str(), buffer) == 1;
}

} // namespace

std::atomic<int> name_lookup::running_{0};

/// Belongs to the thread of the look-up until that writes to `signal`, then to the loop's thread.
struct name_lookup::shared_answer {
  std::vector<std::string> addresses;
  std::string error;
  unique_fd signal{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};

  void find(const std::string& host) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* first = nullptr;
    const auto status = ::getaddrinfo(host.c_str(), nullptr, &hints, &first);
    const auto problem = errno;
    const std::unique_ptr<addrinfo, list_deleter> list{status == 0 ? first : nullptr};
    if (status != 0)
      error = status == EAI_SYSTEM ? std::strerror(problem) : ::gai_strerror(status);
    // IPv4 first, like hiredis: Redis often listens on 127.0.0.1 and not on ::1.
    for (const auto family : {AF_INET, AF_INET6})
      for (const auto* each = list.get(); each != nullptr; each = each->ai_next) {
        char text[NI_MAXHOST];
        if (each->ai_family == family
            && ::getnameinfo(each->ai_addr, each->ai_addrlen, text, sizeof text, nullptr, 0,
                             NI_NUMERICHOST)
                   == 0)
          addresses.emplace_back(text);
      }
    if (addresses.empty() && error.empty())
      error = "it has no address";
  }
};

name_lookup::name_lookup(caf::actor_system& system, event_loop& loop)
    : system_(system), loop_(loop) {}

name_lookup::~name_lookup() {
  if (pending_)
    loop_.unwatch(pending_->signal.get());
}

void name_lookup::start(const std::string& host, callback done) {
  if (is_numeric(host))
    return done({host}, {});
  done_ = std::move(done);
  if (pending_)
    return;
  pending_ = std::make_shared<shared_answer>();
  if (!pending_->signal)
    throw std::system_error(errno, std::generic_category(), "name look-up");
  loop_.watch(pending_->signal.get(), EPOLLIN, [this](std::uint32_t) { on_answer(); });
  ++running_;
  // Hidden: only the system's own destructor waits for its end. The answer is an argument, because
  // CAF 0.17 binds a reference to null if a function is spawned without arguments.
  auto look_up = [](const std::shared_ptr<shared_answer>& answer, const std::string& name) {
    answer->find(name);
    --running_;
    const std::uint64_t one = 1;
    [[maybe_unused]] auto written = ::write(answer->signal.get(), &one, sizeof one);
  };
  system_.spawn<caf::detached + caf::hidden>(look_up, pending_, host);
}

void name_lookup::on_answer() {
  const auto answer = std::move(pending_);
  pending_ = nullptr;
  std::uint64_t count = 0;
  [[maybe_unused]] auto read = ::read(answer->signal.get(), &count, sizeof count);
  loop_.unwatch(answer->signal.get());
  auto& addresses = answer->addresses;
  if (addresses.size() > 1) {
    const auto first = static_cast<std::ptrdiff_t>(turn_ % addresses.size());
    std::rotate(addresses.begin(), addresses.begin() + first, addresses.end());
  }
  if (const auto done = std::exchange(done_, {}))
    done(addresses, answer->error);
}

} // namespace meme::io
