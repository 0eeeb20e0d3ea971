#!/usr/bin/env bash
# A message that an actor sends with its own anon_send carries its sender; only the free function
# caf::anon_send is anonymous.
#
# Versions:  CAF 0.17.6 of Debian 12 (libcaf-dev 0.17.6-2.1+b1), g++ 12
# Guess:     current_sender() is empty for both
# Seen:      self->anon_send: set; caf::anon_send: empty
# shellcheck source=findings/support/setup.sh
source "$(dirname "$0")/support/setup.sh"
debian_with libcaf-dev=0.17.6-2.1+b1 libcaf-core0.17=0.17.6-2.1+b1
cat > "$scratch/test.cpp" <<'CPP'
#include <iostream>
#include <caf/all.hpp>

caf::behavior receiver(caf::event_based_actor* self) {
  return {[=](const std::string& how) {
    std::cout << how << (self->current_sender() ? " set" : " empty") << std::endl;
    return caf::unit;
  }};
}

caf::behavior sender(caf::event_based_actor* self, caf::actor to) {
  return {[=](caf::ok_atom) {
    self->anon_send(to, std::string{"self->anon_send:"});
    caf::anon_send(to, std::string{"caf::anon_send:"});
    self->quit();
  }, [](caf::unit_t) {}};
}

void caf_main(caf::actor_system& system) {
  auto to = system.spawn(receiver);
  auto from = system.spawn(sender, to);
  caf::scoped_actor self{system};
  self->send(from, caf::ok_atom_v);
  self->wait_for(from);
  self->send_exit(to, caf::exit_reason::user_shutdown);
  self->wait_for(to);
}

CAF_MAIN()
CPP
compile c++17 "$scratch/test.cpp" caf_core
seen=$("$scratch/program")
echo "CAF 0.17.6: $seen"
test "$seen" = "self->anon_send: set
caf::anon_send: empty"
