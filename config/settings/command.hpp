#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/settings/setting.hpp"

namespace meme::config {

/// One call of a command: its own options, at their defaults, and what it does with them.
struct command_call {
  std::vector<setting> options; ///< bound to what `run` reads, and keeps
  std::function<int()> run;     ///< returns the exit status
};

/// What the exit statuses of a command mean. 2 is the same for all: a setting is wrong.
struct exit_statuses {
  std::string success;   ///< 0
  std::string failure;   ///< 1
  std::string no_answer; ///< 3; empty: the command never ends so
};

/// A command of the program, as the command line and the help know it.
struct command {
  std::string name;
  std::string help; ///< a verb and what follows: "ask for one picture, wait for it and save it"
  exit_statuses statuses;
  std::function<command_call()> prepare;
  bool calls_model = false; ///< it needs generator.token, which must not go in clear
};

/// For `command::prepare`: each call has an `Options` of its own, which `rows_of` binds to the
/// command line and `run` gets.
template <class Options, class Run>
std::function<command_call()> call_with(std::vector<setting> (*rows_of)(Options&), Run run) {
  return [rows_of, run] {
    auto options = std::make_shared<Options>();
    return command_call{rows_of(*options), [options, run] { return run(*options); }};
  };
}

} // namespace meme::config
