#include "client/provision.hpp"

#include <exception>
#include <iostream>

#include "actors/io/nats_options.hpp"
#include "actors/provisioner.hpp"

namespace meme::client {

namespace {

using connection_ptr = io::nats_ptr<natsConnection, natsConnection_Destroy>;

/// Unlike a service, a command does not wait for a server that is not there.
connection_ptr connect(const config::nats_options& options) {
  auto prepared = io::make_nats_options(options, "meme-generator provision");
  natsConnection* raw = nullptr;
  io::check(natsConnection_Connect(&raw, prepared.get()), "NATS");
  return connection_ptr{raw};
}

} // namespace

int run_provision(const config::options& options, bool plan_only) {
  try {
    auto connection = connect(options.nats);
    last_seen nothing;
    auto report = provision(connection.get(), options, plan_only, nothing);
    for (auto& made : report.done)
      std::cout << (plan_only ? "to be made: " : "made: ") << made << '\n';
    for (auto& difference : report.differences)
      std::cerr << "configured otherwise: " << difference << '\n';
    if (!report.result.usable) {
      std::cerr << report.result.reason << '\n';
      return 1;
    }
    std::cout << "stream " << options.nats.stream << " and consumer " << options.nats.consumer
              << (plan_only && !report.done.empty() ? " are not complete\n" : " are ready\n");
    return 0;
  } catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return 1;
  }
}

} // namespace meme::client
