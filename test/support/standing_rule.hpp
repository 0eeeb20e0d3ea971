#pragma once

#include <cstddef>
#include <iosfwd>
#include <set>
#include <string>
#include <vector>

#include "test/support/world.hpp"

namespace meme::test {

/// How the requests with certain ids have ended so far.
struct ending {
  std::size_t asked = 0;
  std::size_t results = 0;      ///< ids with a result
  std::size_t errors = 0;       ///< ids with an error
  std::size_t duplicates = 0;   ///< answers beyond the first of the same kind
  std::size_t contradicted = 0; ///< ids with both
  std::size_t strangers = 0;    ///< answers without a request
  std::size_t mistaken = 0;     ///< results for another request's prompt, if prompts are the ids
  std::int64_t queued = 0;      ///< messages in the stream

  std::size_t answered() const { return results + errors - contradicted; }
};

std::ostream& operator<<(std::ostream& out, const ending& what);

/// The ids "<start>-0", "<start>-1", … of `requests(count, start)`.
std::set<std::string> ids_of(std::size_t count, const std::string& start);

ending look_at_ending(world& here, const std::set<std::string>& ids);

/// The rule that holds after the faults: each of `ids` has exactly one of result and error, and the
/// queue is empty. Waits for it, fails the test if it does not become true, and prints the counts.
/// Duplicates are counted, not forbidden.
ending check_all_ended(world& here, const std::set<std::string>& ids,
                       std::chrono::milliseconds timeout = 2 * patience);

/// The same with the answers from other mailboxes than those of `here`.
ending check_all_ended(world& here, const std::set<std::string>& ids, mailbox& results,
                       mailbox& errors, std::chrono::milliseconds timeout = 2 * patience);

} // namespace meme::test
