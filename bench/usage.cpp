#include "bench/usage.hpp"

#include <sched.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace meme::bench {

namespace {

/// The number after `field:` in a file of the form of /proc/PID/status; 0 where there is none.
double field_of(const std::filesystem::path& file, const std::string& field) {
  std::ifstream lines{file};
  for (std::string line; std::getline(lines, line);)
    if (line.compare(0, field.size() + 1, field + ":") == 0)
      return std::stod(line.substr(field.size() + 1));
  return 0;
}

/// Before this program has chosen any for itself.
std::vector<int> usable_cores() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  ::sched_getaffinity(0, sizeof cores, &cores);
  std::vector<int> result;
  for (int i = 0; i < CPU_SETSIZE; ++i)
    if (CPU_ISSET(i, &cores))
      result.push_back(i);
  return result;
}

const std::vector<int>& cores_at_start() {
  static const auto all = usable_cores();
  return all;
}

} // namespace

int worker_core() {
  return cores_at_start().front();
}

int server_core() {
  return cores_at_start().at(cores_at_start().size() > 1 ? 1 : 0);
}

void move_to_core(int core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(core, &cores);
  if (::sched_setaffinity(0, sizeof cores, &cores) != 0)
    throw std::system_error{errno, std::generic_category(),
                            "cannot use core " + std::to_string(core)};
}

double cpu_s_of(pid_t pid) {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0)
    throw std::runtime_error{"process " + std::to_string(pid) + " is gone"};
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

usage usage_of(pid_t pid) {
  const auto process = std::filesystem::path{"/proc"} / std::to_string(pid);
  usage result;
  result.cpu_s = cpu_s_of(pid);
  result.rss_mib = field_of(process / "status", "VmRSS") / 1024;
  result.peak_rss_mib = field_of(process / "status", "VmHWM") / 1024;
  result.threads = field_of(process / "status", "Threads");
  for (const auto& thread : std::filesystem::directory_iterator{process / "task"})
    for (const auto* kind : {"voluntary_ctxt_switches", "nonvoluntary_ctxt_switches"})
      result.switches += field_of(thread.path() / "status", kind);
  return result;
}

double core_busy_s(int core) {
  std::ifstream lines{"/proc/stat"};
  const auto name = "cpu" + std::to_string(core);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words{line};
    std::string first;
    double user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0;
    if (words >> first && first == name
        && words >> user >> nice >> system >> idle >> iowait >> irq >> softirq >> steal)
      return (user + nice + system + irq + softirq + steal)
             / static_cast<double>(::sysconf(_SC_CLK_TCK));
  }
  throw std::runtime_error{"/proc/stat has no " + name};
}

strangers::strangers(double worker_cpu_s, double servers_cpu_s)
    : worker_core_s_{core_busy_s(worker_core()) - worker_cpu_s},
      server_core_s_{core_busy_s(server_core()) - servers_cpu_s} {}

double strangers::busy(double worker_cpu_s, double servers_cpu_s) const {
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin_;
  const auto most = std::max(core_busy_s(worker_core()) - worker_cpu_s - worker_core_s_,
                             core_busy_s(server_core()) - servers_cpu_s - server_core_s_);
  return std::clamp(most / elapsed.count(), 0.0, 1.0);
}

double wait_for_silence(double patience_s) {
  constexpr double silence = 0.1;
  constexpr std::chrono::milliseconds watched{300};
  const auto begin = std::chrono::steady_clock::now();
  for (;;) {
    const std::chrono::duration<double> waited = std::chrono::steady_clock::now() - begin;
    if (waited.count() >= patience_s)
      return waited.count();
    const strangers all{0, 0};
    std::this_thread::sleep_for(watched);
    if (all.busy(0, 0) < silence)
      return waited.count();
  }
}

} // namespace meme::bench
