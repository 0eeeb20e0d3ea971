#include "actors/metrics/process_metrics.hpp"

#include <optional>

#include "actors/io/log.hpp"
#include "actors/io/process_stats.hpp"

namespace meme {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily family(const char* name, const char* help, MetricType type, double value) {
  ClientMetric metric;
  metric.gauge.value = value;
  metric.counter.value = value;
  return {name, help, type, {metric}};
}

MetricFamily build_info() {
  auto result =
      family("meme_generator_build_info", "1, with the build as labels", MetricType::Gauge, 1);
  result.metric.front().label = {{"compiler", __VERSION__}, {"version", MEME_VERSION}};
  return result;
}

} // namespace

std::vector<MetricFamily> process_metrics::Collect() const {
  const auto stats = io::read_process_stats();
  std::vector<MetricFamily> result;
  const auto add_gauge = [&](const char* name, const char* help, auto value) {
    if (value)
      result.push_back(family(name, help, MetricType::Gauge, static_cast<double>(*value)));
  };
  result.push_back(build_info());
  result.push_back(family("meme_generator_log_lines_dropped_total",
                          "Log lines for which standard error had no room", MetricType::Counter,
                          static_cast<double>(log::dropped_lines())));
  result.push_back(family("process_cpu_seconds_total", "User and system CPU time",
                          MetricType::Counter, stats.cpu_s));
  add_gauge("process_open_fds", "Open file descriptors", stats.open_descriptors);
  add_gauge("process_max_fds", "The limit of open file descriptors",
            std::optional{stats.max_descriptors});
  add_gauge("process_resident_memory_bytes", "Resident memory", stats.resident_bytes);
  add_gauge("process_virtual_memory_bytes", "Virtual memory", stats.virtual_bytes);
  add_gauge("process_start_time_seconds", "Start of the process, Unix time", stats.start_time_s);
  return result;
}

} // namespace meme
