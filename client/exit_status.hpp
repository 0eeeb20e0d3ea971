#pragma once

namespace meme::client {

/// Exit statuses of the commands, as their help lists them. 2 is left to the command line's errors.
enum exit_status : int { answered = 0, failed = 1, no_answer = 3 };

} // namespace meme::client
