#pragma once

#include <limits>
#include <string>

#include "bench/figures.hpp"
#include "bench/test_bed.hpp"

namespace meme::bench {

constexpr double not_known = std::numeric_limits<double>::quiet_NaN();

/// How fast a worker emptied a queue that was full before it started.
struct batch {
  double per_s = not_known;    ///< messages settled
  double cpu_us = not_known;   ///< of the worker, a message
  double switches = not_known; ///< of context in the worker, a message
  double peak_rss_mib = 0;     ///< of the worker, ever
  double threads = 0;          ///< of the worker, at the end
  double servers_busy = 0;     ///< share of the server core that NATS, Redis, model and driver used
  double strangers_busy = 0;   ///< share of a core that others used: noise
  double errors = 0;           ///< answers without a picture

  void put_into(figures& all, const std::string& prefix) const;
};

/// Queues `what.requests`, starts the worker and waits until all are settled. It measures the
/// middle: from the time when a tenth is settled (with misses: all requests that were first in
/// flight, so that complete waves of a model with a fixed latency are measured) to nearly the end.
/// It reads progress from the consumer; nobody subscribes to the answers, which would cost the
/// server more than receiving them.
batch run_batch(test_bed& bed, const load& what, worker_kind kind);

/// A batch by the limit loop and one by the service, in an order that changes with the round,
/// because the machine's speed drifts. Figures `limit_…`, `service_…` and `ratio` of their
/// messages/s.
figures run_beside_limit(test_bed& bed, const load& what, std::size_t round);

} // namespace meme::bench
