#include "sketch-server/fault_plan.hpp"

namespace meme::sketch {

namespace {

bool takes_next_call(rule& one, std::uint64_t others) {
  const auto call = ++one.seen;
  return call >= one.from && call <= one.to && call % one.every == 0 && others >= one.while_busy;
}

} // namespace

std::shared_ptr<const action> fault_plan::decide(std::string_view prompt, std::uint64_t others) {
  std::shared_ptr<const action> first;
  for (auto& one : rules_) {
    const auto fits = prompt.find(one.match) != std::string_view::npos;
    if (fits && takes_next_call(one, others) && !first)
      first = one.does;
  }
  return first;
}

} // namespace meme::sketch
