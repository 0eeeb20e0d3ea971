// Three times as many requests as can be served, for a long time.

#include <algorithm>
#include <chrono>
#include <cmath>

#include "bench/cases.hpp"
#include "bench/open_loop.hpp"
#include "bench/test_bed.hpp"
#include "bench/usage.hpp"

namespace meme::bench {

namespace {

constexpr double overload_factor = 3;

/// The state at the end of a stretch of time.
struct sample {
  double at_s = 0;
  double settled = 0;
  double rss_mib = 0;
};

double rate_between(const sample& from, const sample& to) {
  return (to.settled - from.settled) / (to.at_s - from.at_s);
}

/// Each stretch is a tenth of the whole.
std::vector<sample> overload_for(test_bed& bed, const load& what, double per_second,
                                 double seconds) {
  constexpr int stretches = 10;
  using clock = std::chrono::steady_clock;
  auto who = bed.start(worker_kind::service, what);
  const auto start = clock::now();
  std::vector<sample> result;
  for (int i = 0; i <= stretches; ++i) {
    const auto state = bed.client.stream("MEMES");
    sample now;
    now.at_s = std::chrono::duration<double>(clock::now() - start).count();
    // A work queue keeps what is not yet acknowledged, and nothing else.
    now.settled =
        static_cast<double>(state.integer("/state/last_seq") - state.integer("/state/messages"));
    now.rss_mib = usage_of(who.pid()).rss_mib;
    result.push_back(now);
    if (i < stretches) {
      const auto count = static_cast<std::size_t>(per_second * seconds / stretches);
      publish_evenly(bed.nats.url(), bed.requests(what, count), per_second);
    }
  }
  return result;
}

figures overload(test_bed& bed, const load& what, const effort& much) {
  const auto capacity = static_cast<double>(what.in_flight) * 1'000 / what.latency_ms;
  const auto seconds = much.quick ? 3.0 : much.overload_s;
  const auto all = overload_for(bed, what, capacity * overload_factor, seconds);
  figures result{{"seconds", all.back().at_s - all.front().at_s},
                 {"offered_per_s", capacity * overload_factor},
                 {"peak_per_s", 0}};
  for (std::size_t i = 1; i < all.size(); ++i)
    result["peak_per_s"] = std::max(result["peak_per_s"], rate_between(all[i - 1], all[i]));
  result["sustained_per_s"] = rate_between(all[all.size() / 2], all.back());
  result["of_peak"] = result["sustained_per_s"] / result["peak_per_s"];
  result["rss_mib"] = all.back().rss_mib;
  result["rss_growth"] = all.back().rss_mib / all[1].rss_mib;
  // Requests that were not served are no errors: the test sends more than can be served.
  bed.make_queue();
  return result;
}

} // namespace

std::vector<bench_case> overload_cases(const effort& much) {
  load what;
  what.bytes = 20'000;
  what.latency_ms = 100;
  what.in_flight = 100;
  what.known = 0;
  return {{"overload/3x", true, true, [what](test_bed& bed) { bed.prepare(what); },
           [=](test_bed& bed, std::size_t) { return overload(bed, what, much); }}};
}

} // namespace meme::bench
