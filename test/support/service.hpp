#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "test/support/http.hpp"
#include "test/support/json.hpp"
#include "test/support/server.hpp"

namespace meme::test {

/// The built meme-generator, serving.
class service {
public:
  /// Starts it and waits for its HTTP pages, not for its readiness. `variables` are its whole
  /// configuration, beside a free port for the pages. Output goes to <folder>/<name>.err.
  service(const std::filesystem::path& folder, environment variables,
          const std::string& name = "meme-generator");

  bool wait_ready(std::chrono::milliseconds timeout = patience) const;
  http_response page(const std::string& path) const { return http_get(pages_ + path); }

  http_response post(const std::string& path) const { return http_post(pages_ + path, {}); }

  /// The value of a metric now: the sum over all series that have each of `labels`, written as
  /// in the exposition format (`code="bad_request"`); 0 where there is none.
  double metric(const std::string& name, const std::vector<std::string>& labels = {}) const;

  /// What it logged so far, a JSON document a line.
  std::vector<json> log_lines() { return read_log(process().err()); }

  int terminate() { return server_.stop(); } ///< SIGTERM; returns the exit status
  void kill9() { server_.kill9(); }
  child_process& process() { return server_.process(); }

private:
  static std::vector<json> read_log(const std::string& text);
  bool find_pages();

  server server_;
  std::string pages_; ///< http://host:port
};

/// Runs the built meme-generator with `arguments` to its end and returns its exit status.
struct finished_run {
  int status = 0;
  std::string out;
  std::string err;
};
finished_run run_meme_generator(const std::filesystem::path& folder,
                                std::vector<std::string> arguments, environment variables = {});

} // namespace meme::test
