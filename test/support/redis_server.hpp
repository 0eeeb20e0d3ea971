#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "test/support/port_lease.hpp"
#include "test/support/server.hpp"

namespace meme::test {

/// A redis-server without persistence. It keeps its port over stop, kill and start.
class redis_server {
public:
  /// Starts it. `extra_arguments` as on its command line, e.g. `--maxmemory 1mb`.
  explicit redis_server(const std::filesystem::path& folder,
                        std::vector<std::string> extra_arguments = {});

  void start();
  void stop() { server_.stop(); }
  void kill9() { server_.kill9(); }
  child_process& process() { return server_.process(); }

  std::string url() const { return "redis://" + port_.address(); }

  /// Runs one command and returns its reply as text (integers in decimal, arrays as their size,
  /// nil as empty). Throws std::runtime_error where Redis cannot be reached.
  std::string run(const std::vector<std::string>& words) const;

  /// Whether it runs and asks for no password.
  bool answers() const;

private:
  server server_;
  std::vector<std::string> extra_arguments_;
  port_lease port_;
};

} // namespace meme::test
