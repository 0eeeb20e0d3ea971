#include "test/fault/soak_faults.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <random>

#include "test/fault/soak_stage.hpp"

namespace meme::test {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds blink{200};
constexpr milliseconds while_{2'500};

void kill_actor(soak_stage& stage, const planned_fault& what) {
  static const std::array<std::string, 8> actors{"model-client-0", "generator", "cache",
                                                 "store",          "publisher", "ingress",
                                                 "provisioner",    "pages"};
  stage.replica(what.replica).post("/chaos/kill?actor=" + actors[what.dice % actors.size()]);
}

void nothing(soak_stage&, const planned_fault&) {}

std::vector<fault_kind> process_faults() {
  using stage = soak_stage;
  using fault = planned_fault;
  return {
      {"replica-kill", "replica", blink, while_, true,
       [](stage& on, const fault& what) { on.kill_replica(what.replica); },
       [](stage& on, const fault& what) { on.start_replica(what.replica); }},
      {"replica-term", "replica", blink, while_, false,
       [](stage& on, const fault& what) { on.terminate_replica(what.replica); },
       [](stage& on, const fault& what) {
         on.await_replica(what.replica);
         on.start_replica(what.replica);
       }},
      {"actor-kill", "replica", blink, blink, true, kill_actor, nothing},
      {"nats-kill", "nats", blink, while_, true, //
       [](stage& on, const fault&) { on.nats.kill9(); },
       [](stage& on, const fault&) { on.nats.start(); }},
      {"redis-kill", "redis", blink, while_, false,
       [](stage& on, const fault&) { on.redis.kill9(); },
       [](stage& on, const fault&) { on.redis.start(); }},
      {"redis-stop", "redis", blink, while_, false,
       [](stage& on, const fault&) { on.redis.process().stop(); },
       [](stage& on, const fault&) { on.redis.process().cont(); }},
      {"model-kill", "model", blink, while_, false,
       [](stage& on, const fault&) { on.kill_model(); },
       [](stage& on, const fault&) { on.model.start(); }},
  };
}

/// The model answers some of its calls, or all, by `effect`, a part of a rule of a fault plan.
fault_kind model_fault(std::string name, std::string effect) {
  return {"model-" + name,
          "model",
          blink,
          while_,
          false,
          [effect](soak_stage& on, const planned_fault& what) {
            const auto every = std::to_string(1 + what.dice % 3);
            on.set_model_fault("{\"every\": " + every + ", " + effect + "}");
          },
          [](soak_stage& on, const planned_fault&) { on.set_model_fault({}); }};
}

std::vector<fault_kind> all_faults() {
  auto all = process_faults();
  all.push_back(model_fault("429", R"("status": 429)"));
  all.push_back(model_fault("429-wait", R"("status": 429, "headers": {"Retry-After": "1"})"));
  all.push_back(model_fault(
      "loading", R"("status": 503, "body_json": {"error": "loading", "estimated_time": 0.5})"));
  all.push_back(model_fault("500", R"("status": 500)"));
  all.push_back(model_fault("hang", R"("hang": true)"));
  all.push_back(model_fault("cut", R"("cut": 1000)"));
  all.push_back(model_fault("html", R"("html": true)"));
  return all;
}

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

const std::vector<fault_kind>& fault_kinds() {
  static const auto all = all_faults();
  return all;
}

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
