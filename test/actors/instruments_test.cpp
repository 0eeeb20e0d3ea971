#define BOOST_TEST_MODULE instruments
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <map>
#include <set>
#include <string>

#include "actors/metrics/metrics.hpp"

using namespace meme;

namespace {

std::string type_of(const prometheus::MetricFamily& family) {
  using prometheus::MetricType;
  switch (family.type) {
  case MetricType::Counter:
    return "counter";
  case MetricType::Gauge:
    return "gauge";
  case MetricType::Histogram:
    return "histogram";
  default:
    return "unexpected";
  }
}

/// A line of the golden list: name, type and, where a family has labels, each label with the values
/// that exist at the start. What depends on the build is a `*`.
std::string line_of(const prometheus::MetricFamily& family) {
  auto line = family.name + ' ' + type_of(family);
  std::map<std::string, std::set<std::string>> values;
  for (auto& metric : family.metric)
    for (auto& label : metric.label)
      values[label.name].insert(family.name == "meme_generator_build_info" ? "*" : label.value);
  for (auto& [label, all] : values) {
    line += ' ' + label + '=';
    for (auto& value : all)
      line += (line.back() == '=' ? "" : ",") + value;
  }
  return line;
}

} // namespace

// Dashboards and alarms know these names: renaming one means changing the list, and them.
BOOST_AUTO_TEST_CASE(the_metrics_are_those_of_the_golden_list) {
  metrics all{std::make_shared<prometheus::Registry>()};
  std::set<std::string> lines;
  for (auto& family : all.collect())
    lines.insert(line_of(family));
  std::ifstream golden{MEME_SOURCE_DIR "/test/unit/golden/metrics.txt"};
  std::set<std::string> expected;
  for (std::string line; std::getline(golden, line);)
    expected.insert(line);
  BOOST_TEST(lines == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_counter_is_there_at_zero_from_the_start) {
  metrics all{std::make_shared<prometheus::Registry>(), 3};
  std::set<std::string> restarted;
  for (auto& family : all.collect()) {
    BOOST_TEST(!family.metric.empty(), family.name << " has no series");
    if (family.type != prometheus::MetricType::Counter || family.name.rfind("process_", 0) == 0)
      continue;
    for (auto& metric : family.metric) {
      BOOST_TEST(metric.counter.value == 0, family.name);
      if (family.name == "meme_generator_actor_restarts_total")
        restarted.insert(metric.label.front().value);
    }
  }
  for (auto* actor : {"model-client-0", "model-client-1", "model-client-2", "ingress"})
    BOOST_TEST(restarted.count(actor) == 1u, actor);
}

BOOST_AUTO_TEST_CASE(what_is_known_of_the_process_is_plausible) {
  metrics all{std::make_shared<prometheus::Registry>()};
  std::map<std::string, double> values;
  for (auto& family : all.collect())
    values[family.name] = family.metric.front().gauge.value;
  BOOST_TEST(values.at("meme_generator_build_info") == 1);
  BOOST_TEST(values.at("process_resident_memory_bytes") > 1e6);
  BOOST_TEST(values.at("process_virtual_memory_bytes")
             > values.at("process_resident_memory_bytes"));
  BOOST_TEST(values.at("process_open_fds") >= 3);
  BOOST_TEST(values.at("process_open_fds") < values.at("process_max_fds"));
  const auto unix_time_s = static_cast<double>(std::time(nullptr));
  BOOST_TEST(values.at("process_start_time_seconds") > unix_time_s - 600);
  BOOST_TEST(values.at("process_start_time_seconds") < unix_time_s + 2);
}
