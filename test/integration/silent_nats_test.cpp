// NATS that accepts connections and says nothing, at the start and later: the pages answer at once,
// SIGTERM ends the process at once, and the log says what it waits for.
#define BOOST_TEST_MODULE silent_nats
#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "test/support/fault_proxy.hpp"
#include "test/support/port_lease.hpp"
#include "test/support/stopwatch.hpp"
#include "test/support/world.hpp"

using namespace meme::test;

namespace {

constexpr double at_once_s = 3; // each address may take ten

bool logs(service& memes, const std::string& words, const char* field = "/msg") {
  return eventually([&] {
    const auto lines = memes.log_lines();
    return std::any_of(lines.begin(), lines.end(), [&](const auto& line) {
      return line.has(field) && line.text(field).find(words) != std::string::npos;
    });
  });
}

environment with_nats(const std::string& url) {
  return {{"NATS_URL", url},
          {"REDIS_URL", "redis://127.0.0.1:1"},
          {"HF_API_URL", "http://127.0.0.1:1/models/none"},
          {"HF_API_TOKEN", "hf_test_token"}};
}

} // namespace

BOOST_AUTO_TEST_CASE(at_the_start) {
  world here;
  fault_proxy first{here.nats.url()};
  fault_proxy second{here.nats.url()};
  fault_proxy third{here.nats.url()};
  for (auto* each : {&first, &second, &third})
    each->set(half_open());
  const stopwatch since_start;
  service memes{here.folder.path(), with_nats(first.url() + "," + second.url() + "," + third.url()),
                "silent"};
  BOOST_TEST(memes.page("/livez").status == 200);
  BOOST_TEST_MESSAGE("silent: alive after " << since_start.seconds() << " s");
  BOOST_TEST(since_start.seconds() < at_once_s);
  BOOST_TEST(eventually([&] { return first.seen().connections > 0; }));
  const stopwatch since_signal;
  BOOST_TEST(memes.terminate() == 0);
  BOOST_TEST_MESSAGE("silent: ended after " << since_signal.seconds() << " s");
  BOOST_TEST(since_signal.seconds() < at_once_s);
}

BOOST_AUTO_TEST_CASE(after_a_connection) {
  world here;
  fault_proxy path{here.nats.url()};
  auto variables = here.variables();
  variables["NATS_URL"] = path.url();
  service memes{here.folder.path(), variables, "silenced"};
  BOOST_TEST_REQUIRE(memes.wait_ready());
  auto trouble = half_open();
  path.set(trouble);
  path.cut();
  BOOST_TEST(logs(memes, "NATS is not connected"));
  const stopwatch since_signal;
  BOOST_TEST(memes.terminate() == 0);
  BOOST_TEST_MESSAGE("silent: ended after " << since_signal.seconds() << " s");
  BOOST_TEST(since_signal.seconds() < at_once_s);
}

BOOST_AUTO_TEST_CASE(a_server_that_is_not_there_is_named_with_the_cause) {
  temporary_folder folder;
  port_lease nothing;
  const auto address = nothing.address();
  service memes{folder.path(), with_nats("nats://user:secret@" + address)};
  const auto words = "not connected to NATS: nats://" + address + ": No server available";
  BOOST_TEST(logs(memes, words, "/error"));
  BOOST_TEST(
      eventually([&] { return memes.page("/readyz").body.find(words) != std::string::npos; }));
  const auto page = memes.page("/readyz");
  BOOST_TEST(page.body.find("Connection refused") != std::string::npos, page.body);
  BOOST_TEST(page.body.find("secret") == std::string::npos, page.body);
  BOOST_TEST(memes.process().err().find("secret") == std::string::npos);
  const auto run = run_meme_generator(folder.path(), {"request", "--prompt", "a cat"},
                                      {{"NATS_URL", "nats://user:secret@" + address}});
  BOOST_TEST(run.status != 0);
  BOOST_TEST(run.err.find(address + ": No server") != std::string::npos, run.err);
  BOOST_TEST(run.err.find("secret") == std::string::npos, run.err);
}
