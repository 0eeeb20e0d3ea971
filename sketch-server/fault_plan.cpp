#include "sketch-server/fault_plan.hpp"

namespace meme::sketch {

namespace {

bool takes_next_call(rule& one) {
  const auto call = ++one.seen;
  return call >= one.from && call <= one.to && call % one.every == 0;
}

} // namespace

std::shared_ptr<const action> fault_plan::decide(std::string_view prompt) {
  std::shared_ptr<const action> first;
  for (auto& one : rules_) {
    const auto fits = prompt.find(one.match) != std::string_view::npos;
    if (fits && takes_next_call(one) && !first)
      first = one.does;
  }
  return first;
}

} // namespace meme::sketch
