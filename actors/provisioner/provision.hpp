#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/io/nats/jetstream.hpp"
#include "config/options.hpp"
#include "messages/interfaces.hpp"

namespace meme {

/// What provisioning has found and done.
struct provision_report {
  binding result;
  std::optional<io::stream_info> stream;     ///< as found; empty: it was not there
  std::optional<io::consumer_info> consumer; ///< the same
  std::vector<std::string> done;             ///< what was made (or would be)
  std::vector<std::string> differences;      ///< from what we would have made; served all the same
};

/// Configurations as they were found the last time, as the server writes them; empty: never.
struct last_seen {
  std::string stream;
  std::string consumer;
  std::string dead_stream;
  bool dead_stream_is_hidden = false; ///< we may not ask for it, and do so once only
};

enum class provision_mode {
  make,   ///< makes what is missing
  plan,   ///< only says what it would make
  review, ///< as `plan`, and asks for the stream and the consumer of the requests only
};

/// Looks at stream and consumer, and makes what is missing: as it was last seen, so that what
/// somebody else had configured comes back as theirs, or as we need it where the server refuses
/// that for good (which `seen` then forgets). What somebody else has configured is never changed:
/// it is served as it is, or, where that cannot work, refused (`result.reason`). Blocks for a few
/// round trips; throws std::runtime_error where JetStream cannot be asked.
provision_report provision(natsConnection* connection, const config::options& options,
                           provision_mode mode, last_seen& seen);

/// Keeps the configurations in `seen` for the day on which one of them is gone. What cannot be read
/// stays as it was. Blocks for up to three round trips.
void remember(natsConnection* connection, const config::nats_options& nats,
              const provision_report& report, last_seen& seen);

} // namespace meme
