// Throughput and cost of full queues: hits, misses, and both.

#include <algorithm>

#include "bench/batch.hpp"
#include "bench/cases.hpp"

namespace meme::bench {

namespace {

std::string kilobytes(std::size_t bytes) {
  return std::to_string(bytes / 1'000) + "KB";
}

bench_case beside_limit(const std::string& name, const load& what) {
  return {name, true, false, [what](test_bed& bed) { bed.prepare(what); },
          [what](test_bed& bed, std::size_t round) { return run_beside_limit(bed, what, round); }};
}

/// Adds what nobody can surpass with a model of this latency: Little's law, or the limit loop.
figures with_ideal(figures all, const load& what) {
  auto ideal = all["limit_per_s"];
  if (what.latency_ms > 0)
    ideal = std::min(ideal, static_cast<double>(what.in_flight) * 1'000 / what.latency_ms);
  all["ideal_per_s"] = ideal;
  all["of_ideal"] = all["service_per_s"] / ideal;
  return all;
}

/// A batch of ten waves, or of less where that is ten seconds or so of work: the first and the last
/// one take a moment longer than those between.
std::size_t miss_requests(const load& what, const effort& much) {
  if (much.quick)
    return std::max<std::size_t>(200, what.in_flight);
  const auto most =
      what.bytes > 100'000 ? std::size_t{8'000} : std::max<std::size_t>(20'000, what.in_flight * 5);
  const auto waves = what.latency_ms == 0 ? what.in_flight * 5
                                          : what.in_flight * std::max(10, 3'000 / what.latency_ms);
  return std::max(what.in_flight * 3 / 2, std::clamp<std::size_t>(waves, 400, most));
}

bench_case miss_case(load what, const effort& much) {
  what.known = 0;
  if (what.requests == 0)
    what.requests = miss_requests(what, much);
  what.limit_requests = much.scaled(what.bytes > 100'000 ? 8'000 : 30'000, 0);
  const auto name = "misses/" + kilobytes(what.bytes) + "-" + std::to_string(what.latency_ms)
                    + "ms-" + std::to_string(what.in_flight);
  auto result = beside_limit(name, what);
  // What others' rounds left in the caches must not slow this one down.
  result.run = [what](test_bed& bed, std::size_t round) {
    bed.redis.run({"FLUSHALL"});
    return with_ideal(run_beside_limit(bed, what, round), what);
  };
  result.quick = what.bytes == 20'000 && what.latency_ms < 1'000 && what.in_flight <= 1'000;
  return result;
}

} // namespace

std::vector<bench_case> hit_cases(const effort& much) {
  std::vector<bench_case> result;
  for (const auto in_process : {true, false})
    for (const std::size_t bytes : {1'000, 20'000, 100'000, 500'000}) {
      load what;
      what.bytes = bytes;
      // Enough to keep everybody busy, and of large pictures no more than the byte budget lets be.
      what.in_flight = bytes <= 20'000 ? 1'000 : bytes <= 100'000 ? 256 : 64;
      what.in_process_tier = in_process;
      // From Redis, equal requests in flight would share one look-up.
      what.known = in_process ? 16 : 2 * what.in_flight;
      const std::size_t usual = bytes == 1'000    ? 60'000
                                : bytes == 20'000 ? 30'000
                                                  : 1'600'000'000 / bytes;
      what.requests = much.scaled(usual, 1'000);
      result.push_back(
          beside_limit("hits/" + kilobytes(bytes) + (in_process ? "-in-process" : "-redis"), what));
    }
  return result;
}

std::vector<bench_case> miss_cases(const effort& much) {
  std::vector<bench_case> result;
  for (const std::size_t bytes : {20'000, 200'000})
    for (const int latency_ms : {0, 100, 1'000})
      for (const std::size_t in_flight : {100, 1'000, 10'000}) {
        load what;
        what.bytes = bytes;
        what.latency_ms = latency_ms;
        what.in_flight = in_flight;
        result.push_back(miss_case(what, much));
      }
  load goal; // what is promised
  goal.bytes = 20'000;
  goal.latency_ms = 1'000;
  goal.in_flight = 2'000;
  // All begin at once, and come back as waves: only by and by they spread over the second.
  goal.requests = much.scaled(60'000, 2'000);
  result.push_back(miss_case(goal, much));
  load mixed;
  mixed.bytes = 20'000;
  mixed.latency_ms = 100;
  mixed.in_flight = 1'000;
  mixed.miss_every = 10;
  mixed.requests = much.scaled(40'000, 2'000);
  result.push_back(beside_limit("mixed/20KB-100ms-90-to-10", mixed));
  return result;
}

} // namespace meme::bench
