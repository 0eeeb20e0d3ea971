#pragma once

#include <utility>

#include <caf/all.hpp>

#include "actors/base/resilience.hpp"

namespace meme {

/// Spawns an actor without an event loop: `State` is made with a pointer to the actor, has a name
/// and a `start(config)` that returns the behaviour. `parent` is an actor or the actor system.
template <class Actor, class State, caf::spawn_options Options = caf::no_spawn_options,
          class Parent, class Config>
Actor spawn(Parent& parent, Config config) {
  using pointer = typename Actor::template stateful_pointer<State>;
  auto begin = [](pointer self, Config own) {
    install_handlers(self, State::name);
    return self->state.start(std::move(own));
  };
  return parent.template spawn<Options>(begin, std::move(config));
}

} // namespace meme
