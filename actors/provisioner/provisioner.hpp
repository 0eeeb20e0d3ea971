#pragma once

#include <memory>

#include "actors/base/context.hpp"
#include "actors/metrics/metrics.hpp"
#include "actors/provisioner/provision.hpp"

namespace meme {

/// Spawns the actor that makes stream and consumer, looks at them every few seconds, and answers
/// messages that the server has given up. `seen` is kept for its successor.
provisioner_actor spawn_provisioner(caf::local_actor* parent, context_ptr shared,
                                    std::shared_ptr<io::nats_connection> connection,
                                    std::shared_ptr<last_seen> seen);

} // namespace meme
