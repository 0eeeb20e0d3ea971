// The service is started while NATS can be reached and yet does not answer: it waits for better
// times, as it does for a NATS that is not there.
#define BOOST_TEST_MODULE first_connection
#include <boost/test/unit_test.hpp>

#include <chrono>

#include "test/support/fault_proxy.hpp"
#include "test/support/world.hpp"

using namespace meme::test;

namespace {

faults dropping() {
  faults result;
  result.newcomers = admission::drop;
  return result;
}

void check_that_it_waits(const faults& trouble) {
  world here;
  fault_proxy path{here.nats.url()};
  path.set(trouble);
  auto variables = here.variables();
  variables["NATS_URL"] = path.url();
  variables["MEME_NATS_CONNECT_TIMEOUT"] = "500ms";
  variables["MEME_SUPERVISOR_ESCALATION_GRACE"] = "0s"; // what gives up ends at once
  service late{here.folder.path(), variables, "late"};
  BOOST_TEST(eventually([&] { return path.seen().connections >= 3; }));
  BOOST_TEST(late.page("/livez").status == 200);
  path.heal();
  const auto start = std::chrono::steady_clock::now();
  BOOST_TEST(late.wait_ready());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  BOOST_TEST_MESSAGE("ready " << took.count() << " s after NATS was well");
}

} // namespace

BOOST_AUTO_TEST_CASE(connections_are_accepted_and_reset) {
  check_that_it_waits(dropping());
}

BOOST_AUTO_TEST_CASE(connections_are_half_open) {
  check_that_it_waits(half_open());
}
