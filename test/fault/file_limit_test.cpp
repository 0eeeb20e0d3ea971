// The process may open few files: it takes less work instead of calls that find no descriptor,
// which would look like a model that is down.
#define BOOST_TEST_MODULE file_limit
#include <boost/test/unit_test.hpp>

#include <sys/resource.h>

#include "test/support/standing_rule.hpp"

using namespace meme::test;

BOOST_AUTO_TEST_CASE(a_low_limit_of_open_files_lowers_the_work_and_is_said) {
  constexpr std::size_t asked = 100;
  world_settings settings;
  settings.model_arguments = {"--fixed-bytes", "2000", "--latency", "200"};
  settings.variables = {{"CACHE_TTL", "0"}, {"MAX_IN_FLIGHT", "200"}};
  world here{settings};
  const rlimit low{64, 64}; // for good, and inherited: the servers run already
  BOOST_TEST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &low) == 0);
  here.restart_service();
  for (const auto& each : requests(asked, "few"))
    here.ask(each);
  std::size_t files = 0;
  BOOST_TEST(eventually([&] {
    files = std::max(files, here.memes->process().fd_count());
    return here.memes->metric("meme_generator_success_total") >= asked / 2;
  }));
  BOOST_TEST(here.memes->page("/livez").status == 200);
  const auto end = check_all_ended(here, ids_of(asked, "few"));
  BOOST_TEST(end.results == asked);
  BOOST_TEST(here.memes->metric("meme_generator_breaker_openings_total") == 0.0);
  BOOST_TEST(here.memes->metric("meme_generator_model_retries_total") == 0.0);
  const auto log = here.memes->process().err();
  BOOST_TEST(log.find("the limit of open files (ulimit -n) is too low") != log.npos);
  BOOST_TEST_MESSAGE(files << " of 64 descriptors used, "
                           << here.model.stats().integer("/connections_total")
                           << " connections to the model");
}
