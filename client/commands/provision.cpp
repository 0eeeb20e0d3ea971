#include "client/commands/provision.hpp"

#include <iostream>

#include "actors/provisioner/provision.hpp"
#include "actors/publisher/dead_letter.hpp"
#include "client/connection.hpp"
#include "client/exit_status.hpp"
#include "client/say.hpp"

namespace meme::client {

namespace {

/// What a running service answers within a few reviews; without one it waits for ever.
void say_unaccounted(natsConnection* connection, const std::string& inbox_prefix,
                     const provision_report& report) {
  if (!report.stream || !report.consumer)
    return;
  io::jetstream api{connection, inbox_prefix, std::chrono::seconds{3}};
  const auto count = unaccounted(count_queue(api, *report.stream, *report.consumer));
  if (count == 0)
    return;
  const auto strands = may_strand(report.stream->config, report.consumer->config);
  say(std::cerr, "stream " + report.stream->config.name
                     + " has messages that neither wait nor are in work: " + std::to_string(count)
                     + (strands ? "; the consumer has given them up, a running service answers them"
                                : "; look at them with the server's own tools"));
}

int provision(const config::options& settings, const provision_options& options) {
  const auto connection = connect(settings.nats, "meme-generator provision", on_refusal::go_on);
  last_seen nothing;
  auto report =
      meme::provision(connection.get(), settings,
                      options.plan ? provision_mode::plan : provision_mode::make, nothing);
  for (auto& made : report.done)
    say(std::cout, (options.plan ? "to be made: " : "made: ") + made);
  for (auto& difference : report.differences)
    say(std::cerr, "configured otherwise: " + difference);
  say_unaccounted(connection.get(), settings.nats.inbox_prefix, report);
  if (!report.result.usable) {
    say(std::cerr, report.result.reason);
    return failed;
  }
  say(std::cout, "stream " + settings.nats.stream + " and consumer " + settings.nats.consumer
                     + (options.plan && !report.done.empty() ? " are not complete" : " are ready"));
  return answered;
}

} // namespace

std::vector<config::setting> rows_of(provision_options& options) {
  std::vector<config::setting> rows;
  rows.emplace_back("plan", &options.plan, "only print what would be done");
  return rows;
}

config::command provision_command(const config::options& settings) {
  return {
      "provision",
      "create or check stream and consumer, then exit",
      {"stream and consumer can be used", "they cannot, or NATS cannot be used", ""},
      config::call_with<provision_options>(rows_of, [&settings](const provision_options& options) {
        return run_provision(settings, options);
      })};
}

int run_provision(const config::options& settings, const provision_options& options) {
  return exit_status_of([&] { return provision(settings, options); });
}

} // namespace meme::client
