#pragma once

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "actors/io/unique_fd.hpp"
#include "test/support/eventually.hpp"

namespace meme::test {

using environment = std::map<std::string, std::string>;

/// What to run. The child sees `variables` and little else (PATH, HOME, TMPDIR and the sanitizers'
/// options): variables of the developer's shell must not change a test.
struct command {
  std::string program; ///< a path, or a name to be found on PATH or among the system's servers
  std::vector<std::string> arguments;
  environment variables;
};

/// A running program. The destructor kills and reaps it, and the kernel kills it if the test dies.
/// Its output is appended to the files <name>.out and <name>.err of a folder.
class child_process {
public:
  /// Throws std::system_error if the program cannot be started.
  child_process(const command& what, const std::filesystem::path& folder, const std::string& name);
  ~child_process();
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  pid_t pid() const { return pid_; }
  bool running();

  /// The exit status as in a shell (128 + signal if it was killed); nothing while it runs.
  std::optional<int> wait_exit(std::chrono::milliseconds timeout = patience);

  void signal(int number);
  void kill9(); ///< SIGKILL, and waits until it is gone
  void stop() { signal(SIGSTOP); }
  void cont() { signal(SIGCONT); }

  std::string out() const; ///< its stdout so far
  std::string err() const; ///< its stderr so far

  std::size_t rss_bytes() const;      ///< now
  std::size_t peak_rss_bytes() const; ///< ever
  std::size_t thread_count() const;
  std::size_t fd_count() const;

private:
  std::size_t status_number(const std::string& field) const;

  /// A file, and the offset where this process' output begins.
  struct log {
    std::filesystem::path file;
    std::uintmax_t begin = 0;
    std::string read() const;
  };

  log out_;
  log err_;
  pid_t pid_ = -1;
  io::unique_fd pidfd_;
  std::optional<int> exit_status_;
};

} // namespace meme::test
