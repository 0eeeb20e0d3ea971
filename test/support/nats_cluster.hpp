#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "test/support/nats_client.hpp"
#include "test/support/nats_server.hpp"

namespace meme::test {

/// Three nats-servers with one JetStream, each with its store and its routes to the others on its
/// own ports. Replicated streams have a leader as long as two of them run.
class nats_cluster {
public:
  static constexpr std::size_t size = 3;

  /// Starts them. Returns when all are healthy, else throws std::runtime_error.
  explicit nats_cluster(const std::filesystem::path& folder);

  /// A server by its name in JetStream, e.g. the leader of a stream.
  nats_server& at(const std::string& name) { return servers_.at(name); }

  /// Every name but these.
  std::vector<std::string> others(const std::vector<std::string>& names) const;

  /// Starts those that do not run. Returns when all are healthy, else throws std::runtime_error.
  void start_all();

private:
  std::array<port_lease, size> routes_;
  std::map<std::string, nats_server> servers_;
};

/// The servers that lead a stream and its consumer; empty: none. Throws if no server answers.
struct leaders {
  std::string stream;
  std::string consumer;
};
leaders leaders_of(nats_client& client, const std::string& stream, const std::string& consumer);

} // namespace meme::test
