#include "actors/supervisor/service_config.hpp"

#include <utility>

namespace meme {

status_server_config make_status_server_config(const service_config& service,
                                               std::shared_ptr<io::unique_fd> listener) {
  return {service.metrics, std::move(listener), service.options.supervisor.chaos};
}

redis_cache_config make_redis_cache_config(const service_config& service) {
  return {service.options.cache, service.options.generator.max_body_bytes,
          service.metrics,       service.budget,
          service.seal,          service.seed};
}

recompressor_config make_recompressor_config(const service_config& service) {
  const auto& model = service.options.generator;
  return {model.decoder,        model.max_decoders, model.max_pixels,
          model.decode_timeout, service.metrics,    service.budget};
}

model_client_config make_model_client_config(const service_config& service) {
  return {service.options.generator, service.options.ingress.max_in_flight, service.metrics,
          service.budget, service.clock};
}

generator_config make_generator_config(const service_config& service) {
  const auto& model = service.options.generator;
  generator_config result;
  result.max_in_flight = service.options.ingress.max_in_flight;
  result.max_calls = static_cast<std::uint32_t>(model.max_calls);
  result.deadline = model.deadline;
  result.give_up_after = model.give_up_after;
  result.retry_base = model.retry_base;
  result.retry_cap = model.retry_cap;
  result.metrics = service.metrics;
  result.wall_clock = service.clock;
  result.seed = service.seed;
  return result;
}

cache_config make_cache_config(const service_config& service) {
  const auto& cache = service.options.cache;
  return {cache.ttl,       cache.local_bytes, cache.timeout, service.options.generator.max_calls,
          service.metrics, service.budget};
}

publisher_config make_publisher_config(const service_config& service, bus_ptr bus) {
  return {service.options.nats, std::move(bus), service.metrics};
}

provisioner_config make_provisioner_config(const service_config& service,
                                           std::shared_ptr<io::nats_connection> connection,
                                           std::shared_ptr<last_seen> seen) {
  return {service.options, std::move(connection), std::move(seen), service.metrics, service.clock};
}

ingress_config make_ingress_config(const service_config& service, bus_ptr bus,
                                   std::uint64_t incarnation) {
  const auto& model = service.options.generator;
  ingress_config result;
  result.ingress = service.options.ingress;
  result.nats = service.options.nats;
  const auto& fast = model.fast_url;
  result.plan = {model_address{model.url}, fast ? model_address{*fast} : model_address{},
                 model.prompt_template, model.fast_steps, model.accept};
  result.give_up_after = model.give_up_after;
  result.answers_per_second = service.options.log.answers_per_second;
  result.bus = std::move(bus);
  result.metrics = service.metrics;
  result.budget = service.budget;
  result.wall_clock = service.clock;
  result.seed = service.seed;
  result.incarnation = incarnation;
  return result;
}

} // namespace meme
