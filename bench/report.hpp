#pragma once

#include <string>
#include <vector>

#include "bench/figures.hpp"

namespace meme::bench {

/// One column of a table.
struct column {
  std::string title;
  std::string figure; ///< whose median stands in it
  int decimals = 0;
};

/// The cases whose names begin with `prefix`, and what is shown of them.
struct table {
  std::string prefix;
  std::string title;
  std::string about; ///< what was done, and what to make of it
  std::vector<column> columns;
};

/// Every table, in the order of the report.
const std::vector<table>& tables();

/// What the service promises of one figure.
struct goal {
  std::string text;
  std::string case_name;
  std::string figure;
  bool at_least; ///< else at most
  double bound;
};

/// Every promise, in the order of the report.
const std::vector<goal>& goals();

/// Where the figures come from: each is a line `name: value`.
std::string describe_machine();

/// The tables of those cases that were run, and the goals that they decide.
std::string to_markdown(const std::vector<result>& results, const effort& much);

/// Every figure of every round.
std::string to_json(const std::vector<result>& results, const effort& much);

/// What to_json has written: the names and rounds of its cases. Empty where `text` is no such.
std::vector<result> from_json(const std::string& text);

} // namespace meme::bench
