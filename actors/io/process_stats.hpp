#pragma once

#include <cstdint>
#include <optional>

namespace meme::io {

/// The kernel's figures of this process. A figure that cannot be read, for example because no
/// descriptor is free, is absent.
struct process_stats {
  double cpu_s = 0; ///< user and system time
  std::optional<std::uint64_t> resident_bytes;
  std::optional<std::uint64_t> virtual_bytes;
  std::optional<std::uint64_t> open_descriptors;
  std::uint64_t max_descriptors = 0;  ///< the soft limit
  std::optional<double> start_time_s; ///< Unix time
};

process_stats read_process_stats();

} // namespace meme::io
