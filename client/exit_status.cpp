#include "client/exit_status.hpp"

#include <exception>
#include <iostream>

#include "client/say.hpp"

namespace meme::client {

int exit_status_of(const std::function<int()>& command) {
  try {
    return command();
  } catch (const std::exception& problem) {
    say(std::cerr, problem.what());
    return failed;
  }
}

} // namespace meme::client
