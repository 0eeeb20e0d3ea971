#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include "actors/base/context.hpp"
#include "actors/io/log.hpp"
#include "actors/metrics/metrics.hpp"
#include "messages/interfaces.hpp"
#include "test/actors/fake_bus.hpp"

namespace meme::test {

using namespace std::chrono_literals;

/// What an actor under test has sent to its peers, in the order of arrival.
struct heard {
  std::vector<job_ptr> lookups;
  std::vector<answer_ptr> answers;
  std::vector<finished> finished_ones;
  std::vector<published> published_ones;
  std::vector<std::string> fetches;
  std::vector<fetched> fetched_ones;
  std::vector<recompressed> recompressed_ones;
  std::vector<put> keeps;
  std::vector<recompress> fits;
  std::vector<job_ptr> generations;
  std::vector<generated> generated_ones;
  std::vector<called> called_ones;
  std::vector<std::vector<call>> calls; ///< by client
  std::vector<health> healths;
  std::vector<std::string> killed;
  std::vector<std::string> muted;
  std::vector<std::size_t> pull_limits;
  std::vector<progress_report> progress;
  int looks = 0; ///< the provisioner was asked
  int drains = 0;
  int drained_ones = 0;
  int full = 0; ///< the generator was told that there is no permit for a probe
};

/// A deterministic actor system: nothing runs but in `run`, time is virtual and turned by
/// `advance`. Peers of the actor under test are recorders.
struct fixture {
  struct config : caf::actor_system_config {
    config() { set("scheduler.policy", caf::atom("testing")); }
  };

  config cfg;
  caf::actor_system sys{cfg};
  caf::scheduler::test_coordinator& sched =
      dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler());
  caf::scoped_actor self{sys};
  std::shared_ptr<fake_bus> bus = std::make_shared<fake_bus>();
  std::shared_ptr<context> shared = std::make_shared<context>();
  heard seen;
  peers all;

