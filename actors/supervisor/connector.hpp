#pragma once

#include <memory>

#include "actors/base/context.hpp"
#include "actors/metrics/metrics.hpp"
#include "messages/interfaces.hpp"

namespace meme {

/// Spawns the connector, which tells `supervisor` what becomes of its connections. While it is in
/// an attempt, `shared->blocked_calls` counts it.
connector_actor spawn_connector(caf::local_actor* parent, context_ptr shared,
                                supervisor_actor supervisor);

} // namespace meme
