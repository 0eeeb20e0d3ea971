#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "config/options.hpp"
#include "config/settings/command.hpp"
#include "messages/request.hpp"

namespace meme::client {

/// `meme-generator request`: what to ask for, and where. Without an id it gets a new one.
struct request_options {
  meme_request request;              ///< without its seed
  std::optional<std::string> seed;   ///< as the command line spells it: -1 for any
  std::string subject;               ///< empty: nats.request-subject
  std::string output;                ///< empty: a new file <id>.<extension> in the current folder
  std::chrono::seconds timeout{180}; ///< for the answer
};

/// How the command line spells them: the fields of a request as their table has it.
std::vector<config::setting> rows_of(request_options& options);

/// Queues one request, waits for its own answer on a private inbox, saves the picture and says on
/// stdout where it is. What is no picture, or bears another id, is not saved. Errors go to stderr.
/// Returns an `exit_status`; does not throw.
int run_request(const config::nats_options& nats, const request_options& options);

/// @param nats is read when the command runs.
config::command request_command(const config::nats_options& nats);

} // namespace meme::client
