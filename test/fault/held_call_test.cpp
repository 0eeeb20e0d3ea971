// A call of libcurl that does not return, as a model can bring about that sends without a pause.
#define BOOST_TEST_MODULE held_call
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>

#include "test/support/stopwatch.hpp"
#include "test/support/world.hpp"

using namespace meme::test;

BOOST_AUTO_TEST_CASE(it_holds_neither_the_exit_nor_the_request) {
  const temporary_folder folder;
  const auto hold = folder.path() / "hold";
  world_settings settings;
  settings.variables = {{"LD_PRELOAD", MEME_TEST_HELD_CALLS_LIBRARY},
                        {"TEST_HOLD_FILE", hold.string()},
                        {"DRAIN_TIMEOUT", "1"}};
  world here{settings};
  std::ofstream{hold} << "held";
  here.ask(request("held", "a cat"));
  BOOST_TEST_REQUIRE(
      eventually([&] { return here.memes->metric("meme_generator_model_calls_in_flight") == 1; }));
  const stopwatch since_signal;
  BOOST_TEST(here.memes->terminate() == 0);
  BOOST_TEST(since_signal.seconds() < 20);
  BOOST_TEST_MESSAGE("ended " << since_signal.seconds() << " s after SIGTERM");
  std::filesystem::remove(hold);
  here.restart_service(); // the request went back to the queue
  BOOST_TEST(json{here.next_result().data}.text("/request_id") == "held");
}