  fixture() {
    log::start(log::level::off, true);
    sched.clock().current_time += 1h; // the clock's zero means "never" here and there
    shared->bus = bus;
    shared->metrics = std::make_shared<class metrics>(std::make_shared<prometheus::Registry>());
    shared->wall_clock = [] {
      return std::chrono::system_clock::time_point{std::chrono::seconds{1'700'000'000}};
    };
    shared->budget = std::make_shared<io::byte_budget>(1 << 20);
    shared->seed = 1;
  }

  ~fixture() {
    all = {};
    sys.await_actors_before_shutdown(false);
    sched.run();
  }

  caf::local_actor* parent() { return self.operator->(); }
  void run() { sched.run(); }

  void advance(std::chrono::milliseconds by) {
    run();
    // In steps, as time goes: a timer may set the next one.
    for (auto left = by; left > 0ms; left -= std::min(left, 100ms)) {
      sched.advance_time(std::min(left, 100ms));
      run();
    }
  }

  template <class Handle>
  void announce(const Handle& to) {
    caf::anon_send(to, peers_ptr{std::make_shared<peers>(all)});
    run();
  }

  template <class Handle, class Message>
  void tell(const Handle& to, Message message) {
    caf::anon_send(to, std::move(message));
    run();
  }

  template <class Handle>
  void kill(const Handle& whom) {
    self->send_exit(whom, caf::exit_reason::kill);
    run();
  }

  // Recorders; each call makes a new one, as a restart does. (They are given where to write, for
  // CAF 0.17 binds a reference to nothing where a function has no arguments: the sanitizer
  // objects.)
  ingress_actor new_ingress() {
    return sys.spawn(
        [](ingress_actor::pointer, heard* to) -> ingress_actor::behavior_type {
          return {[](const peers_ptr&) {},
                  [](measure_mailbox) {},
                  [](const binding&) {},
                  [](queue_level) {},
                  [](link_changed) {},
                  [](const delivered&) {},
                  [to](const finished& what) { to->finished_ones.push_back(what); },
                  [to](pull_limit limit) { to->pull_limits.push_back(limit.messages); },
                  [to](const published& what) { to->published_ones.push_back(what); },
                  [](caf::tick_atom) {},
                  [](drain) {}};
        },
        &seen);
  }

  cache_actor new_cache() {
    return sys.spawn(
        [](cache_actor::pointer, heard* to) -> cache_actor::behavior_type {
          return {[](const peers_ptr&) {},
                  [](measure_mailbox) {},
                  [to](const lookup& what) { to->lookups.push_back(what.request); },
                  [to](const fetched& answer) { to->fetched_ones.push_back(answer); },
                  [to](const generated& what) { to->generated_ones.push_back(what); },
                  [to](const recompressed& answer) { to->recompressed_ones.push_back(answer); },
                  [](caf::tick_atom) {},
                  [to](drain) { ++to->drains; }};
        },
        &seen);
  }

  redis_cache_actor new_redis_cache() {
    return sys.spawn(
        [](redis_cache_actor::pointer, heard* to) -> redis_cache_actor::behavior_type {
          return {[](const peers_ptr&) {}, [](measure_mailbox) {},
                  [to](const fetch& what) { to->fetches.push_back(what.key); },
                  [to](const put& what) { to->keeps.push_back(what); }};
        },
        &seen);
  }

  recompressor_actor new_recompressor() {
    return sys.spawn(
        [](recompressor_actor::pointer, heard* to) -> recompressor_actor::behavior_type {
          return {[](const peers_ptr&) {}, [](measure_mailbox) {},
                  [to](const recompress& what) { to->fits.push_back(what); }};
        },
        &seen);
  }

  generator_actor new_generator() {
    return sys.spawn(
        [](generator_actor::pointer, heard* to) -> generator_actor::behavior_type {
          return {[](const peers_ptr&) {},
                  [](measure_mailbox) {},
                  [to](const generate& what) { to->generations.push_back(what.request); },
                  [to](const called& end) { to->called_ones.push_back(end); },
                  [to](no_room) { ++to->full; },
                  [](const flight_due&) {},
                  [](caf::tick_atom) {},
                  [to](drain) { ++to->drains; }};
        },
        &seen);
  }

  model_client_actor new_model_client() {
    auto index = seen.calls.size();
    seen.calls.emplace_back();
    return sys.spawn(
        [index](model_client_actor::pointer, heard* to) -> model_client_actor::behavior_type {
          return {[](const peers_ptr&) {}, [](measure_mailbox) {},
                  [to, index](const call& what) { to->calls[index].push_back(what); }};
        },
        &seen);
  }

  publisher_actor new_publisher() {
    return sys.spawn(
        [](publisher_actor::pointer, heard* to) -> publisher_actor::behavior_type {
          return {[](const peers_ptr&) {},
                  [](measure_mailbox) {},
                  [](link_changed) {},
                  [to](const answer_ptr& what) { to->answers.push_back(what); },
                  [](const delivered&) {},
                  [](caf::flush_atom) {},
                  [](caf::tick_atom) {}};
        },
        &seen);
  }

  provisioner_actor new_provisioner() {
    return sys.spawn(
        [](provisioner_actor::pointer, heard* to) -> provisioner_actor::behavior_type {
          return {[](const peers_ptr&) {},
                  [](measure_mailbox) {},
                  [](const delivered&) {},
                  [](const max_deliveries_advisory&) {},
                  [to](caf::tick_atom) { ++to->looks; },
                  [](look_due) {}};
        },
        &seen);
  }

  supervisor_actor new_supervisor() {
    return sys.spawn(
        [](supervisor_actor::pointer, heard* to) -> supervisor_actor::behavior_type {
          return {[](const connection_event&) {},
                  [](const connection_opened&) {},
                  [](supervisor_timer) {},
                  [to](const health& what) { to->healths.push_back(what); },
                  [to](const progress_report& what) { to->progress.push_back(what); },
                  [to](const kill_child& child) { to->killed.push_back(to_string(child.child)); },
                  [to](const mute_child& child) { to->muted.push_back(to_string(child.child)); },
                  [to](drained) { ++to->drained_ones; },
                  [](drain) {}};
        },
        &seen);
  }

  static picture_ptr some_picture(std::string bytes = "picture") {
    return std::make_shared<picture>(picture{picture_type::png, std::move(bytes)});
  }

  static success some_success(std::string bytes = "picture") {
    return {encode(picture{picture_type::png, std::move(bytes)}), false, "m"};
  }

  static job_ptr some_job(std::uint64_t number, std::string key = "key") {
    auto result = std::make_shared<job>();
    result->id = {1, number};
    result->request_id = "request-" + std::to_string(number);
    result->key = std::move(key);
    result->spec.model = "some/model";
    result->largest = 700'000;
    return result;
  }
};

} // namespace meme::test
