#pragma once

#include <functional>

namespace meme::client {

/// Exit statuses of the commands, as their help lists them. 2 is left to the command line's errors.
enum exit_status : int { answered = 0, failed = 1, no_answer = 3 };

/// What `command` returns. Where it throws, for it cannot go on, says why on stderr and returns
/// `failed`.
int exit_status_of(const std::function<int()>& command);

} // namespace meme::client
