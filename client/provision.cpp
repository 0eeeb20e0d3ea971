#include "client/provision.hpp"

#include <exception>
#include <iostream>

#include "actors/provisioner.hpp"
#include "client/nats.hpp"
#include "client/say.hpp"
#include "client/status.hpp"

namespace meme::client {

int run_provision(const config::options& options, bool plan_only) {
  try {
    const auto connection = connect(options.nats, "meme-generator provision");
    last_seen nothing;
    auto report = provision(connection.get(), options, plan_only, nothing);
    for (auto& made : report.done)
      say(std::cout, (plan_only ? "to be made: " : "made: ") + made);
    for (auto& difference : report.differences)
      say(std::cerr, "configured otherwise: " + difference);
    if (!report.result.usable) {
      say(std::cerr, report.result.reason);
      return failed;
    }
    say(std::cout, "stream " + options.nats.stream + " and consumer " + options.nats.consumer
                       + (plan_only && !report.done.empty() ? " are not complete" : " are ready"));
    return answered;
  } catch (const std::exception& problem) {
    say(std::cerr, problem.what());
    return failed;
  }
}

} // namespace meme::client
