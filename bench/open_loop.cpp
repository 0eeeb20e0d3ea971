#include "bench/open_loop.hpp"

#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <thread>

#include "bench/publisher.hpp"
#include "client/connection.hpp"
#include "test/support/eventually.hpp"

namespace meme::bench {

namespace {

using client::check;
using client::nats_ptr;
using clock = std::chrono::steady_clock;

nats_ptr<natsConnection> connect(const std::string& url) {
  natsOptions* raw = nullptr;
  check(natsOptions_Create(&raw), "make NATS options");
  const nats_ptr<natsOptions> options{raw};
  check(natsOptions_SetURL(raw, url.c_str()), "use " + url);
  natsConnection* connection = nullptr;
  check(natsConnection_Connect(&connection, raw), "connect to " + url);
  return nats_ptr<natsConnection>{connection};
}

/// The driver shares a core with the servers, and runs only briefly. It must run without delay,
/// because its delays would be measured as the worker's. So it sets a timer slack of 0 instead of
/// 50 µs, and requests short time slices, which are scheduled earlier (Linux 6.12; its threads
/// inherit both). If the kernel refuses this, latencies are higher.
class prompt_thread {
public:
  prompt_thread() {
    ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    set_slice(100'000);
  }
  ~prompt_thread() {
    ::prctl(PR_SET_TIMERSLACK, 0UL, 0UL, 0UL, 0UL); // 0: the usual one
    set_slice(0);
  }
  prompt_thread(const prompt_thread&) = delete;
  prompt_thread& operator=(const prompt_thread&) = delete;

private:
  static void set_slice(std::uint64_t nanoseconds) {
    // The first version of struct sched_attr, that glibc has not known for long.
    struct {
      std::uint32_t size = 48;
      std::uint32_t policy = SCHED_OTHER;
      std::uint64_t flags = 0;
      std::int32_t nice = 0;
      std::uint32_t priority = 0;
      std::uint64_t runtime = 0;
      std::uint64_t deadline = 0;
      std::uint64_t period = 0;
    } attributes;
    attributes.runtime = nanoseconds;
    ::syscall(SYS_sched_setattr, 0, &attributes, 0);
  }
};

/// When each request was sent, and how long its answer took. Written by two threads, but each
/// element by one, and read only when all are there.
class timings {
public:
  explicit timings(std::size_t count) : sent_(count), took_ns_(count, -1) {}

  void sending(std::size_t number) { sent_[number].store(now_ns(), std::memory_order_release); }

  void answered(const char* data, std::size_t length, bool good) {
    // The request's number stands near the start of its answer.
    const auto* hash =
        static_cast<const char*>(std::memchr(data, '#', std::min<std::size_t>(length, 64)));
    const auto number = hash == nullptr ? sent_.size() : std::strtoul(hash + 1, nullptr, 10);
    if (good && number < sent_.size())
      took_ns_[number] = now_ns() - sent_[number].load(std::memory_order_acquire);
    else
      ++bad_;
    ++answers_;
  }

  std::size_t answers() const { return answers_; }

  open_loop summary() const {
    // The first tenth warms up whatever is cold.
    std::vector<std::int64_t> all(
        took_ns_.begin() + static_cast<std::ptrdiff_t>(took_ns_.size() / 10), took_ns_.end());
    open_loop result;
    result.lost = bad_ + sent_.size() - answers_;
    all.erase(std::remove(all.begin(), all.end(), -1), all.end());
    std::sort(all.begin(), all.end());
    const auto quantile = [&](double share) {
      const auto place = static_cast<std::size_t>(share * static_cast<double>(all.size()));
      return all.empty() ? 0 : static_cast<double>(all[std::min(place, all.size() - 1)]) / 1e6;
    };
    result.p50_ms = quantile(0.5);
    result.p99_ms = quantile(0.99);
    result.p999_ms = quantile(0.999);
    return result;
  }

private:
  static std::int64_t now_ns() {
    return std::chrono::nanoseconds{clock::now().time_since_epoch()}.count();
  }

  std::vector<std::atomic<std::int64_t>> sent_;
  std::vector<std::int64_t> took_ns_; ///< -1: no answer
  std::atomic<std::size_t> answers_{0};
  std::atomic<std::size_t> bad_{0};
};

void on_answer(natsConnection*, natsSubscription*, natsMsg* answer, void* closure) {
  static_cast<timings*>(closure)->answered(
      natsMsg_GetData(answer), static_cast<std::size_t>(natsMsg_GetDataLength(answer)),
      std::strcmp(natsMsg_GetSubject(answer), "meme.response") == 0);
  natsMsg_Destroy(answer);
}

nats_ptr<natsSubscription> listen(natsConnection& connection, const char* subject, timings& to) {
  natsSubscription* raw = nullptr;
  check(natsConnection_Subscribe(&raw, &connection, subject, on_answer, &to), "subscribe");
  check(natsSubscription_SetPendingLimits(raw, -1, -1), "hold all answers");
  return nats_ptr<natsSubscription>{raw};
}

/// Those that are due within this time go out together. At less than so many a second each goes out
/// by itself.
constexpr std::chrono::microseconds together{250};

void publish_all(publisher& to, const std::vector<std::string>& requests, double per_second,
                 timings* noted) {
  const auto start = clock::now();
  const auto due = [&](std::size_t number) {
    const std::chrono::duration<double> offset{static_cast<double>(number) / per_second};
    return start + std::chrono::duration_cast<clock::duration>(offset);
  };
  for (std::size_t next = 0; next < requests.size();) {
    std::this_thread::sleep_until(due(next));
    const auto end = std::max(clock::now(), due(next) + together);
    const auto first = next;
    do
      to.add("meme.request", requests[next]);
    while (++next < requests.size() && due(next) < end);
    for (auto i = first; noted != nullptr && i < next; ++i)
      noted->sending(i);
    to.send();
  }
}

} // namespace

open_loop run_open_loop(const std::string& url, const std::vector<std::string>& requests,
                        double per_second) {
  const prompt_thread here;
  timings noted{requests.size()};
  const auto listener = connect(url); // before the subscriptions, which go first
  const auto results = listen(*listener, "meme.response", noted);
  const auto errors = listen(*listener, "meme.response.error", noted);
  check(natsConnection_Flush(listener.get()), "subscribe");
  publisher requester{url};
  const auto start = clock::now();
  publish_all(requester, requests, per_second, &noted);
  test::eventually([&] { return noted.answers() >= requests.size(); });
  const std::chrono::duration<double> taken = clock::now() - start;
  // No callback runs any more when the connection is closed.
  natsConnection_Close(listener.get());
  auto result = noted.summary();
  result.seconds = taken.count();
  return result;
}

void publish_evenly(const std::string& url, const std::vector<std::string>& requests,
                    double per_second) {
  const prompt_thread here;
  publisher requester{url};
  publish_all(requester, requests, per_second, nullptr);
  requester.flush();
}

} // namespace meme::bench
