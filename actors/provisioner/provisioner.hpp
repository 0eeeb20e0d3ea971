#pragma once

#include <memory>

#include "actors/base/wall_clock.hpp"
#include "actors/io/nats/nats_connection.hpp"
#include "actors/metrics/metrics.hpp"
#include "actors/provisioner/provision.hpp"
#include "config/options.hpp"
#include "messages/interfaces.hpp"

namespace meme {

struct provisioner_config {
  config::options options; ///< `nats` and `ingress`
  /// The supervisor replaces the provisioner when it replaces the connection.
  std::shared_ptr<io::nats_connection> connection;
  std::shared_ptr<last_seen> seen; ///< kept for a successor
  metrics_ptr metrics;
  meme::wall_clock wall_clock;
};

/// Spawns the actor that makes stream and consumer, looks at them every few seconds, and answers
/// messages that the server has given up.
provisioner_actor spawn_provisioner(caf::local_actor* parent, provisioner_config config);

} // namespace meme
