#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include "actors/context.hpp"
#include "actors/io/log.hpp"
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
  std::vector<keep> keeps;
  std::vector<job_ptr> generations;
  std::vector<generated> generated_ones;
  std::vector<std::vector<call>> calls; ///< by client
  std::vector<health> healths;
  std::vector<std::size_t> flows;
  int looks = 0; ///< the provisioner was asked
  int drains = 0;
  int drained_ones = 0;
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
    shared->metrics = std::make_shared<instruments>(std::make_shared<prometheus::Registry>());
    shared->wall_clock = [] {
      return std::chrono::system_clock::time_point{std::chrono::seconds{1'700'000'000}};
    };
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

  // Recorders; each call makes a new one, as a restart does.
  ingress_actor new_ingress() {
    return sys.spawn([this](ingress_actor::pointer) -> ingress_actor::behavior_type {
      return {[](const peers_ptr&) {},
              [](const binding&) {},
              [](link_changed) {},
              [](const delivered&) {},
              [this](const finished& what) { seen.finished_ones.push_back(what); },
              [this](flow what) { seen.flows.push_back(what.permits); },
              [this](const published& what) { seen.published_ones.push_back(what); },
              [](caf::tick_atom) {},
              [](drain) {}};
    });
  }

  cache_actor new_cache() {
    return sys.spawn([this](cache_actor::pointer) -> cache_actor::behavior_type {
      return {[](const peers_ptr&) {},
              [this](const lookup& what) { seen.lookups.push_back(what.what); },
              [](const stored&) {},
              [this](const generated& what) { seen.generated_ones.push_back(what); },
              [this](drain) { ++seen.drains; }};
    });
  }

  store_actor new_store() {
    return sys.spawn([this](store_actor::pointer) -> store_actor::behavior_type {
      return {[](const peers_ptr&) {},
              [this](const fetch& what) { seen.fetches.push_back(what.key); },
              [this](const keep& what) { seen.keeps.push_back(what); }};
    });
  }

  generator_actor new_generator() {
    return sys.spawn([this](generator_actor::pointer) -> generator_actor::behavior_type {
      return {[](const peers_ptr&) {},
              [this](const generate& what) { seen.generations.push_back(what.what); },
              [](const called&) {}, [](caf::tick_atom, const std::string&) {},
              [this](drain) { ++seen.drains; }};
    });
  }

  model_client_actor new_model_client() {
    auto index = seen.calls.size();
    seen.calls.emplace_back();
    return sys.spawn(
        [this, index](model_client_actor::pointer) -> model_client_actor::behavior_type {
          return {[](const peers_ptr&) {},
                  [this, index](const call& what) { seen.calls[index].push_back(what); }};
        });
  }

  publisher_actor new_publisher() {
    return sys.spawn([this](publisher_actor::pointer) -> publisher_actor::behavior_type {
      return {[](const peers_ptr&) {}, [](link_changed) {},
              [this](const answer_ptr& what) { seen.answers.push_back(what); },
              [](const delivered&) {}, [](caf::tick_atom) {}};
    });
  }

  provisioner_actor new_provisioner() {
    return sys.spawn([this](provisioner_actor::pointer) -> provisioner_actor::behavior_type {
      return {[](const peers_ptr&) {}, [](const delivered&) {},
              [this](caf::tick_atom) { ++seen.looks; }};
    });
  }

  supervisor_actor new_supervisor() {
    return sys.spawn([this](supervisor_actor::pointer) -> supervisor_actor::behavior_type {
      return {[](const connection_event&) {},
              [](caf::tick_atom, const std::string&) {},
              [this](const health& what) { seen.healths.push_back(what); },
              [](const kill_child&) {},
              [this](drained) { ++seen.drained_ones; },
              [](drain) {}};
    });
  }

  static picture_ptr some_picture(std::string bytes = "picture") {
    return std::make_shared<picture>(picture{picture_type::png, std::move(bytes)});
  }

  static job_ptr some_job(std::uint64_t number, std::string key = "key") {
    auto result = std::make_shared<job>();
    result->id = {1, number};
    result->request_id = "request-" + std::to_string(number);
    result->key = std::move(key);
    result->spec.model = "some/model";
    return result;
  }
};

} // namespace meme::test
