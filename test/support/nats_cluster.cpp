#include "test/support/nats_cluster.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace meme::test {

namespace {

/// A cluster chooses its leaders by time-outs of up to ten seconds each.
constexpr auto patience_with_elections = 3 * patience;

} // namespace

nats_cluster::nats_cluster(const std::filesystem::path& folder) {
  std::string peers;
  for (const auto& each : routes_)
    peers += (peers.empty() ? "nats-route://" : ", nats-route://") + each.address();
  for (std::size_t i = 0; i < size; ++i) {
    const auto name = "n" + std::to_string(i);
    const cluster_member who{name, "cluster: {name: test, listen: " + routes_[i].address()
                                       + ", routes: [" + peers + "]}"};
    servers_.emplace(std::piecewise_construct, std::forward_as_tuple(name),
                     std::forward_as_tuple(folder, who));
  }
  start_all();
}

std::vector<std::string> nats_cluster::others(const std::vector<std::string>& names) const {
  std::vector<std::string> result;
  for (const auto& [name, server] : servers_)
    if (std::find(names.begin(), names.end(), name) == names.end())
      result.push_back(name);
  return result;
}

void nats_cluster::start_all() {
  for (auto& [name, server] : servers_)
    if (!server.running())
      server.start();
  const auto all_healthy = [this] {
    return std::all_of(servers_.begin(), servers_.end(),
                       [](const auto& each) { return each.second.healthy(); });
  };
  if (!eventually(all_healthy, patience_with_elections))
    throw std::runtime_error{"the cluster does not get healthy"};
}

leaders leaders_of(nats_client& client, const std::string& stream, const std::string& consumer) {
  const auto leader = [](const json& info) {
    return info.has("/cluster/leader") ? info.text("/cluster/leader") : std::string{};
  };
  return {leader(client.stream(stream)), leader(client.consumer(stream, consumer))};
}

} // namespace meme::test
