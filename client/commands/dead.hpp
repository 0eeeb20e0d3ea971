#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/options.hpp"
#include "config/settings/command.hpp"

namespace meme::client {

/// `meme-generator dead`: what to do with which letters.
struct dead_options {
  std::string action;      ///< list, show, requeue or purge
  std::string which;       ///< a sequence number, or all; empty where the action needs none
  std::uint64_t count = 0; ///< list no more than so many; 0: all
};

/// How the command line spells them.
std::vector<config::setting> rows_of(dead_options& options);

/// Lists, shows, requeues and removes dead letters: requests that ran out of deliveries or time, as
/// `nats.dead-stream` stores them.
///
///     list           a line each: number, when it died, code, attempts, id, reason
///     show N         headers and payload
///     requeue N|all  back to the subject that it came in on, with its id; then it is removed here
///     purge N|all    removed for good
///
/// A letter that is queued again is a new message, whose deliveries count from 1. It is removed
/// only when its stream has acknowledged it, under a Nats-Msg-Id that is the same for the same
/// letter: run again after a failure in between, the command does not queue it twice.
///
/// Returns 0, 1 with the reason on stderr (there is no such letter, the server cannot be asked), or
/// 2 for a command line that does not fit the action; does not throw.
int run_dead(const config::nats_options& nats, const dead_options& options);

/// @param nats is read when the command runs.
config::command dead_command(const config::nats_options& nats);

} // namespace meme::client
