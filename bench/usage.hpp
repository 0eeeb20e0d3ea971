#pragma once

#include <sys/types.h>

namespace meme::bench {

/// The worker, be it the service or the limit loop, has a core to itself; the servers, the model
/// and the driver share the other one. So what a worker costs shows, and is the same twice.
constexpr int worker_core = 0;
constexpr int server_core = 1;

/// Moves the calling thread, and what it starts from now on, to a core. Throws std::system_error.
void move_to_core(int core);

/// What is started while this exists runs on the worker's core.
class on_worker_core {
public:
  on_worker_core() { move_to_core(worker_core); }
  ~on_worker_core() { move_to_core(server_core); }
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

} // namespace meme::bench
