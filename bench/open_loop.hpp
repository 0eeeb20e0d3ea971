#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace meme::bench {

/// How long answers took, in milliseconds.
struct open_loop {
  double p50_ms = 0;
  double p99_ms = 0;
  double p999_ms = 0;
  double seconds = 0;   ///< from the first request to the last answer
  std::size_t lost = 0; ///< errors, and requests without an answer in time
};

/// Publishes `requests` (of test_bed::requests) at an even rate, whether or not answers come, and
/// waits for their answers. A time counts from the actual publication, which may be late if
/// the driver is busy: this measures the service, not the driver.
open_loop run_open_loop(const std::string& url, const std::vector<std::string>& requests,
                        double per_second);

/// Publishes `requests` at an even rate, and ignores answers.
void publish_evenly(const std::string& url, const std::vector<std::string>& requests,
                    double per_second);

} // namespace meme::bench
