#include "test/fault/soak_faults.hpp"

#include <algorithm>
#include <map>
#include <random>

namespace meme::test {

namespace {

using std::chrono::milliseconds;

/// std::uniform_int_distribution's choice is the library's own; a seed should mean the same with
/// any.
std::uint64_t up_to(std::uint64_t most, std::mt19937_64& random) {
  return random() % (most + 1);
}

milliseconds between(milliseconds low, milliseconds high, std::mt19937_64& random) {
  const auto span = static_cast<std::uint64_t>((high - low).count());
  return low + milliseconds{up_to(span, random)};
}

} // namespace

std::vector<planned_fault> plan_faults(const soak_options& options) {
  constexpr milliseconds shortest_pause{200};
  constexpr milliseconds longest_pause{1'800};
  constexpr milliseconds recovery{1'000}; // of a part, before it is hit again
  const milliseconds end = options.duration - std::chrono::seconds{1};
  std::mt19937_64 random{options.seed};
  std::map<std::string, milliseconds> free_from;
  std::vector<const fault_kind*> deck;
  std::vector<planned_fault> plan;
  milliseconds now{1'000};
  while (true) {
    if (deck.empty())
      for (const auto& kind : fault_kinds())
        if (options.only.empty() || options.only.count(kind.name) != 0)
          deck.push_back(&kind);
    if (deck.empty())
      return plan;
    std::swap(deck[up_to(deck.size() - 1, random)], deck.back());
    planned_fault next;
    next.kind = deck.back();
    deck.pop_back();
    next.replica = up_to(options.replicas - 1, random);
    next.dice = static_cast<std::uint32_t>(random());
    const auto part =
        next.kind->part == "replica" ? "replica " + std::to_string(next.replica) : next.kind->part;
    now += between(shortest_pause, longest_pause, random);
    now = std::max(now, free_from[part]);
    next.begin = now;
    next.end = now + between(next.kind->shortest, next.kind->longest, random);
    if (next.end > end)
      return plan;
    free_from[part] = next.end + recovery;
    plan.push_back(next);
  }
}

} // namespace meme::test
