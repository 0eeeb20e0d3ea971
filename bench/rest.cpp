// What the service costs before the first request, and without any.

#include <chrono>
#include <thread>

#include "bench/cases.hpp"
#include "bench/test_bed.hpp"
#include "bench/usage.hpp"

namespace meme::bench {

namespace {

figures start_and_idle(test_bed& bed, const effort& much) {
  using clock = std::chrono::steady_clock;
  const std::chrono::duration<double> settling{much.quick ? 0.2 : 2.0};
  const std::chrono::duration<double> watched{much.quick ? 0.5 : 10.0};
  const auto started = clock::now();
  auto who = bed.start(worker_kind::service, load{});
  const std::chrono::duration<double, std::milli> ready = clock::now() - started;
  std::this_thread::sleep_for(settling);
  const auto begin = usage_of(who.pid());
  std::this_thread::sleep_for(watched);
  const auto end = usage_of(who.pid());
  return {{"ready_ms", ready.count()},
          {"idle_cpu_percent", (end.cpu_s - begin.cpu_s) / watched.count() * 100},
          {"idle_switches_per_s", (end.switches - begin.switches) / watched.count()},
          {"rss_mib", end.rss_mib},
          {"threads", end.threads}};
}

} // namespace

std::vector<bench_case> rest_cases(const effort& much) {
  return {{"rest/service", true, false, [](test_bed&) {},
           [much](test_bed& bed, std::size_t) { return start_and_idle(bed, much); }}};
}

} // namespace meme::bench
