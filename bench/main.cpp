// Measures the service beside the limit; run.sh says how to call it.
//
//     bench-service --output FOLDER [--add] [--rounds N] [--case PART_OF_NAME]… [--quick]
//                   [--overload-seconds N] [--patience-seconds N] [--list]

#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/cases.hpp"
#include "bench/plot.hpp"
#include "bench/report.hpp"
#include "bench/test_bed.hpp"
#include "bench/turn.hpp"
#include "bench/usage.hpp"
#include "test/support/read_file.hpp"

namespace {

using namespace meme::bench;

struct command_line {
  effort much;
  std::vector<std::string> wanted; ///< parts of names; empty: all
  std::filesystem::path output;
  bool add = false; ///< to what stands in `output` already
  bool list = false;
};

/// Throws std::invalid_argument.
command_line parse(int argc, char** argv) {
  command_line result;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    const auto value = [&] {
      if (++i == argc)
        throw std::invalid_argument{option + " needs a value"};
      return std::string{argv[i]};
    };
    if (option == "--rounds")
      result.much.rounds = std::max(1UL, std::stoul(value()));
    else if (option == "--case")
      result.wanted.push_back(value());
    else if (option == "--output")
      result.output = value();
    else if (option == "--overload-seconds")
      result.much.overload_s = std::stod(value());
    else if (option == "--patience-seconds")
      result.much.patience_s = std::stod(value());
    else if (option == "--quick")
      result.much.quick = true;
    else if (option == "--add")
      result.add = true;
    else if (option == "--list")
      result.list = true;
    else
      throw std::invalid_argument{"unknown option " + option};
  }
  if (result.much.quick)
    result.much.rounds = 1;
  if (result.output.empty() && !result.list)
    throw std::invalid_argument{"--output is missing"};
  return result;
}

std::vector<bench_case> choose(const command_line& line) {
  std::vector<bench_case> result;
  for (const auto& make : {hit_cases, miss_cases, latency_cases, queue_cases, rest_cases,
                           overload_cases, instruction_cases})
    for (auto& each : make(line.much)) {
      const auto named =
          std::any_of(line.wanted.begin(), line.wanted.end(), [&](const std::string& part) {
            return each.name.find(part) != std::string::npos;
          });
      if (line.wanted.empty() ? each.quick || !line.much.quick : named)
        result.push_back(std::move(each));
    }
  if (result.empty())
    throw std::invalid_argument{"no case has such a name (--list)"};
  return result;
}

/// Before one round; who works longer has to be lived with.
constexpr double longest_wait_s = 20;

/// `result` in place of what was known of that case, or behind all.
void put(std::vector<result>& all, result found) {
  for (auto& each : all)
    if (each.name == found.name) {
      each = std::move(found);
      return;
    }
  all.push_back(std::move(found));
}

/// Everything that is known so far: a measurement that is interrupted is not lost.
void write(const std::vector<result>& results, const command_line& line) {
  std::ofstream{line.output / "results.md"} << to_markdown(results, line.much);
  std::ofstream{line.output / "results.json"} << to_json(results, line.much);
  draw_plots(results, line.output);
}

std::vector<result> measure(const std::vector<bench_case>& cases, const command_line& line) {
  const auto& much = line.much;
  std::vector<result> results;
  if (line.add)
    results = from_json(meme::test::read_file(line.output / "results.json"));
  std::optional<test_bed> bed;
  auto patience_s = much.quick ? 0 : much.patience_s;
  for (const auto& each : cases) {
    result found{each.name, {}};
    if (!bed || bed->collector != each.collector)
      bed.emplace(each.collector);
    each.prepare(*bed);
    for (std::size_t round = 0; round < (each.once ? 1 : much.rounds); ++round) {
      std::cerr << each.name << ", round " << round + 1 << std::endl;
      patience_s -= wait_for_silence(std::min(patience_s, longest_wait_s));
      found.rounds.push_back(each.run(*bed, round));
    }
    put(results, std::move(found));
    write(results, line);
  }
  return results;
}

/// Nothing but the requests' fate can be wrong with a figure.
bool without_errors(const std::vector<result>& results) {
  auto well = true;
  for (const auto& each : results)
    for (const auto& round : each.rounds)
      if (const auto errors = round.find("errors"); errors != round.end() && errors->second > 0) {
        std::cerr << each.name << ": " << errors->second << " requests got no picture\n";
        well = false;
      }
  return well;
}

} // namespace

int main(int argc, char** argv) try {
  const auto line = parse(argc, argv);
  const auto cases = choose(line);
  if (line.list) {
    for (const auto& each : cases)
      std::cout << each.name << '\n';
    return 0;
  }
  const turn ours;
  move_to_core(server_core());
  std::filesystem::create_directories(line.output);
  const auto results = measure(cases, line);
  std::cout << to_markdown(results, line.much);
  return without_errors(results) ? 0 : 1;
} catch (const std::invalid_argument& problem) {
  std::cerr << argv[0] << ": " << problem.what() << '\n';
  return 2;
} catch (const std::exception& problem) {
  std::cerr << argv[0] << ": " << problem.what() << '\n';
  return 1;
}
