#include "bench/batch.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "bench/usage.hpp"

namespace meme::bench {

namespace {

using clock = std::chrono::steady_clock;

/// The state of a batch at one moment.
struct mark {
  clock::time_point at;
  double settled = 0;
  usage worker;
  double servers_cpu_s = 0;
};

/// Waits until at least `settled` of `total` are. The count belongs to the time that is taken with
/// it, however late the poll.
mark wait_for(test_bed& bed, worker& who, double settled, double total) {
  constexpr auto patience = std::chrono::minutes{5};
  const auto deadline = clock::now() + patience;
  for (;;) {
    mark now;
    now.settled = total - static_cast<double>(bed.unsettled());
    now.at = clock::now();
    if (now.settled >= settled) {
      now.worker = usage_of(who.pid());
      now.servers_cpu_s = bed.servers_cpu_s();
      return now;
    }
    if (now.at > deadline || !who.process().running())
      throw std::runtime_error{"a batch does not end:\n"
                               + test::last_lines(who.process().err(), 10)};
    std::this_thread::sleep_for(std::chrono::milliseconds{3});
  }
}

} // namespace

void batch::put_into(figures& all, const std::string& prefix) const {
  all[prefix + "_per_s"] = per_s;
  all[prefix + "_cpu_us"] = cpu_us;
  all[prefix + "_switches"] = switches;
  all[prefix + "_peak_rss_mib"] = peak_rss_mib;
  all[prefix + "_threads"] = threads;
  all[prefix + "_servers_busy"] = servers_busy;
  all["strangers_busy"] = std::max(all["strangers_busy"], strangers_busy);
  all["errors"] += errors;
}

batch run_batch(test_bed& bed, const load& what, worker_kind kind) {
  bed.client.enqueue_all("meme.request", bed.requests(what, what.requests));
  auto who = bed.start(kind, what);
  const auto total = static_cast<double>(what.requests);
  const auto waves = kind == worker_kind::service && what.latency_ms > 0;
  const auto first =
      waves && what.in_flight < what.requests ? static_cast<double>(what.in_flight) : total / 10;
  const auto begin = wait_for(bed, who, first, total);
  const strangers others{begin.worker.cpu_s, begin.servers_cpu_s};
  const auto end = wait_for(bed, who, waves ? total : total * 0.95, total);
  const auto strange = others.busy(end.worker.cpu_s, end.servers_cpu_s);
  const auto seconds = std::chrono::duration<double>(end.at - begin.at).count();
  const auto messages = end.settled - begin.settled;
  const auto cpu_s = end.worker.cpu_s - begin.worker.cpu_s;
  wait_for(bed, who, total, total);
  const auto last = usage_of(who.pid());
  batch result;
  if (messages > 0) {
    result.per_s = messages / seconds;
    result.cpu_us = cpu_s / messages * 1e6;
    result.switches = (end.worker.switches - begin.worker.switches) / messages;
  } // else it was over before it could be looked at twice
  result.peak_rss_mib = last.peak_rss_mib;
  result.threads = last.threads;
  result.servers_busy = (end.servers_cpu_s - begin.servers_cpu_s) / seconds;
  result.strangers_busy = strange;
  result.errors = who.errors();
  return result;
}

figures run_beside_limit(test_bed& bed, const load& what, std::size_t round) {
  auto more = what;
  more.requests = std::max(what.requests, what.limit_requests);
  batch limit;
  const auto limit_first = round % 2 == 0;
  if (limit_first)
    limit = run_batch(bed, more, worker_kind::limit_loop);
  const auto service = run_batch(bed, what, worker_kind::service);
  if (!limit_first)
    limit = run_batch(bed, more, worker_kind::limit_loop);
  figures all;
  limit.put_into(all, "limit");
  service.put_into(all, "service");
  all["ratio"] = service.per_s / limit.per_s;
  return all;
}

} // namespace meme::bench
