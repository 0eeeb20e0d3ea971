#pragma once

#include <sys/types.h>

#include <chrono>

namespace meme::bench {

/// The worker, be it the service or the limit loop, has a core to itself; the servers, the model
/// and the driver share the other one. So what a worker costs shows, and is the same twice.
/// They are the first two that this process may use; where there is but one, nothing is as it
/// should be, and only whether everything runs can be seen.
int worker_core();
int server_core();

/// Moves the calling thread, and what it starts from now on, to a core. Throws std::system_error.
void move_to_core(int core);

/// What is started while this exists runs on the worker's core.
class on_worker_core {
public:
  on_worker_core() { move_to_core(worker_core()); }
  ~on_worker_core() { move_to_core(server_core()); }
  on_worker_core(const on_worker_core&) = delete;
  on_worker_core& operator=(const on_worker_core&) = delete;
};

/// What a running process has used since it started.
struct usage {
  double cpu_s = 0;    ///< user and system, all threads, to the nanosecond
  double switches = 0; ///< of context, by will or not, of the threads that live now
  double rss_mib = 0;  ///< now
  double peak_rss_mib = 0;
  double threads = 0; ///< now
};
usage usage_of(pid_t pid);

/// CPU time of a process alone: cheaper than usage_of.
double cpu_s_of(pid_t pid);

/// How long a core has been busy since the machine started, with whatever; in steps of 10 ms.
double core_busy_s(int core);

/// How much of both cores is used by others than those whose CPU times are told to it.
class strangers {
public:
  /// Begins now. The times are those used so far, of the worker and of all on the server core.
  strangers(double worker_cpu_s, double servers_cpu_s);

  /// The share of the core that is used more by others since then, 0..1.
  double busy(double worker_cpu_s, double servers_cpu_s) const;

private:
  double worker_core_s_; ///< used by others when it began
  double server_core_s_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

/// Waits until hardly anybody else uses the cores, but no longer than `patience_s`; what is ours
/// has nothing to do meanwhile. @returns how long it took, in seconds.
double wait_for_silence(double patience_s);

} // namespace meme::bench
