// How many instructions a message takes: the same on a busy machine as on an idle one.

#include <fstream>
#include <stdexcept>

#include "bench/cases.hpp"
#include "bench/test_bed.hpp"
#include "bench/usage.hpp"

namespace meme::bench {

namespace {

/// The line `totals: N` of callgrind's file.
double total_in(const std::filesystem::path& file) {
  std::ifstream lines{file};
  for (std::string line; std::getline(lines, line);)
    if (line.compare(0, 8, "totals: ") == 0)
      return std::stod(line.substr(8));
  throw std::runtime_error{"callgrind has counted nothing (is valgrind installed?)"};
}

/// Instructions from start to end, with `count` messages in between.
double instructions(test_bed& bed, const load& what, std::size_t count, worker_kind kind) {
  const auto file = bed.folder.path() / "callgrind.out";
  auto program = bed.command_of(kind, what, false);
  program.arguments.insert(
      program.arguments.begin(),
      {"--tool=callgrind", "--callgrind-out-file=" + file.string(), program.program});
  program.program = "valgrind";
  bed.client.enqueue_all("meme.request", bed.requests(what, count));
  const on_worker_core here;
  test::child_process process{program, bed.folder.path(), "callgrind"};
  if (!bed.drained())
    throw std::runtime_error{"under valgrind the queue is not emptied:\n"
                             + test::last_lines(process.err(), 10)};
  process.signal(SIGTERM);
  process.wait_exit();
  return total_in(file);
}

figures both(test_bed& bed, const load& what, std::size_t count) {
  const auto each = [&](worker_kind kind) {
    const auto few = instructions(bed, what, count, kind);
    const auto many = instructions(bed, what, count * 3, kind);
    return (many - few) / static_cast<double>(count * 2) / 1'000;
  };
  return {{"limit_kiloinstructions", each(worker_kind::limit_loop)},
          {"service_kiloinstructions", each(worker_kind::service)}};
}

} // namespace

std::vector<bench_case> instruction_cases(const effort& much) {
  std::vector<bench_case> result;
  for (const std::size_t bytes : {1'000, 20'000}) {
    load what;
    what.bytes = bytes;
    const auto count = much.scaled(1'000, 100);
    result.push_back({"instructions/hit-" + std::to_string(bytes / 1'000) + "KB", false, true,
                      [what](test_bed& bed) { bed.prepare(what); },
                      [=](test_bed& bed, std::size_t) { return both(bed, what, count); }});
  }
  return result;
}

} // namespace meme::bench
