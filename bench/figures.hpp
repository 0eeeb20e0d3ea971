#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace meme::bench {

class test_bed;

/// What one round of a case has found: names with their units (`service_cpu_us`) and values.
using figures = std::map<std::string, double>;

/// How much is to be done.
struct effort {
  std::size_t rounds = 5;
  bool quick = false;      ///< only whether everything runs
  double overload_s = 300; ///< how long the service is overloaded
  double patience_s = 300; ///< how long others are waited for in all, that use the same cores

  /// `usual`, or a small part of it.
  std::size_t scaled(std::size_t usual, std::size_t least) const { return quick ? least : usual; }
};

/// Whether NATS's garbage collector is on. While it runs, the other programs on the servers' core
/// wait; with separate cores for the server they would not.
enum class nats_collector { usual, off };

/// One line of a table.
struct bench_case {
  std::string name;  ///< unique, `table/what`: e.g. `hits/1KB`
  bool quick = true; ///< whether it belongs to a quick run
  bool once = false; ///< one round is enough: it is long, or the same each time
  /// Makes what all rounds need.
  std::function<void(test_bed&)> prepare;
  std::function<figures(test_bed&, std::size_t round)> run;
  nats_collector collector = nats_collector::usual;
};

/// What the rounds of a case have found.
struct result {
  std::string name;
  std::vector<figures> rounds;

  /// Of the rounds that have it; NaN where none has.
  double median(const std::string& figure) const;
};

} // namespace meme::bench
