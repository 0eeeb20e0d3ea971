#include "bench/report.hpp"

namespace meme::bench {

namespace {

const std::vector<column> batch_columns = {{"limit /s", "limit_per_s", 0},
                                           {"service /s", "service_per_s", 0},
                                           {"ratio", "ratio", 2},
                                           {"limit µs", "limit_cpu_us", 1},
                                           {"service µs", "service_cpu_us", 1},
                                           {"switches", "service_switches", 2},
                                           {"peak RSS MiB", "service_peak_rss_mib", 0},
                                           {"threads", "service_threads", 0},
                                           {"servers busy", "service_servers_busy", 2},
                                           {"limit's servers", "limit_servers_busy", 2},
                                           {"strangers", "strangers_busy", 2}};

std::vector<column> miss_columns() {
  auto result = batch_columns;
  result.insert(result.begin() + 2, {{"ideal /s", "ideal_per_s", 0}, {"of ideal", "of_ideal", 2}});
  return result;
}

std::vector<table> make_tables() {
  return {
      {"hits/", "Hits",
       "A full queue of requests for pictures that are in the cache. CPU time (µs) and context "
       "switches are the worker's, a message.",
       batch_columns},
      {"misses/", "Misses",
       "A full queue of requests for new pictures: size, latency of the model, messages in flight. "
       "The ideal is the number in flight by the latency, or the limit loop's rate where that is "
       "less; the model's stand-in shares the servers' core, and is the limit where that is busy.",
       miss_columns()},
      {"mixed/", "Nine hits to one miss", "", batch_columns},
      {"latency/",
       "Added latency",
       "Requests at an even rate, which does not wait for answers. From a request's publication to "
       "its answer's arrival in the driver, less the model's own time; so with both ways through "
       "the server. Percentiles in ms, of the limit loop and of the service; added is their "
       "difference. The rate is a share of the highest even one that the service keeps up with in "
       "this arrangement, where the driver works on the servers' core as well. *No GC*: with "
       "NATS's garbage collector switched off, which otherwise works on that same core.",
       {{"rate /s", "rate", 0},
        {"limit p50", "limit_p50_ms", 2},
        {"p99", "limit_p99_ms", 2},
        {"p99.9", "limit_p999_ms", 2},
        {"service p50", "service_p50_ms", 2},
        {"p99", "service_p99_ms", 2},
        {"p99.9", "service_p999_ms", 2},
        {"added p50", "added_p50_ms", 2},
        {"added p99", "added_p99_ms", 2},
        {"servers busy", "service_servers_busy", 2},
        {"strangers", "strangers_busy", 2}}},
      {"queue/",
       "Cost against the queue's length, and against messages in flight",
       "Hits of 1 KB, the same number of messages in each line, the queue filled again whenever it "
       "is empty. The worker sleeps meanwhile.",
       {{"limit µs", "limit_cpu_us", 1},
        {"service µs", "service_cpu_us", 1},
        {"peak RSS MiB", "service_peak_rss_mib", 1},
        {"strangers", "strangers_busy", 2}}},
      {"rest/",
       "Start, and nothing to do",
       "From the process's start until /readyz says 200, and then ten seconds without a request.",
       {{"ready ms", "ready_ms", 0},
        {"idle CPU %", "idle_cpu_percent", 3},
        {"switches /s", "idle_switches_per_s", 1},
        {"RSS MiB", "rss_mib", 1},
        {"threads", "threads", 0}}},
      {"overload/",
       "Overload",
       "Misses of 20 KB at 100 ms with 100 in flight, three times as many as can be served, for "
       "the "
       "time given. Messages/s over the last half against the best tenth; resident memory at the "
       "end against that after a tenth.",
       {{"seconds", "seconds", 0},
        {"offered /s", "offered_per_s", 0},
        {"peak /s", "peak_per_s", 0},
        {"sustained /s", "sustained_per_s", 0},
        {"of peak", "of_peak", 3},
        {"RSS MiB", "rss_mib", 1},
        {"RSS growth", "rss_growth", 3},
        {"errors", "errors", 0}}},
      {"instructions/",
       "Instructions",
       "Counted by Valgrind's callgrind, 1,000 messages, start and end left out.",
       {{"limit, 1,000s", "limit_kiloinstructions", 1},
        {"service, 1,000s", "service_kiloinstructions", 1}}},
  };
}

std::vector<goal> make_goals() {
  return {
      {"hits of 1 KB, of the limit loop's messages/s", "hits/1KB-in-process", "ratio", true, 0.5},
      {"hits of 1 KB, CPU µs a message", "hits/1KB-in-process", "service_cpu_us", false, 12},
      {"hits of 100 KB, of the limit loop's messages/s", "hits/100KB-in-process", "ratio", true,
       0.8},
      {"hits of 500 KB, of the limit loop's messages/s", "hits/500KB-in-process", "ratio", true,
       0.8},
      {"misses of 20 KB, 1 s, 2,000 in flight, of the ideal", "misses/20KB-1000ms-2000", "of_ideal",
       true, 0.95},
      {"10,000 in flight, errors", "misses/20KB-1000ms-10000", "errors", false, 0},
      {"10,000 in flight, peak RSS MiB", "misses/20KB-1000ms-10000", "service_peak_rss_mib", false,
       300},
      {"10,000 in flight, threads", "misses/20KB-1000ms-10000", "service_threads", false, 15},
      {"hit at half the capacity, added p50 ms", "latency/hit-1KB-50%", "added_p50_ms", false, 0.3},
      {"hit at half the capacity, added p99 ms", "latency/hit-1KB-50%", "added_p99_ms", false, 2},
      {"miss at half the capacity, added p50 ms", "latency/miss-20KB-50%", "added_p50_ms", false,
       0.5},
      {"the same with NATS's garbage collector off", "latency/miss-20KB-no-GC-50%", "added_p50_ms",
       false, 0.5},
      {"start to ready, ms", "rest/service", "ready_ms", false, 100},
      {"idle CPU, %", "rest/service", "idle_cpu_percent", false, 0.2},
      {"idle RSS, MiB", "rest/service", "rss_mib", false, 20},
      {"CPU a message, 100,000 queued against 1,000", "queue/flatness", "cpu_growth", false, 1.1},
      {"peak RSS, 100,000 queued against 1,000", "queue/flatness", "rss_growth", false, 1.1},
      {"overload, of the peak", "overload/3x", "of_peak", true, 0.95},
      {"overload, memory at the end against the beginning", "overload/3x", "rss_growth", false,
       1.1},
  };
}

} // namespace

const std::vector<table>& tables() {
  static const auto all = make_tables();
  return all;
}

const std::vector<goal>& goals() {
  static const auto all = make_goals();
  return all;
}

} // namespace meme::bench
