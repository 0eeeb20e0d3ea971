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

/// What to do, with the settings that decide how.
struct runner {
  config::configuration& settings;
  const config::run& chosen;

  int operator()(const config::serve_command&) const {
    return run_service(settings, chosen.config_file, chosen.warnings);
  }

  int operator()(const config::provision_command& command) const {
    return client::run_provision(settings.values(), command.plan);
  }

  int operator()(const config::request_command& command) const {
    auto& nats = settings.values().nats;
    client::request_settings wanted;
    wanted.subject = command.subject.empty() ? nats.request_subject : command.subject;
    wanted.prompt = command.prompt;
    wanted.id = command.id;
    wanted.negative_prompt = command.negative_prompt;
    wanted.guidance_scale = command.guidance_scale;
    wanted.num_inference_steps = command.num_inference_steps;
    wanted.seed = command.seed;
    wanted.width = command.width;
    wanted.height = command.height;
    wanted.fast_mode = command.fast_mode;
    wanted.small_image = command.small_image;
    wanted.output = command.output;
    wanted.timeout = command.timeout;
    return client::run_request(nats, wanted);
  }

  int operator()(const config::dead_command& command) const {
    return client::run_dead(settings.values().nats, command);
  }

  int operator()(const config::watch_command& command) const {
    auto& nats = settings.values().nats;
    client::watch_settings wanted;
    wanted.subject = command.subject.empty() ? nats.response_subject : command.subject;
    wanted.output_folder = command.output_folder;
    wanted.timeout = command.timeout;
    wanted.count = command.count;
    return client::run_watch(nats, wanted);
  }

  int operator()(const config::load_command& command) const {
    auto& nats = settings.values().nats;
    client::load_settings wanted;
    wanted.subject = command.subject.empty() ? nats.request_subject : command.subject;
    wanted.count = command.count;
    wanted.rate_per_s = command.rate;
    wanted.hit_ratio = command.hit_ratio;
    wanted.seed = command.seed;
    wanted.small_image = command.small_image;
    wanted.timeout = command.timeout;
    return client::run_load(nats, wanted);
  }
};

} // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view{argv[1]} == fitting::fit_command)
    return fitting::run_fit_command(argc, argv); // for one picture; it needs no setting
  io::take_standard_descriptors();
  // Environment and memory hold the token and passwords: no core dumps, and for other processes of
  // the same user neither /proc/PID/environ nor /proc/PID/mem.
  ::prctl(PR_SET_DUMPABLE, 0);
  config::configuration settings;
  auto decided = settings.load(argc, argv);
  if (auto* end = std::get_if<config::stop>(&decided)) {
    // A configuration file, and what it says, may come from elsewhere too.
    client::say_lines(std::cout, end->out);
    client::say_lines(std::cerr, end->err);
    return end->status;
  }
  const auto& chosen = std::get<config::run>(decided);
  if (!std::holds_alternative<config::serve_command>(chosen.what))
    for (const auto& line : chosen.warnings)
      client::say(std::cerr, "meme-generator: warning: " + line);
  try {
    return std::visit(runner{settings, chosen}, chosen.what);
  } catch (const std::exception& e) {
    client::say(std::cerr, e.what());
    return 1;
  }
}
