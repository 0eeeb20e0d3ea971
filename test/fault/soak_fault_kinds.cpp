#include <array>
#include <utility>

#include "test/fault/soak_faults.hpp"
#include "test/fault/soak_stage.hpp"

namespace meme::test {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds shortest{200};
constexpr milliseconds longest{2'500};

using stage = soak_stage;
using fault = planned_fault;

void kill_actor(stage& on, const fault& what) {
  static const std::array<std::string, 8> actors{"model-client-0", "generator",    "cache",
                                                 "redis-cache",    "publisher",    "ingress",
                                                 "provisioner",    "status-server"};
  on.replica(what.replica).post("/chaos/kill?actor=" + actors[what.dice % actors.size()]);
}

void nothing(stage&, const fault&) {}

void add_process_faults(std::vector<fault_kind>& all) {
  all.push_back({"replica-kill", "replica", true, shortest, longest, true, false,
                 [](stage& on, const fault& what) { on.kill_replica(what.replica); },
                 [](stage& on, const fault& what) { on.start_replica(what.replica); }});
  all.push_back({"replica-term", "replica", true, shortest, longest, false, false,
                 [](stage& on, const fault& what) { on.terminate_replica(what.replica); },
                 [](stage& on, const fault& what) {
                   on.await_replica(what.replica);
                   on.start_replica(what.replica);
                 }});
  all.push_back(
      {"actor-kill", "replica", true, shortest, shortest, true, false, kill_actor, nothing});
  all.push_back({"nats-kill", "nats", false, shortest, longest, true, false,
                 [](stage& on, const fault&) { on.nats.kill9(); },
                 [](stage& on, const fault&) { on.nats.start(); }});
  all.push_back({"redis-kill", "redis", false, shortest, longest, false, false,
                 [](stage& on, const fault&) { on.redis.kill9(); },
                 [](stage& on, const fault&) { on.redis.start(); }});
  all.push_back({"redis-stop", "redis", false, shortest, longest, false, false,
                 [](stage& on, const fault&) { on.redis.process().stop(); },
                 [](stage& on, const fault&) { on.redis.process().cont(); }});
  all.push_back({"model-kill", "model", false, shortest, longest, false, false,
                 [](stage& on, const fault&) { on.kill_model(); },
                 [](stage& on, const fault&) { on.model.start(); }});
}

/// The model answers some of its calls, or all, by `effect`, a part of a rule of a fault plan.
void add_model_fault(std::vector<fault_kind>& all, const std::string& name,
                     const std::string& effect) {
  all.push_back({"model-" + name, "model", false, shortest, longest, false, false,
                 [effect](stage& on, const fault& what) {
                   const auto every = std::to_string(1 + what.dice % 3);
                   on.set_model_fault("{\"every\": " + every + ", " + effect + "}");
                 },
                 [](stage& on, const fault&) { on.set_model_fault({}); }});
}

void add_model_moves(std::vector<fault_kind>& all) {
  all.push_back({"model-name-moves", "model-path", false, shortest, shortest, false, false,
                 [](stage& on, const fault&) { on.move_model(); }, nothing});
}

void add_model_faults(std::vector<fault_kind>& all) {
  add_model_fault(all, "429", R"("status": 429)");
  add_model_fault(all, "429-wait", R"("status": 429, "headers": {"Retry-After": "1"})");
  add_model_fault(all, "loading",
                  R"("status": 503, "body_json": {"error": "loading", "estimated_time": 0.5})");
  add_model_fault(all, "500", R"("status": 500)");
  add_model_fault(all, "hang", R"("hang": true)");
  add_model_fault(all, "cut", R"("cut": 1000)");
  add_model_fault(all, "html", R"("html": true)");
  add_model_fault(all, "gzip", R"("gzip": true)");
  add_model_fault(all, "gzip-500", R"("gzip": true, "status": 500)");
  add_model_fault(all, "redirect", R"("redirect": 307)");
}

faults delayed() {
  faults result;
  result.to_server.delay = result.to_client.delay = milliseconds{100};
  result.to_server.jitter = result.to_client.jitter = milliseconds{200};
  return result;
}

faults throttled() {
  faults result;
  result.to_server.bytes_per_second = result.to_client.bytes_per_second = 20'000;
  return result;
}

faults garbled() {
  faults result;
  result.to_client.garbled_share = 0.001;
  return result;
}

faults cut_soon() {
  faults result;
  result.to_server.cut_after_bytes = result.to_client.cut_after_bytes = 5'000;
  return result;
}

/// Idle connections are forgotten by something on the way, as balancers do.
faults forgetful() {
  faults result;
  result.forgets_idle_after = milliseconds{100};
  return result;
}

/// A path to a server, of the replica that the fault names where each has its own.
using path_choice = fault_proxy& (*)(stage& on, const fault& what);

/// `repeats`: whether acknowledgements go this way.
void add_path_faults(std::vector<fault_kind>& all, const std::string& server, path_choice path,
                     bool of_replica, bool repeats) {
  const auto add = [&](const char* name, milliseconds most, bool damages, const faults& what) {
    all.push_back({server + "-path-" + name, server + "-path", of_replica, shortest, most, repeats,
                   damages,
                   [path, what](stage& on, const fault& where) { path(on, where).set(what); },
                   [path](stage& on, const fault& where) { path(on, where).heal(); }});
  };
  // Long enough to be noticed by two pings that are not answered.
  constexpr milliseconds half_open_longest{5'000};
  add("cut", longest, false, cut_soon());
  add("delay", longest, false, delayed());
  add("half-open", half_open_longest, false, half_open());
  add("throttle", longest, false, throttled());
  add("idle-forgotten", longest, false, forgetful());
  all.push_back({server + "-path-silent", server + "-path", of_replica, shortest, shortest, repeats,
                 false, [path](stage& on, const fault& where) { path(on, where).silence(); },
                 [](stage&, const fault&) {}});
  if (!repeats) // what acknowledges must not be made up
    add("garble", longest, true, garbled());
}

std::vector<fault_kind> all_faults() {
  std::vector<fault_kind> all;
  add_process_faults(all);
  add_model_faults(all);
  add_model_moves(all);
  add_path_faults(
      all, "nats",
      [](stage & on, const fault& what) -> auto& { return on.nats_paths[what.replica]; }, true,
      true);
  add_path_faults(
      all, "redis", [](stage & on, const fault&) -> auto& { return on.redis_path; }, false, false);
  add_path_faults(
      all, "model", [](stage & on, const fault&) -> auto& { return on.model_path; }, false, false);
  return all;
}

} // namespace

const std::vector<fault_kind>& fault_kinds() {
  static const auto all = all_faults();
  return all;
}

} // namespace meme::test
