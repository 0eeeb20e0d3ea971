#include "test/fault/soak_options.hpp"

#include <iostream>
#include <iterator>
#include <random>
#include <sstream>
#include <vector>

#include <boost/program_options.hpp>

#include "test/fault/soak_faults.hpp"

namespace meme::test {

namespace po = boost::program_options;

std::optional<soak_options> read_soak_options(int argc, char** argv) {
  soak_options result;
  std::int64_t seconds = result.duration.count();
  std::int64_t drain_seconds = result.drain_limit.count();
  std::vector<std::string> only;
  po::options_description known{"soak"};
  known.add_options()                                                                      //
      ("seconds", po::value(&seconds), "duration of load and faults, 60")                  //
      ("replicas", po::value(&result.replicas), "processes of the service, 3")             //
      ("rate", po::value(&result.rate), "requests per second, 200")                        //
      ("seed", po::value(&result.seed), "of the faults; drawn where not given")            //
      ("drain-seconds", po::value(&drain_seconds), "until the queue must be empty, 90")    //
      ("only", po::value(&only), "these faults and no others; may be repeated")            //
      ("steady", po::bool_switch(&result.steady), "no faults; the memory must not grow")   //
      ("max-slope", po::value(&result.max_slope), "of a steady one's memory, KiB/min, 64") //
      ("help", "print this");
  po::variables_map given;
  try {
    po::store(po::parse_command_line(argc, argv, known), given);
    po::notify(given);
  } catch (const po::error& problem) {
    std::cerr << "soak: " << problem.what() << '\n';
    return std::nullopt;
  }
  if (given.count("help") != 0 || seconds < 1 || result.replicas < 1 || result.rate <= 0) {
    std::cerr << known << "faults:";
    for (const auto& kind : fault_kinds())
      std::cerr << ' ' << kind.name;
    std::cerr << '\n';
    return std::nullopt;
  }
  if (given.count("seed") == 0)
    result.seed = std::random_device{}();
  result.duration = std::chrono::seconds{seconds};
  result.drain_limit = std::chrono::seconds{drain_seconds};
  result.only.insert(only.begin(), only.end());
  return result;
}

std::string command_line(const soak_options& options) {
  std::ostringstream text;
  text << "soak --seconds " << options.duration.count() << " --replicas " << options.replicas
       << " --rate " << options.rate;
  if (options.steady)
    text << " --steady";
  else
    text << " --seed " << options.seed;
  for (const auto& name : options.only)
    text << " --only " << name;
  return text.str();
}

} // namespace meme::test
