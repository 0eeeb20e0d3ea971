#include "test/support/request_feed.hpp"

#include <stdexcept>
#include <utility>

namespace meme::test {

namespace {

using clock = std::chrono::steady_clock;

/// Much longer than a round trip, much shorter than an outage.
constexpr std::chrono::seconds acknowledgement_wait{1};

} // namespace

request_feed::request_feed(const std::string& url, double per_second, maker make,
                           std::chrono::milliseconds longest_outage)
    : per_second_{per_second},
      make_{std::move(make)},
      longest_outage_{longest_outage},
      thread_{[this, url] { run(url); }} {}

request_feed::~request_feed() {
  stopping_ = true;
  if (thread_.joinable())
    thread_.join();
}

void request_feed::stop() {
  stopping_ = true;
  if (thread_.joinable())
    thread_.join();
  if (failed_)
    throw std::runtime_error{"request " + std::to_string(stored_ + 1) + " cannot be stored"};
}

void request_feed::run(const std::string& url) try {
  nats_client client{url, acknowledgement_wait};
  const auto start = clock::now();
  for (std::uint64_t number = 1; !stopping_; ++number) {
    const std::chrono::duration<double> offset{static_cast<double>(number) / per_second_};
    const auto due = start + std::chrono::duration_cast<clock::duration>(offset);
    eventually([&] { return stopping_ || clock::now() >= due; });
    if (stopping_)
      return;
    if (!eventually([&] { return store(client, number); }, longest_outage_))
      throw std::runtime_error{"NATS does not come back"};
    stored_ = number;
  }
} catch (const std::exception&) {
  failed_ = true;
}

bool request_feed::store(nats_client& client, std::uint64_t number) try {
  client.enqueue("meme.request", make_(number),
                 {{"Nats-Msg-Id", "feed-" + std::to_string(number)}});
  return true;
} catch (const io::nats_error& problem) {
  if (problem.status() != NATS_NO_RESPONDERS) // else nobody can have stored it
    ++retries_;
  return false;
}

} // namespace meme::test
