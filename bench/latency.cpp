// How much longer an answer takes than the model does, at rates below the service's capacity.

#include <algorithm>
#include <chrono>
#include <memory>

#include "bench/cases.hpp"
#include "bench/model_probe.hpp"
#include "bench/open_loop.hpp"
#include "bench/test_bed.hpp"
#include "bench/usage.hpp"

namespace meme::bench {

namespace {

/// The highest steady rate that the service can handle, while the driver publishes and subscribes
/// on the servers' core. It is lower than with a full queue, because single messages cost all
/// programs more, most of all the server. Found by bisection below `highest`.
double capacity(test_bed& bed, const load& what, double highest, const effort& much) {
  auto who = bed.start(worker_kind::service, what);
  const auto seconds = much.quick ? 0.1 : 0.7;
  double kept = highest / 100, missed = highest;
  for (int step = 0; step < (much.quick ? 2 : 6); ++step) {
    const auto rate = (kept + missed) / 2;
    const auto requests = bed.requests(what, static_cast<std::size_t>(rate * seconds));
    const auto loop = run_open_loop(bed.nats.url(), requests, rate);
    const auto last_answer_s = loop.seconds - what.latency_ms / 1e3;
    (last_answer_s < seconds * 1.04 + 0.01 ? kept : missed) = rate;
  }
  return kept;
}

/// One open loop, with prefixed figures.
void put_latencies(figures& all, test_bed& bed, const load& what, worker_kind kind) {
  const auto prefix = std::string{kind == worker_kind::service ? "service" : "limit"};
  auto who = bed.start(kind, what, true);
  const auto requests = bed.requests(what, what.requests);
  // The model's own time is asked at the same load, from beside the service.
  const auto probe = kind == worker_kind::service && what.latency_ms > 0
                         ? std::make_unique<model_probe>(bed.model->model_url())
                         : nullptr;
  const auto worker_before = cpu_s_of(who.pid());
  const auto servers_before = bed.servers_cpu_s();
  const strangers others{worker_before, servers_before};
  const auto loop = run_open_loop(bed.nats.url(), requests, all["rate"]);
  const auto servers_s = bed.servers_cpu_s() - servers_before;
  const auto worker_s = cpu_s_of(who.pid()) - worker_before;
  const auto strange = others.busy(worker_before + worker_s, servers_before + servers_s);
  const auto model_ms = probe ? probe->stop() : 0;
  all[prefix + "_p50_ms"] = loop.p50_ms - model_ms;
  all[prefix + "_p99_ms"] = loop.p99_ms - model_ms;
  all[prefix + "_p999_ms"] = loop.p999_ms - model_ms;
  all[prefix + "_servers_busy"] = servers_s / loop.seconds;
  all[prefix + "_cpu_us"] = worker_s / static_cast<double>(requests.size()) * 1e6;
  all["model_ms"] = std::max(all["model_ms"], model_ms);
  all["strangers_busy"] = std::max(all["strangers_busy"], strange);
  all["errors"] += who.errors() + static_cast<double>(loop.lost);
}

figures latencies(test_bed& bed, load what, double rate, const effort& much) {
  const auto seconds = much.quick ? 0.5 : what.latency_ms > 0 ? 4.0 : 2.0;
  what.requests = std::max<std::size_t>(100, static_cast<std::size_t>(rate * seconds));
  figures all{{"rate", rate}};
  put_latencies(all, bed, what, worker_kind::limit_loop);
  put_latencies(all, bed, what, worker_kind::service);
  for (const auto* percentile : {"p50_ms", "p99_ms"}) {
    const std::string name = percentile;
    all["added_" + name] = all["service_" + name] - all["limit_" + name];
  }
  return all;
}

void add_rates(std::vector<bench_case>& to, const std::string& name, const load& what,
               double highest, const effort& much,
               nats_collector collector = nats_collector::usual) {
  const auto most = std::make_shared<double>(0);
  for (const auto percent : {10, 50, 80})
    to.push_back({name + "-" + std::to_string(percent) + "%", percent == 10, false,
                  [=](test_bed& bed) {
                    bed.prepare(what);
                    if (*most == 0)
                      *most = capacity(bed, what, highest, much);
                  },
                  [=](test_bed& bed, std::size_t) {
                    return latencies(bed, what, *most * percent / 100, much);
                  },
                  collector});
}

} // namespace

std::vector<bench_case> latency_cases(const effort& much) {
  std::vector<bench_case> result;
  load hits;
  hits.in_flight = 1'000;
  add_rates(result, "latency/hit-1KB", hits, 80'000, much);
  load misses;
  misses.bytes = 20'000;
  misses.latency_ms = 100;
  misses.in_flight = 1'000;
  misses.known = 0;
  add_rates(result, "latency/miss-20KB", misses, 10'000, much);
  add_rates(result, "latency/miss-20KB-no-GC", misses, 10'000, much, nats_collector::off);
  return result;
}

} // namespace meme::bench
