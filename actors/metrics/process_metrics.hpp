#pragma once

#include <vector>

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

namespace meme {

/// What is read at each scrape rather than counted: the build, the process (under the names that
/// Prometheus' client libraries share) and the log lines that were dropped.
class process_metrics final : public prometheus::Collectable {
public:
  std::vector<prometheus::MetricFamily> Collect() const override;
};

} // namespace meme
