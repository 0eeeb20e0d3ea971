// Many replicas of the service on one queue, and whatever can go wrong goes wrong at random, from a
// seed: nothing is lost, each request has one visible outcome. See --help.

#include <cstdlib>
#include <exception>
#include <iostream>

#include "test/fault/soak_options.hpp"
#include "test/fault/soak_run.hpp"

namespace {

bool soak(const meme::test::soak_options& options) {
  meme::test::soak_run here{options};
  bool well = false;
  try {
    well = here.run();
  } catch (const std::exception& problem) {
    std::cout << "OFFENCE: it broke off: " << problem.what() << '\n';
  }
  if (!well) {
    ::setenv("MEME_TEST_KEEP", "1", 1); // the logs are what one wants to see now
    std::cout << "the logs are in " << here.folder().string() << '\n';
  }
  return well;
}

} // namespace

int main(int argc, char** argv) try {
  const auto options = meme::test::read_soak_options(argc, argv);
  if (!options)
    return 2;
  std::cout << "seed " << options->seed << std::endl;
  if (soak(*options)) {
    std::cout << "well" << std::endl;
    return 0;
  }
  std::cout << "FAILED; again: " << command_line(*options) << std::endl;
  return 1;
} catch (const std::exception& problem) {
  std::cerr << "soak: " << problem.what() << '\n';
  return 1;
}
