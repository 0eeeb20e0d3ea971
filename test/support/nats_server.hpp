#pragma once

#include <filesystem>
#include <string>

#include "test/support/port_lease.hpp"
#include "test/support/server.hpp"

namespace meme::test {

/// The configuration of a cluster's member.
struct cluster_member {
  std::string name;   ///< unique in the cluster, and the name of its folder
  std::string config; ///< lines of its configuration file, with `cluster {…}` among them
};

/// A nats-server with JetStream. It keeps its ports and its store over stop, kill and start.
class nats_server {
public:
  /// Starts it. `extra_config` are lines of its configuration file, e.g. `max_payload: 65536`;
  /// `variables` are for its environment.
  explicit nats_server(const std::filesystem::path& folder, std::string extra_config = "",
                       environment variables = {});

  /// Starts a member of a cluster; see `nats_cluster`.
  nats_server(const std::filesystem::path& folder, const cluster_member& who);

  /// Returns when the server is healthy; a member of a cluster when it answers, because it is not
  /// healthy before others are there. Throws std::runtime_error where it does not in time.
  void start();
  void stop() { server_.stop(); }
  void kill9() { server_.kill9(); }
  bool running() { return server_.running(); }
  bool healthy() const; ///< JetStream has recovered its streams and, in a cluster, has a leader
  child_process& process() { return server_.process(); }

  std::string url() const { return "nats://" + port_.address(); }
  std::string monitor_url() const { return "http://" + monitor_port_.address(); }

private:
  void configure(const std::string& more);

  server server_;
  environment variables_;
  bool alone_ = true;
  port_lease port_;
  port_lease monitor_port_;
};

} // namespace meme::test
