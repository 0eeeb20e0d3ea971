#define BOOST_TEST_MODULE instruments
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <set>
#include <string>

#include "actors/instruments.hpp"

using namespace meme;

// Dashboards and alarms know these names: renaming one means changing the list, and them.
BOOST_AUTO_TEST_CASE(the_metrics_are_those_of_the_golden_list) {
  instruments all{std::make_shared<prometheus::Registry>()};
  all.errors_by(error_code::internal);
  all.retries_by(error_code::internal);
  all.restarts_of("cache");
  all.mailbox_depth_of("cache");
  std::set<std::string> names;
  for (auto& family : all.registry->Collect())
    names.insert(family.name);
  std::ifstream golden{MEME_SOURCE_DIR "/test/unit/golden/metrics.txt"};
  std::set<std::string> expected;
  for (std::string line; std::getline(golden, line);)
    expected.insert(line);
  BOOST_TEST(names == expected, boost::test_tools::per_element());
}
