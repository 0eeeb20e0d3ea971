#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "test/support/child_process.hpp"

namespace meme::test {

/// A server program that can be started, killed and started again in the same folder. Its output
/// is in <folder>/<name>.out and .err.
class server {
public:
  server(std::filesystem::path folder, std::string name);

  /// Runs `what` and waits until `ready` returns true. Throws std::runtime_error with the last
  /// lines of its output if it ends first or is not ready in time.
  void launch(const command& what, const std::function<bool()>& ready);

  bool running() { return process_ && process_->running(); }
  int stop();   ///< SIGTERM; returns the exit status
  void kill9(); ///< SIGKILL
  child_process& process() { return *process_; }
  const std::filesystem::path& folder() const { return folder_; }

private:
  std::filesystem::path folder_;
  std::string name_;
  std::optional<child_process> process_;
};

/// The last `count` lines of `text`.
std::string last_lines(const std::string& text, std::size_t count);

} // namespace meme::test
