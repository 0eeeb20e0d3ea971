#include "bench/report.hpp"

#include <sys/utsname.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iomanip>
#include <sstream>
#include <thread>

namespace meme::bench {

namespace {

std::string number(double value, int decimals) {
  if (std::isnan(value))
    return "–";
  std::ostringstream text;
  text << std::fixed << std::setprecision(decimals) << value;
  auto digits = text.str();
  // 1234567.8 -> 1,234,567.8
  const auto end = std::min(digits.find('.'), digits.size());
  for (auto place = end; place > 3 && digits[place - 4] != '-'; place -= 3)
    digits.insert(place - 3, ",");
  return digits;
}

bool begins_with(const std::string& text, const std::string& start) {
  return text.compare(0, start.size(), start) == 0;
}

void put_table(std::ostream& out, const table& what, const std::vector<result>& results) {
  std::ostringstream lines;
  for (const auto& each : results) {
    // A line without any of the columns only serves a goal.
    const auto shown =
        std::any_of(what.columns.begin(), what.columns.end(),
                    [&](const column& one) { return !std::isnan(each.median(one.figure)); });
    if (!begins_with(each.name, what.prefix) || !shown)
      continue;
    lines << "| " << each.name.substr(what.prefix.size()) << " |";
    for (const auto& one : what.columns)
      lines << ' ' << number(each.median(one.figure), one.decimals) << " |";
    lines << '\n';
  }
  if (lines.str().empty())
    return;
  out << "\n## " << what.title << "\n\n";
  if (!what.about.empty())
    out << what.about << "\n\n";
  out << "| |";
  for (const auto& one : what.columns)
    out << ' ' << one.title << " |";
  out << "\n|---|";
  for (std::size_t i = 0; i < what.columns.size(); ++i)
    out << "---:|";
  out << '\n' << lines.str();
}

void put_goals(std::ostream& out, const std::vector<result>& results) {
  std::ostringstream lines;
  for (const auto& each : goals())
    for (const auto& one : results)
      if (const auto median = one.median(each.figure);
          one.name == each.case_name && !std::isnan(median)) {
        const auto met = each.at_least ? median >= each.bound : median <= each.bound;
        lines << "| " << each.text << " | " << (each.at_least ? "≥ " : "≤ ") << each.bound << " | "
              << number(median, 3) << " | " << (met ? "yes" : "**no**") << " |\n";
      }
  if (!lines.str().empty())
    out << "\n## Goals\n\n| | goal | median | met |\n|---|---:|---:|---|\n" << lines.str();
}

} // namespace

std::string describe_machine() {
  std::string processor = "unknown";
  std::ifstream lines{"/proc/cpuinfo"};
  for (std::string line; std::getline(lines, line);)
    if (begins_with(line, "model name")) {
      processor = line.substr(line.find(':') + 2);
      break;
    }
  utsname system{};
  ::uname(&system);
  return std::to_string(std::thread::hardware_concurrency()) + " × " + processor + ", Linux "
         + system.release;
}

std::string to_markdown(const std::vector<result>& results, const effort& much) {
  std::ostringstream out;
  out << "# Measured beside the limit\n\n"
      << "Made by `bench/run.sh`" << (much.quick ? " --quick" : "") << "; medians of up to "
      << much.rounds << " rounds. " << describe_machine() << ".\n\n"
      << "The worker, service or limit loop, has a core to itself; NATS, Redis, the model's "
         "stand-in and the driver share another one.\nThe limit loop pulls, publishes a body of "
         "the same size and "
         "acknowledges, and does nothing else; it ran in the same\nrounds. *Servers busy* is the "
         "share of that other core that those on it used: near 1, they and not the worker are the "
         "limit.\n"
         "*Strangers* is the share of either core that others used, whichever is more: noise.\n";
  if (!much.quick) // so little work decides nothing
    put_goals(out, results);
  for (const auto& each : tables())
    put_table(out, each, results);
  return out.str();
}

} // namespace meme::bench
