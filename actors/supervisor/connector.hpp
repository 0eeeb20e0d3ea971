#pragma once

#include <memory>

#include "actors/supervisor/exit_state.hpp"
#include "config/options.hpp"
#include "messages/interfaces.hpp"

namespace meme {

struct connector_config {
  config::nats_options nats;
  supervisor_actor supervisor;      ///< is told what becomes of the connections
  std::shared_ptr<exit_state> exit; ///< `blocked_calls` counts an attempt that is under way
};

connector_actor spawn_connector(caf::local_actor* parent, connector_config config);

} // namespace meme
