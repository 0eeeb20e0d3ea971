#include "test/support/service.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace meme::test {

service::service(const std::filesystem::path& folder, environment variables,
                 const std::string& name)
    : server_{folder, name} {
  variables.emplace("METRICS_ADDR", "127.0.0.1:0");
  server_.launch({MEME_GENERATOR, {}, std::move(variables)}, [this] { return find_pages(); });
}

bool service::wait_ready(std::chrono::milliseconds timeout) const {
  return eventually([this] { return page("/readyz").status == 200; }, timeout);
}

double service::metric(const std::string& name, const std::vector<std::string>& labels) const {
  double sum = 0;
  std::istringstream lines{page("/metrics").body};
  for (std::string line; std::getline(lines, line);) {
    const auto end_of_name = line.find_first_of("{ ");
    if (end_of_name == line.npos || line.substr(0, end_of_name) != name)
      continue;
    const auto end_of_labels = line.rfind(' ');
    const auto series = line.substr(end_of_name, end_of_labels - end_of_name);
    if (std::all_of(labels.begin(), labels.end(),
                    [&](const auto& label) { return series.find(label) != series.npos; }))
      sum += std::stod(line.substr(end_of_labels));
  }
  return sum;
}

std::vector<json> service::read_log(const std::string& text) {
  std::vector<json> result;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);)
    if (!lines.eof()) // the last line may be half written
      result.emplace_back(line);
  return result;
}

bool service::find_pages() {
  for (const auto& line : log_lines())
    if (line.has("/address") && line.text("/msg") == "status server listening")
      pages_ = "http://" + line.text("/address");
  return !pages_.empty();
}

finished_run run_meme_generator(const std::filesystem::path& folder,
                                std::vector<std::string> arguments, environment variables) {
  static int number = 0; // a run of its own has files of its own
  child_process process{{MEME_GENERATOR, std::move(arguments), std::move(variables)},
                        folder,
                        "run-" + std::to_string(++number)};
  const auto status = process.wait_exit();
  if (!status)
    throw std::runtime_error{"meme-generator does not end:\n" + process.err()};
  return {*status, process.out(), process.err()};
}

} // namespace meme::test
