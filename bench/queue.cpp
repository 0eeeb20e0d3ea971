// Whether the cost of a message depends on how many wait behind it, or are in work beside it.

#include <algorithm>
#include <csignal>
#include <stdexcept>

#include "bench/cases.hpp"
#include "bench/test_bed.hpp"
#include "bench/usage.hpp"

namespace meme::bench {

namespace {

struct cost {
  double cpu_us = 0; ///< a message
  double peak_rss_mib = 0;
  double strangers_busy = 0;
  double errors = 0;
};

/// Lets a worker empty the queue of `queued` messages, repeatedly, until `total` are done. The
/// worker is stopped while the queue is filled, so that the queue has this length and the worker's
/// CPU time is spent only on messages.
cost cost_of(test_bed& bed, const load& what, std::size_t queued, std::size_t total,
             worker_kind kind) {
  using clock = std::chrono::steady_clock;
  auto who = bed.start(kind, what);
  double cpu_s = 0, strange_s = 0, seconds = 0;
  for (std::size_t done = 0; done < total; done += queued) {
    const auto all = bed.requests(what, queued);
    who.process().stop();
    bed.client.enqueue_all("meme.request", all);
    const auto cpu_before = cpu_s_of(who.pid());
    const strangers others{cpu_before, bed.servers_cpu_s()};
    const auto started = clock::now();
    who.process().cont();
    if (!bed.drained())
      throw std::runtime_error{"the queue is not emptied"};
    const auto cpu_after = cpu_s_of(who.pid());
    const std::chrono::duration<double> taken = clock::now() - started;
    strange_s += others.busy(cpu_after, bed.servers_cpu_s()) * taken.count();
    cpu_s += cpu_after - cpu_before;
    seconds += taken.count();
  }
  return {cpu_s / static_cast<double>(total) * 1e6, usage_of(who.pid()).peak_rss_mib,
          strange_s / seconds, who.errors()};
}

figures both_costs(test_bed& bed, const load& what, std::size_t queued, std::size_t total) {
  const auto limit = cost_of(bed, what, queued, total, worker_kind::limit_loop);
  const auto service = cost_of(bed, what, queued, total, worker_kind::service);
  return {{"limit_cpu_us", limit.cpu_us},
          {"service_cpu_us", service.cpu_us},
          {"service_peak_rss_mib", service.peak_rss_mib},
          {"strangers_busy", std::max(limit.strangers_busy, service.strangers_busy)},
          {"errors", service.errors}};
}

load small_hits(std::size_t in_flight) {
  load what;
  what.in_flight = in_flight;
  return what;
}

/// The longest queue against the shortest one, in the same round.
figures flatness(test_bed& bed, std::size_t longest, std::size_t shortest) {
  const auto what = small_hits(64);
  const auto few = cost_of(bed, what, shortest, longest, worker_kind::service);
  const auto many = cost_of(bed, what, longest, longest, worker_kind::service);
  return {{"cpu_growth", many.cpu_us / few.cpu_us},
          {"rss_growth", many.peak_rss_mib / few.peak_rss_mib},
          {"errors", few.errors + many.errors}};
}

} // namespace

std::vector<bench_case> queue_cases(const effort& much) {
  std::vector<bench_case> result;
  const auto prepare = [](test_bed& bed) { bed.prepare(load{}); };
  const auto total = much.scaled(100'000, 1'000);
  for (const std::size_t queued : {1'000, 10'000, 100'000}) {
    const auto fits = std::min(queued, total);
    result.push_back(
        {"queue/" + std::to_string(queued) + " queued", queued == 1'000, false, prepare,
         [=](test_bed& bed, std::size_t) { return both_costs(bed, small_hits(64), fits, total); }});
  }
  for (const std::size_t in_flight : {10, 100, 1'000, 10'000}) {
    const auto fits = much.scaled(20'000, 1'000);
    result.push_back({"queue/" + std::to_string(in_flight) + " in flight", in_flight == 10, false,
                      prepare, [=](test_bed& bed, std::size_t) {
                        return both_costs(bed, small_hits(in_flight), fits, fits * 2);
                      }});
  }
  result.push_back({"queue/flatness", false, false, prepare, [=](test_bed& bed, std::size_t) {
                      return flatness(bed, total, std::min<std::size_t>(total, 1'000));
                    }});
  return result;
}

} // namespace meme::bench
