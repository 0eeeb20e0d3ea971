#pragma once

#include <map>
#include <memory>
#include <string>

#include "actors/io/http/http_server.hpp"
#include "actors/io/loop_actor.hpp"
#include "actors/io/unique_fd.hpp"
#include "actors/metrics/metrics.hpp"
#include "messages/interfaces.hpp"

namespace meme {

struct status_server_config {
  metrics_ptr metrics;
  std::shared_ptr<io::unique_fd> listener; ///< a successor listens on the same socket
  bool chaos = false;                      ///< whether /chaos ends and mutes children
};

/// Serves what Prometheus and Kubernetes ask for:
///
///   /metrics             the registry
///   /livez               200 while the process can do work, whatever NATS, Redis or the model do
///   /readyz, /healthz    200 while every part is well, else 503 and the reasons as JSON
///
/// Each part is not well until somebody says so with `health`.
class status_server final : public io::loop_actor<status_server_actor::base> {
public:
  status_server(caf::actor_config& actor, status_server_config config);

  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "status-server"; }

private:
  io::server_response serve(const io::server_request& request);
  io::server_response metrics() const;
  io::server_response liveness() const;
  io::server_response readiness() const;
  io::server_response kill(const std::string& actor);
  io::server_response mute(const std::string& actor);

  status_server_config config_;
  peers_ptr peers_ = std::make_shared<peers>();
  std::unique_ptr<io::http_server> server_;
  std::map<std::string, health> parts_; ///< by name
  caf::actor_clock::time_point last_beat_;
};

status_server_actor spawn_status_server(caf::local_actor* parent, status_server_config config);

} // namespace meme
