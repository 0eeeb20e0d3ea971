#!/usr/bin/env bash
# A configuration file with a group as a block, "my { number = 5 }", is read without an error and
# changes nothing of an option that is bound to a variable; "[my]" does.
#
# Versions:  CAF 0.17.6 of Debian 12 (libcaf-dev 0.17.6-2.1+b1), g++ 12
# Guess:     both ways to write a group are the same
# Seen:      [my] sets 5; my { } leaves the default, 1, and reports no error
# shellcheck source=findings/support/setup.sh
source "$(dirname "$0")/support/setup.sh"
debian_with libcaf-dev=0.17.6-2.1+b1 libcaf-core0.17=0.17.6-2.1+b1
cat > "$scratch/test.cpp" <<'CPP'
#include <iostream>
#include <sstream>
#include <caf/all.hpp>

struct config : caf::actor_system_config {
  int number = 1;
  config() { opt_group{custom_options_, "my"}.add(number, "number", "a number"); }
};

int main() {
  for (const auto* text : {"[my]\nnumber = 5\n", "my {\n  number = 5\n}\n"}) {
    config read;
    std::istringstream file{text};
    const auto error = read.parse(0, nullptr, file);
    std::cout << (error ? "error " : "no error ") << read.number << std::endl;
  }
}
CPP
compile c++17 "$scratch/test.cpp" caf_core
seen=$("$scratch/program")
echo "CAF 0.17.6, [my] then my { }: $seen"
test "$seen" = "no error 5
no error 1"
