#include "actors/io/nats_options.hpp"

#include <algorithm>
#include <limits>
#include <random>
#include <vector>

namespace meme::io {

namespace {

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= list.size();) {
    auto end = std::min(list.find(',', begin), list.size());
    auto first = list.find_first_not_of(" \t", begin);
    auto last = list.find_last_not_of(" \t", end - 1);
    if (end > begin && first < end)
      parts.push_back(list.substr(first, last - first + 1));
    begin = end + 1;
  }
  return parts;
}

/// Nobody can ever listen here: connecting fails at once.
constexpr auto no_server = "nats://255.255.255.255:1";

/// One that is to retry gets a last server that is none. nats.c (3.4, and newer ones) forgets which
/// server it was about to try where the last one accepts the very first connection and then breaks
/// it before its greeting, as half-open networks and proxies without a backend do; instead of
/// retrying it then closes the connection for good. A last one that cannot be reached leaves it a
/// place to go on from.
void set_servers(natsOptions* raw, const std::string& urls, bool retries) {
  auto servers = split(urls);
  if (retries) {
    std::shuffle(servers.begin(), servers.end(), std::random_device{});
    servers.emplace_back(no_server);
    check(natsOptions_SetNoRandomize(raw, true), "NATS_URL");
  }
  std::vector<const char*> pointers;
  for (auto& server : servers)
    pointers.push_back(server.c_str());
  check(natsOptions_SetServers(raw, pointers.data(), static_cast<int>(pointers.size())),
        "NATS_URL");
}

void set_identity(natsOptions* raw, const config::nats_options& options) {
  if (!options.credentials_file.empty())
    check(natsOptions_SetUserCredentialsFromFiles(raw, options.credentials_file.c_str(), nullptr),
          "nats.credentials-file");
  if (!options.nkey_seed_file.empty())
    check(natsOptions_SetNKeyFromSeed(raw, options.nkey.c_str(), options.nkey_seed_file.c_str()),
          "nats.nkey-seed-file");
}

void set_tls(natsOptions* raw, const config::nats_options& options) {
  if (!options.ca_file.empty())
    check(natsOptions_LoadCATrustedCertificates(raw, options.ca_file.c_str()), "nats.ca-file");
  if (!options.certificate_file.empty())
    check(natsOptions_LoadCertificatesChain(raw, options.certificate_file.c_str(),
                                            options.key_file.c_str()),
          "nats.certificate-file");
}

} // namespace

nats_options_ptr make_nats_options(const config::nats_options& options, const std::string& name,
                                   bool retries) {
  natsOptions* raw = nullptr;
  check(natsOptions_Create(&raw), "NATS options");
  nats_options_ptr result{raw};
  set_servers(raw, options.url, retries);
  set_identity(raw, options);
  set_tls(raw, options);
  check(natsOptions_SetName(raw, name.c_str()), "NATS client name");
  check(natsOptions_SetTimeout(raw, options.connect_timeout.count()), "nats.connect-timeout");
  check(natsOptions_SetPingInterval(raw, options.ping_interval.count()), "nats.ping-interval");
  check(natsOptions_SetMaxPingsOut(raw, 2), "NATS pings");
  check(natsOptions_SetWriteDeadline(raw, options.write_deadline.count()), "nats.write-deadline");
  check(natsOptions_SetIOBufSize(raw, static_cast<int>(options.io_buffer)), "nats.io-buffer");
  // For ever: nobody but the platform should decide that a queue's worker gives up on its queue.
  check(natsOptions_SetMaxReconnect(raw, std::numeric_limits<int>::max()), "NATS reconnects");
  check(natsOptions_SetReconnectWait(raw, 250), "NATS reconnect wait");
  check(natsOptions_SetReconnectJitter(raw, 500, 1'000), "NATS reconnect jitter");
  // One thread delivers for all subscriptions: their callbacks only pass messages on.
  check(natsOptions_UseGlobalMessageDelivery(raw, true), "NATS delivery");
  return result;
}

} // namespace meme::io
