#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "test/support/json.hpp"
#include "test/support/port_lease.hpp"
#include "test/support/server.hpp"

namespace meme::test {

/// A call that the model has got.
struct model_call {
  std::int64_t at_ms = 0; ///< since the model's start or `reset`
  std::string prompt;
  int status = 0; ///< 0: not answered
};

/// The model's stand-in, with its administration switched on. It keeps its port over stop, kill and
/// start, and forgets its counts.
class sketch_server {
public:
  /// Starts it. `arguments` as on its command line, e.g. `--latency 1000`.
  explicit sketch_server(const std::filesystem::path& folder,
                         std::vector<std::string> arguments = {});

  void start();
  void stop() { server_.stop(); }
  void kill9() { server_.kill9(); }
  child_process& process() { return server_.process(); }

  std::string url() const { return "http://" + port_.address(); }

  /// The address of a model on it, as HF_API_URL takes it.
  std::string model_url() const { return url() + "/hf-inference/models/test/sketch"; }

  json stats() const;
  std::int64_t calls() const { return stats().integer("/calls"); }
  std::int64_t calls(const std::string& prompt) const; ///< those for this very prompt

  /// Every call, in the order in which they came.
  std::vector<model_call> journal() const;

  /// Replaces the fault plan: a JSON list of rules, e.g. `[{"match": "boom", "status": 503}]`.
  void set_faults(const std::string& rules) const;
  void reset() const; ///< no faults, all counts zero

private:
  server server_;
  std::vector<std::string> arguments_;
  port_lease port_;
};

} // namespace meme::test
