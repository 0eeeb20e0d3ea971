#pragma once

#include <cstdint>
#include <memory>

#include "actors/base/wall_clock.hpp"
#include "actors/cache/cache.hpp"
#include "actors/cache/redis_cache.hpp"
#include "actors/generator/generator.hpp"
#include "actors/generator/model_client.hpp"
#include "actors/ingress/ingress.hpp"
#include "actors/metrics/status_server.hpp"
#include "actors/pictures/recompressor.hpp"
#include "actors/provisioner/provisioner.hpp"
#include "actors/publisher/publisher.hpp"
#include "config/options.hpp"

namespace meme {

/// What the supervisor needs to start the others. Each of them is given only its own part: see the
/// functions below, and the struct beside each actor.
struct service_config {
  config::options options;
  metrics_ptr metrics;
  std::shared_ptr<io::byte_budget> budget;    ///< of pictures in flight
  std::shared_ptr<const io::value_seal> seal; ///< of what is stored in Redis; empty: not signed
  wall_clock clock;
  std::uint64_t seed = 0; ///< of everything random in this process
};

status_server_config make_status_server_config(const service_config& service,
                                               std::shared_ptr<io::unique_fd> listener);
redis_cache_config make_redis_cache_config(const service_config& service);
recompressor_config make_recompressor_config(const service_config& service);
model_client_config make_model_client_config(const service_config& service);
generator_config make_generator_config(const service_config& service);
cache_config make_cache_config(const service_config& service);
publisher_config make_publisher_config(const service_config& service, bus_ptr bus);
provisioner_config make_provisioner_config(const service_config& service,
                                           std::shared_ptr<io::nats_connection> connection,
                                           std::shared_ptr<last_seen> seen);
ingress_config make_ingress_config(const service_config& service, bus_ptr bus,
                                   std::uint64_t incarnation);

} // namespace meme
