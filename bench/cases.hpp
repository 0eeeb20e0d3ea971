#pragma once

#include <vector>

#include "bench/figures.hpp"

namespace meme::bench {

// Each set of cases is a table of the report.

std::vector<bench_case> hit_cases(const effort& much);         ///< `hits/…`
std::vector<bench_case> miss_cases(const effort& much);        ///< `misses/…`, `mixed/…`
std::vector<bench_case> latency_cases(const effort& much);     ///< `latency/…`
std::vector<bench_case> queue_cases(const effort& much);       ///< `queue/…`
std::vector<bench_case> rest_cases(const effort& much);        ///< `rest/…`: start, and idleness
std::vector<bench_case> overload_cases(const effort& much);    ///< `overload/…`
std::vector<bench_case> instruction_cases(const effort& much); ///< `instructions/…`

} // namespace meme::bench
