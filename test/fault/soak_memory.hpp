#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "test/support/child_process.hpp"

namespace meme::test {

/// How a process' memory and file descriptors develop, looked at once a second.
class memory_record {
public:
  /// Looks, unless it has within the last second.
  void look(const child_process& process);

  /// Of the resident memory, by least squares over the second half of the time, KiB a minute.
  double slope() const;

  /// By how many the most descriptors of the second half exceed those of the first.
  std::ptrdiff_t fd_growth() const;

  std::string summary() const;

private:
  struct sample {
    double minutes;
    double rss_kib;
    std::size_t fds;
  };

  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point due_ = start_;
  std::vector<sample> samples_;
};

} // namespace meme::test
