// A picture that keeps its decoder at work: neither another picture nor the exit waits for it. The
// decoder that hangs is a script that sleeps where it is given a picture of a certain width.
#define BOOST_TEST_MODULE slow_decoder
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>

#include "test/support/child_process.hpp"
#include "test/support/stopwatch.hpp"
#include "test/support/world.hpp"

using namespace meme::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* slow_width = R"("width": 1088, "height": 1024)";

/// Pictures are decoded by a shell script of these commands.
world_settings with_script(const temporary_folder& folder, const std::string& commands) {
  const auto script = folder.path() / "decoder";
  std::ofstream{script} << "#!/bin/sh\n" << commands;
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  world_settings settings;
  settings.nats_config = "max_payload: 131072";
  settings.variables["MEME_GENERATOR_DECODER"] = script.string();
  return settings;
}

world_settings with_decoder(const temporary_folder& folder, const std::string& time_limit) {
  // Bytes 18 and 19 of a PNG are the lower half of its width.
  auto settings =
      with_script(folder, "case $(od -An -tx1 -j18 -N2) in *04*40*) exec sleep 600 ;; esac\n"
                          "exec '" MEME_GENERATOR "' \"$@\"\n");
  settings.variables["MEME_GENERATOR_DECODE_TIMEOUT"] = time_limit;
  return settings;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_picture_that_takes_too_long_holds_no_other_and_is_an_error) {
  const temporary_folder folder;
  world here{with_decoder(folder, "5s")};
  here.ask(request("slow", "a slow cat", slow_width));
  here.ask(request("other", "another cat", R"("width": 1024, "height": 1024)"));
  BOOST_TEST(json{here.next_result().data}.text("/request_id") == "other");
  BOOST_TEST(here.memes->metric("meme_generator_decoders_stopped_total") == 0);
  const json error{here.next_error().data};
  BOOST_TEST(error.text("/request_id") == "slow");
  BOOST_TEST(error.text("/code") == "image_too_large");
  BOOST_TEST(error.text("/error").find("time limit") != std::string::npos);
  BOOST_TEST(here.memes->metric("meme_generator_decoders_stopped_total") == 1);
  BOOST_TEST(here.model.calls() == 2); // the slow one is not bought again
  BOOST_TEST(here.drained());
}

// Each decoder says when it begins and when it ends, and waits until it is let go.
BOOST_AUTO_TEST_CASE(more_pictures_than_decoders_wait) {
  constexpr int decoders = 2;
  constexpr int pictures = 6;
  const temporary_folder folder;
  const auto log = folder.path() / "log";
  const auto go = folder.path() / "go";
  auto settings = with_script(folder, "echo begin >> '" + log.string() + "'\nwhile [ ! -e '"
                                          + go.string() + "' ]; do sleep 0.05; done\n'"
                                          + MEME_GENERATOR + "' \"$@\"; status=$?\necho end >> '"
                                          + log.string() + "'\nexit $status\n");
  settings.variables["MEME_GENERATOR_DECODE_TIMEOUT"] = "10min";
  settings.variables["MEME_GENERATOR_MAX_DECODERS"] = std::to_string(decoders);
  settings.variables["MEME_INGRESS_MAX_BYTES_IN_FLIGHT"] = "268435456";
  settings.model_arguments = {"--size", "1024x1024"};
  world here{settings};
  for (const auto& each : requests(pictures, "cat"))
    here.ask(each);
  const auto lines = [&] {
    std::vector<std::string> all;
    std::ifstream file{log};
    for (std::string line; std::getline(file, line);)
      all.push_back(line);
    return all;
  };
  BOOST_TEST(eventually([&] {
    return here.model.calls() == pictures
           && here.memes->metric("meme_generator_model_calls_in_flight") == 0
           && lines().size() >= decoders;
  }));
  std::ofstream{go} << "";
  for (auto i = 0; i < pictures; ++i)
    here.next_result();
  auto running = 0;
  for (const auto& each : lines()) {
    running += each == "begin" ? 1 : -1;
    BOOST_TEST(running <= decoders);
  }
  BOOST_TEST(lines().size() == std::size_t{2} * pictures);
}

BOOST_AUTO_TEST_CASE(the_exit_does_not_wait_for_a_decoder) {
  const temporary_folder folder;
  auto settings = with_decoder(folder, "10min");
  settings.variables["DRAIN_TIMEOUT"] = "1";
  world here{settings};
  here.ask(request("slow", "a slow cat", slow_width));
  BOOST_REQUIRE(eventually([&] {
    return here.memes->metric("meme_generator_bytes_in_flight") > 1088 * 1024 * 8;
  })); // it is being decoded
  const stopwatch watch;
  BOOST_TEST(here.memes->terminate() == 0);
  BOOST_TEST_MESSAGE("exit after " << watch.seconds() << " s, of them 1 of draining");
  BOOST_TEST(watch.seconds() < 10.0);
}
