#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "actors/metrics/process_metrics.hpp"
#include "messages/outcome.hpp"
#include "messages/stage.hpp"

namespace meme {

/// Every metric of the service, made here and nowhere else. The metrics are atomic: actors
/// count on the spot instead of sending a message for each event. Names are part of the contract
/// with dashboards: test/unit/golden holds the list.
class metrics {
public:
  ///
  /// Series with labels exist from the start, at 0, for every value that is known: Prometheus'
  /// increase() does not see the first step of a series that begins with it. `model_clients` is how
  /// many actors of that kind there are.
  explicit metrics(std::shared_ptr<prometheus::Registry> registry, std::size_t model_clients = 1);

  /// What /metrics shows: the metrics, and what is known of the build and the process.
  std::vector<prometheus::MetricFamily> collect() const;

  const std::shared_ptr<prometheus::Registry> registry;

  // Fixed: the names that the service's users know.
  prometheus::Counter& requests;
  prometheus::Counter& success;
  prometheus::Counter& errors;
  prometheus::Counter& cache_hits;
  prometheus::Counter& cache_misses;
  prometheus::Histogram& processing_duration_s;
  prometheus::Histogram& generation_duration_s;

  // The queue.
  prometheus::Gauge& max_in_flight;
  prometheus::Gauge& in_flight;
  prometheus::Counter& redeliveries;
  prometheus::Counter& naks;
  prometheus::Counter& delayed_naks;
  prometheus::Counter& dead_letters;
  prometheus::Counter& pull_resets;
  prometheus::Gauge& consumer_paused;
  prometheus::Gauge& unaccounted_messages;
  prometheus::Gauge& queue_pending;
  prometheus::Gauge& answer_bytes;
  prometheus::Gauge& bytes_in_flight;
  prometheus::Counter& byte_budget_exhaustions;

  // The connections.
  prometheus::Gauge& nats_connected;
  prometheus::Counter& nats_connections;
  prometheus::Counter& nats_errors;
  prometheus::Counter& answers_published_again;
  prometheus::Gauge& redis_connected;
  prometheus::Counter& redis_failures;
  prometheus::Counter& redis_unverified;

  // Pictures.
  prometheus::Gauge& local_cache_bytes;
  prometheus::Counter& joined_requests;
  prometheus::Counter& pictures_recompressed;
  prometheus::Counter& decoders_stopped;
  prometheus::Gauge& calls_in_flight;
  prometheus::Counter& calls;
  prometheus::Gauge& calls_waiting;
  prometheus::Gauge& call_limit;
  prometheus::Gauge& breaker_state;
  prometheus::Counter& breaker_openings;
  prometheus::Counter& suspect_requests;
  prometheus::Counter& rate_limited;

  prometheus::Counter& errors_by(error_code code);
  prometheus::Counter& retries_by(error_code code);
  prometheus::Counter& restarts_of(const std::string& actor);
  prometheus::Gauge& mailbox_depth_of(const std::string& actor);
  prometheus::Gauge& stalled(pipeline_stage where);
  prometheus::Counter& stalls_of(pipeline_stage where);

private:
  prometheus::Family<prometheus::Counter>& errors_by_code_;
  prometheus::Family<prometheus::Counter>& retries_;
  prometheus::Family<prometheus::Counter>& restarts_;
  prometheus::Family<prometheus::Gauge>& mailbox_depths_;
  prometheus::Family<prometheus::Gauge>& stalled_;
  prometheus::Family<prometheus::Counter>& stalls_;
  process_metrics process_;
};

using metrics_ptr = std::shared_ptr<metrics>;

using metrics_ptr = std::shared_ptr<metrics>;

} // namespace meme
