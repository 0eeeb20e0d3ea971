#!/usr/bin/env bash
# The same actor whose state is a plain struct begins with another value under C++20: CAF builds the
# state with the actor's address in parentheses, which C++20 takes for the first member.
#
# Versions:  CAF 0.17.6 of Debian 12 (libcaf-dev 0.17.6-2.1+b1), g++ 12
# Guess:     "bool stopped = false" begins as false under both
# Seen:      C++17: false; C++20: true, without a warning
# shellcheck source=findings/support/setup.sh
source "$(dirname "$0")/support/setup.sh"
debian_with libcaf-dev=0.17.6-2.1+b1 libcaf-core0.17=0.17.6-2.1+b1
cat > "$scratch/test.cpp" <<'CPP'
#include <iostream>
#include <caf/all.hpp>

struct state {
  bool stopped = false;
};

caf::behavior worker(caf::stateful_actor<state>* self) {
  std::cout << "stopped begins as " << std::boolalpha << self->state.stopped << std::endl;
  return {[](int) {}};
}

void caf_main(caf::actor_system& system) {
  caf::anon_send_exit(system.spawn(worker), caf::exit_reason::user_shutdown);
}

CAF_MAIN()
CPP
for standard in c++17 c++20; do
  compile "$standard" "$scratch/test.cpp" caf_core
  seen=$("$scratch/program")
  echo "CAF 0.17.6 with $standard: $seen"
  case $standard in
    c++17) test "$seen" = "stopped begins as false" ;;
    c++20) test "$seen" = "stopped begins as true" ;;
  esac
done
