#pragma once

#include <filesystem>
#include <string>

#include "test/support/port_lease.hpp"
#include "test/support/server.hpp"

namespace meme::test {

/// A nats-server with JetStream. It keeps its ports and its store over stop, kill and start.
class nats_server {
public:
  /// Starts it. `extra_config` are lines of its configuration file, e.g. `max_payload: 65536`;
  /// `variables` are for its environment.
  explicit nats_server(const std::filesystem::path& folder, std::string extra_config = "",
                       environment variables = {});

  void start();
  void stop() { server_.stop(); }
  void kill9() { server_.kill9(); }
  child_process& process() { return server_.process(); }

  std::string url() const { return "nats://" + port_.address(); }
  std::string monitor_url() const { return "http://" + monitor_port_.address(); }

private:
  server server_;
  environment variables_;
  port_lease port_;
  port_lease monitor_port_;
};

} // namespace meme::test
