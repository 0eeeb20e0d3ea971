#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "test/support/sanitized.hpp"

namespace meme::test {

struct soak_options {
  std::uint64_t seed = 0;            ///< of the faults; random if none is given
  std::chrono::seconds duration{60}; ///< of the load, and of the faults in it
  std::size_t replicas = 3;
  double rate = 200;                    ///< requests per second
  std::chrono::seconds drain_limit{90}; ///< for the queue to become empty once the faults are over
  std::set<std::string> only;           ///< names of faults; empty: all of them
  bool steady = false;                  ///< no faults; the memory must not grow
  double max_slope = 64;                ///< of a steady one's memory, KiB a minute
};

/// Nothing where the command line is wrong or asks for help, which is then printed.
std::optional<soak_options> read_soak_options(int argc, char** argv);

/// The command line that does the same again.
std::string command_line(const soak_options& options);

} // namespace meme::test
