#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace meme::bench {

/// Asks a model for one picture after the other over a connection that is kept, and notes how long
/// it takes: the model's own time, with all that its core's other load adds.
class model_probe {
public:
  explicit model_probe(const std::string& url);
  ~model_probe();
  model_probe(const model_probe&) = delete;
  model_probe& operator=(const model_probe&) = delete;

  /// The median so far, in milliseconds. Throws std::runtime_error where nothing came.
  double stop();

private:
  void run(const std::string& url);

  std::vector<double> took_ms_; ///< the thread's until it has ended
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

} // namespace meme::bench
