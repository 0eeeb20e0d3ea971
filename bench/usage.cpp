#include "bench/usage.hpp"

#include <sched.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>

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

} // namespace

void move_to_core(int core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(core, &cores);
  if (::sched_setaffinity(0, sizeof cores, &cores) != 0)
    throw std::system_error{errno, std::generic_category(),
                            "cannot use core " + std::to_string(core) + " (two are needed)"};
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

} // namespace meme::bench
