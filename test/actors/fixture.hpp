#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include "actors/io/log.hpp"
#include "actors/metrics/metrics.hpp"
#include "actors/supervisor/service_config.hpp"
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
  std::shared_ptr<service_config> shared = std::make_shared<service_config>();
  heard seen;
  peers all;

  fixture() {
    log::start(log::level::off, true);
    sched.clock().current_time += 1h; // the clock's zero means "never" here and there
    shared->metrics = std::make_shared<class metrics>(std::make_shared<prometheus::Registry>());
    shared->clock = [] {
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
  void announce(const Handle& actor) {
    caf::anon_send(actor, peers_ptr{std::make_shared<peers>(all)});
    run();
  }

  template <class Handle, class Message>
  void tell(const Handle& actor, Message message) {
    caf::anon_send(actor, std::move(message));
    run();
  }

  template <class Handle>
  void kill(const Handle& victim) {
    self->send_exit(victim, caf::exit_reason::kill);
    run();
  }

  // Recorders; each call makes a new one, as a restart does. (They are given where to write, for
  // CAF 0.17 binds a reference to nothing where a function has no arguments: the sanitizer
  // objects.)
  ingress_actor new_ingress() {
    return sys.spawn(
        [](ingress_actor::pointer, heard* record) -> ingress_actor::behavior_type {
          return {[](const peers_ptr&) {},
                  [](measure_mailbox) {},
                  [](const binding&) {},
                  [](queue_level) {},
                  [](link_changed) {},
                  [](const delivered&) {},
                  [record](const finished& message) { record->finished_ones.push_back(message); },
                  [record](pull_limit limit) { record->pull_limits.push_back(limit.messages); },
                  [record](const published& message) { record->published_ones.push_back(message); },
                  [](caf::tick_atom) {},
                  [](drain) {}};
        },
        &seen);
  }

  cache_actor new_cache() {
    return sys.spawn(
        [](cache_actor::pointer, heard* record) -> cache_actor::behavior_type {
          return {
              [](const peers_ptr&) {},
              [](measure_mailbox) {},
              [record](const lookup& message) { record->lookups.push_back(message.request); },
              [record](const fetched& answer) { record->fetched_ones.push_back(answer); },
              [record](const generated& message) { record->generated_ones.push_back(message); },
              [record](const recompressed& answer) { record->recompressed_ones.push_back(answer); },
              [](caf::tick_atom) {},
              [record](drain) { ++record->drains; }};
        },
        &seen);
  }

  redis_cache_actor new_redis_cache() {
    return sys.spawn(
        [](redis_cache_actor::pointer, heard* record) -> redis_cache_actor::behavior_type {
          return {[](const peers_ptr&) {}, [](measure_mailbox) {},
                  [record](const fetch& message) { record->fetches.push_back(message.key); },
                  [record](const put& message) { record->keeps.push_back(message); }};
        },
        &seen);
  }

  recompressor_actor new_recompressor() {
    return sys.spawn(
        [](recompressor_actor::pointer, heard* record) -> recompressor_actor::behavior_type {
          return {[](const peers_ptr&) {}, [](measure_mailbox) {},
                  [record](const recompress& message) { record->fits.push_back(message); }};
        },
        &seen);
  }

  generator_actor new_generator() {
    return sys.spawn(
        [](generator_actor::pointer, heard* record) -> generator_actor::behavior_type {
          return {
              [](const peers_ptr&) {},
              [](measure_mailbox) {},
              [record](const generate& message) { record->generations.push_back(message.request); },
              [record](const called& end) { record->called_ones.push_back(end); },
              [record](no_room) { ++record->full; },
              [](const flight_due&) {},
              [](caf::tick_atom) {},
              [record](drain) { ++record->drains; }};
        },
        &seen);
  }

  model_client_actor new_model_client() {
    auto index = seen.calls.size();
    seen.calls.emplace_back();
    return sys.spawn(
        [index](model_client_actor::pointer, heard* record) -> model_client_actor::behavior_type {
          return {
              [](const peers_ptr&) {}, [](measure_mailbox) {},
              [record, index](const call& message) { record->calls[index].push_back(message); }};
        },
        &seen);
  }

  publisher_actor new_publisher() {
    return sys.spawn(
        [](publisher_actor::pointer, heard* record) -> publisher_actor::behavior_type {
          return {[](const peers_ptr&) {},
                  [](measure_mailbox) {},
                  [](link_changed) {},
                  [record](const answer_ptr& message) { record->answers.push_back(message); },
                  [](const delivered&) {},
                  [](caf::flush_atom) {},
                  [](caf::tick_atom) {}};
        },
        &seen);
  }

  provisioner_actor new_provisioner() {
    return sys.spawn(
        [](provisioner_actor::pointer, heard* record) -> provisioner_actor::behavior_type {
          return {[](const peers_ptr&) {},
                  [](measure_mailbox) {},
                  [](const delivered&) {},
                  [](const max_deliveries_advisory&) {},
                  [record](caf::tick_atom) { ++record->looks; },
                  [](look_due) {}};
        },
        &seen);
  }

  supervisor_actor new_supervisor() {
    return sys.spawn(
        [](supervisor_actor::pointer, heard* record) -> supervisor_actor::behavior_type {
          return {[](const connection_event&) {},
                  [](const connection_opened&) {},
                  [](supervisor_timer) {},
                  [record](const health& message) { record->healths.push_back(message); },
                  [record](const progress_report& message) { record->progress.push_back(message); },
                  [record](const kill_child& message) {
                    record->killed.push_back(to_string(message.child));
                  },
                  [record](const mute_child& message) {
                    record->muted.push_back(to_string(message.child));
                  },
                  [record](drained) { ++record->drained_ones; },
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
