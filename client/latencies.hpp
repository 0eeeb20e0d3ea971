#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace meme::client {

/// What of a set of durations is worth saying.
class latencies {
public:
  void add(std::chrono::microseconds each) { all_.push_back(each); }

  std::size_t size() const { return all_.size(); }

  /// The least duration that `share` (0..1) of all do not exceed; 0 where there are none.
  std::chrono::microseconds quantile(double share) const;

  /// "  12  min 3 ms  50 % 4 ms …"; only the number where there are none.
  std::string summary() const;

private:
  std::vector<std::chrono::microseconds> all_;
};

} // namespace meme::client
