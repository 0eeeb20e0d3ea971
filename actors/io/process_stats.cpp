#include "actors/io/process_stats.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace meme::io {

namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

/// The number after `key` and a space in /proc/stat.
std::optional<double> boot_time_s() {
  std::ifstream lines{"/proc/stat"};
  for (std::string line; std::getline(lines, line);)
    if (line.rfind("btime ", 0) == 0)
      return std::stod(line.substr(6));
  return std::nullopt;
}

/// Field 22 of /proc/self/stat (proc(5)): clock ticks between boot and start. The second field is
/// the program's name in parentheses, which may hold spaces.
std::optional<double> start_after_boot_s() {
  std::ifstream file{"/proc/self/stat"};
  std::string text;
  std::getline(file, text);
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos)
    return std::nullopt;
  std::istringstream fields{text.substr(name_end + 1)};
  std::string field;
  for (auto i = 3; i <= 22; ++i)
    fields >> field;
  if (!fields)
    return std::nullopt;
  return std::stod(field) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::optional<std::uint64_t> count_descriptors() {
  std::error_code problem;
  std::uint64_t count = 0;
  for (std::filesystem::directory_iterator i{"/proc/self/fd", problem}, end; !problem && i != end;
       i.increment(problem))
    ++count;
  if (problem || count == 0)
    return std::nullopt;
  return count - 1; // without the descriptor that read them
}

} // namespace

process_stats read_process_stats() {
  process_stats result;
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  result.cpu_s = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  result.max_descriptors = limit.rlim_cur;
  const auto page_bytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  std::uint64_t virtual_pages = 0;
  std::uint64_t resident_pages = 0;
  if (std::ifstream{"/proc/self/statm"} >> virtual_pages >> resident_pages) {
    result.virtual_bytes = virtual_pages * page_bytes;
    result.resident_bytes = resident_pages * page_bytes;
  }
  result.open_descriptors = count_descriptors();
  const auto boot = boot_time_s();
  const auto since_boot = start_after_boot_s();
  if (boot && since_boot)
    result.start_time_s = *boot + *since_boot;
  return result;
}

} // namespace meme::io
