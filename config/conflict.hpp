#pragma once

#include <string>
#include <vector>

#include "config/options.hpp"

namespace meme::config {

/// Settings that are fine one by one and not together.
struct conflict {
  std::string first; ///< a key: nats.certificate-file
  std::string second;
  std::string reason; ///< what follows their names: "go together"
};

/// Every combination that cannot work, or that would not do what somebody must have meant by it.
std::vector<conflict> find_conflicts(const options& values);

} // namespace meme::config
