#!/usr/bin/env bash
# An actor that answers a message with an error ends the actor that sent it, also where the sender
# asked for no answer.
#
# Versions:  CAF 0.17.6 of Debian 12 (libcaf-dev 0.17.6-2.1+b1), g++ 12
# Guess:     send() is fire and forget: an error that comes back is dropped
# Seen:      the sender ends with the other's error as its reason
# shellcheck source=findings/support/setup.sh
source "$(dirname "$0")/support/setup.sh"
debian_with libcaf-dev=0.17.6-2.1+b1 libcaf-core0.17=0.17.6-2.1+b1
cat > "$scratch/test.cpp" <<'CPP'
#include <iostream>
#include <caf/all.hpp>

caf::behavior refuser(caf::event_based_actor*) {
  return {[](int) -> caf::result<int> { return caf::sec::runtime_error; }};
}

caf::behavior sender(caf::event_based_actor* self, caf::actor to) {
  return {[=](caf::ok_atom) { self->send(to, 1); }};
}

void caf_main(caf::actor_system& system) {
  auto to = system.spawn(refuser);
  auto from = system.spawn(sender, to);
  caf::scoped_actor self{system};
  self->monitor(from);
  self->send(from, caf::ok_atom_v);
  self->receive([&](const caf::down_msg& down) {
    std::cout << "the sender ended: " << to_string(down.reason) << std::endl;
  }, caf::after(std::chrono::seconds{5}) >> [] { std::cout << "the sender lives" << std::endl; });
  caf::anon_send_exit(from, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(to, caf::exit_reason::user_shutdown);
}

CAF_MAIN()
CPP
compile c++17 "$scratch/test.cpp" caf_core
seen=$("$scratch/program")
echo "CAF 0.17.6: $seen"
[[ $seen == "the sender ended: "*runtime_error* ]]
