#pragma once

#include <memory>
#include <string>
#include <vector>

#include "actors/context.hpp"
#include "actors/io/jetstream.hpp"
#include "messages/interfaces.hpp"

namespace meme {

/// What provisioning has found and done.
struct provision_report {
  binding result;
  std::vector<std::string> done;        ///< what was made (or would be)
  std::vector<std::string> differences; ///< from what we would have made; served all the same
};

/// Configurations as they were found the last time, as the server writes them; empty: never.
struct last_seen {
  std::string stream;
  std::string consumer;
  std::string dead_stream;
  bool dead_stream_is_hidden = false; ///< we may not ask for it, and do so once only
};

/// Looks at stream and consumer, and makes what is missing: as it was last seen, so that what
/// somebody else had configured comes back as theirs, or as we need it where the server refuses
/// that for good (which `seen` then forgets). What somebody else has configured is never changed:
/// it is served as it is, or, where that cannot work, refused (`result.reason`). With `plan_only`
/// nothing is made either. Blocks for a few round trips; throws std::runtime_error where JetStream
/// cannot be asked.
provision_report provision(natsConnection* connection, const config::options& options,
                           bool plan_only, last_seen& seen);

/// `seen` is kept for its successor.
provisioner_actor spawn_provisioner(caf::local_actor* parent, context_ptr shared,
                                    std::shared_ptr<io::nats_connection> connection,
                                    std::shared_ptr<last_seen> seen);

} // namespace meme
