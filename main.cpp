#include <sys/prctl.h>

#include <iostream>
#include <string_view>

#include "actors/io/standard_descriptors.hpp"
#include "actors/pictures/recompress_program.hpp"
#include "actors/supervisor/service.hpp"
#include "client/commands/dead.hpp"
#include "client/commands/load.hpp"
#include "client/commands/provision.hpp"
#include "client/commands/request.hpp"
#include "client/commands/watch.hpp"
#include "client/say.hpp"
#include "config/config.hpp"

namespace {

using namespace meme;

/// The first is what runs when none is named.
std::vector<config::command> commands_of(config::configuration& settings) {
  const auto& values = settings.values();
  return {serve_command(settings),
          client::provision_command(values),
          client::request_command(values.nats),
          client::watch_command(values.nats),
          client::dead_command(values.nats),
          client::load_command(values.nats)};
}

} // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view{argv[1]} == recompression::recompress_command)
    return recompression::run_recompress_command(argc,
                                                 argv); // for one picture; it needs no setting
  io::take_standard_descriptors();
  // Environment and memory hold the token and passwords: no core dumps, and for other processes of
  // the same user neither /proc/PID/environ nor /proc/PID/mem.
  ::prctl(PR_SET_DUMPABLE, 0);
  config::configuration settings;
  const auto commands = commands_of(settings);
  auto decided = settings.load(argc, argv, commands);
  if (auto* end = std::get_if<config::stop>(&decided)) {
    // A configuration file, and what it says, may come from elsewhere too.
    client::say_lines(std::cout, end->out);
    client::say_lines(std::cerr, end->err);
    return end->status;
  }
  const auto& chosen = std::get<config::run>(decided);
  if (!chosen.which->calls_model) // the service logs them
    for (const auto& line : chosen.warnings)
      client::say(std::cerr, "meme-generator: warning: " + line);
  try {
    return chosen.call.run();
  } catch (const std::exception& e) {
    client::say(std::cerr, e.what());
    return 1;
  }
}
