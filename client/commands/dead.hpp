#pragma once

#include "config/options.hpp"
#include "config/settings/command.hpp"

namespace meme::client {

/// `meme-generator dead`: the requests that ran out of attempts, as `nats.dead-stream` keeps them.
///
///     list           a line each: number, when it died, code, attempts, id, reason
///     show N         headers and payload
///     requeue N|all  back to the subject that it came in on, with its id; then it is removed here
///     purge N|all    removed for good
///
/// A letter that is queued again is a new message with attempts of its own. It is removed only when
/// its stream has acknowledged it, under a Nats-Msg-Id that is the same for the same letter: run
/// again after a failure in between, the command does not queue it twice.
///
/// Returns 0, 1 with the reason on stderr (there is no such letter, the server cannot be asked), or
/// 2 for a command line that does not fit the action; does not throw.
int run_dead(const config::nats_options& nats, const config::dead_command& command);

} // namespace meme::client
