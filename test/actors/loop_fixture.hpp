#pragma once

#include <chrono>
#include <stdexcept>
#include <thread>
#include <utility>

#include "test/actors/fixture.hpp"

namespace meme::test {

/// A deterministic system for an actor with an event loop of its own. The actor is not detached:
/// the test handles its messages and turns its loop, both on the test's thread. The loop's timers
/// follow the virtual clock.
template <class Actor>
struct loop_fixture : fixture {
  using handle = typename Actor::actor_hdl;

  handle actor;

  template <class... Ts>
  void spawn(Ts&&... arguments) {
    actor = sys.spawn<Actor>(std::forward<Ts>(arguments)...);
    turn();
  }

  bool alive() { return subject().getf(caf::abstract_actor::is_terminated_flag) == false; }

  /// Handles the messages that wait, and what the loop has to do now.
  void turn() {
    run();
    if (actor && alive())
      subject().turn_loop();
    run();
  }

  /// Turns until `reached` is true: what another process or the kernel does takes its time. The
  /// virtual clock stands still meanwhile. The bound is there to end a test that has failed.
  template <class Condition>
  void until(Condition reached) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    for (turn(); !reached(); turn()) {
      if (std::chrono::steady_clock::now() > give_up)
        throw std::runtime_error("what the test waits for does not happen");
      std::this_thread::yield();
    }
  }

  /// Lets virtual time pass, in steps: a timer may set the next one.
  void pass(std::chrono::milliseconds time) {
    turn();
    for (auto left = time; left > 0ms; left -= std::min(left, step)) {
      sched.advance_time(std::min(left, step));
      turn();
    }
  }

  void stop() {
    if (!actor)
      return;
    kill(actor);
    turn();
  }

  ~loop_fixture() { stop(); }

  static constexpr std::chrono::milliseconds step{10};

private:
  Actor& subject() { return dynamic_cast<Actor&>(*caf::actor_cast<caf::abstract_actor*>(actor)); }
};

} // namespace meme::test
