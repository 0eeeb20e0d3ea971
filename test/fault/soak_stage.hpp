#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "test/fault/soak_options.hpp"
#include "test/support/fault_proxy.hpp"
#include "test/support/nats_client.hpp"
#include "test/support/nats_server.hpp"
#include "test/support/redis_server.hpp"
#include "test/support/service.hpp"
#include "test/support/sketch_server.hpp"
#include "test/support/temporary_folder.hpp"

namespace meme::test {

/// The servers and the replicas of the service, all on the same queue. Where faults are wanted
/// there is a network in between: each replica has a path of its own to NATS, and all share those
/// to Redis and to the model.
class soak_stage {
public:
  /// Starts everything, and waits until all replicas are ready.
  explicit soak_stage(const soak_options& options);

  service& replica(std::size_t index) { return *replicas_[index].process; }
  std::size_t replicas() const { return replicas_.size(); }
  void start_replica(std::size_t index);
  void kill_replica(std::size_t index);
  void terminate_replica(std::size_t index); ///< SIGTERM, and no more
  void await_replica(std::size_t index);     ///< that it ends after `terminate_replica`

  /// Starts replicas again that have ended though nobody ended them; what they died of.
  std::vector<std::string> restart_fallen();

  /// To another address: its name is changed, and the old address refuses connections.
  void move_model();
  void kill_model();                             ///< its counts go with it
  void set_model_fault(const std::string& rule); ///< beside those for good; empty: none
  std::int64_t upstream_calls() const { return calls_before_ + model.calls(); }

  /// The most that a replica has ever needed, bytes.
  std::size_t peak_rss();

  temporary_folder folder;
  nats_server nats;
  redis_server redis;
  sketch_server model;
  nats_client client;
  std::deque<fault_proxy> nats_paths; ///< of each replica
  fault_proxy redis_path;
  fault_proxy model_path;

private:
  struct member {
    std::unique_ptr<service> process;
    bool wanted = false; ///< whether it should be running
  };

  environment variables(std::size_t index) const;
  void note_peak(std::size_t index);
  std::string names_file() const;
  void write_model_name();

  bool steady_;
  std::size_t model_home_ = 0; ///< index of its present address
  std::vector<member> replicas_;
  std::int64_t calls_before_ = 0; ///< of stand-ins that have been killed
  std::size_t peak_rss_ = 0;
};

} // namespace meme::test
