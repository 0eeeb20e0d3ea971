#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "test/support/nats_client.hpp"
#include "test/support/nats_server.hpp"
#include "test/support/redis_server.hpp"
#include "test/support/service.hpp"
#include "test/support/sketch_server.hpp"
#include "test/support/temporary_folder.hpp"

namespace meme::test {

/// The settings of a world that differ from the defaults.
struct world_settings {
  std::string nats_config = "max_payload: 8388608";
  std::vector<std::string> redis_arguments;
  std::vector<std::string> model_arguments;
  environment variables; ///< of the service
};

/// Everything that a request needs: NATS, Redis, the model's stand-in and the service, which is
/// ready. Prints the service's log if the test fails.
class world {
public:
  explicit world(world_settings settings = {});
  ~world();

  /// The service's configuration in this world.
  environment variables() const;

  /// Starts the service again (after it was killed or has ended) and waits until it is ready, and
  /// connected to the world's Redis, if that answers and the service uses it: readiness does not
  /// depend on Redis.
  void restart_service();

  /// Starts one more process of the service, ready when this returns.
  std::unique_ptr<service> another_service(const std::string& name);

  /// Queues `request` on the request subject.
  stored ask(const std::string& request) { return client.enqueue("meme.request", request); }

  /// The next result, or the next error, as it was published.
  const message& next_result() { return results.next(); }
  const message& next_error() { return errors.next(); }

  /// Waits until the queue is empty; false if it is not in time.
  bool drained();

  temporary_folder folder;
  world_settings settings;
  nats_server nats;
  redis_server redis;
  sketch_server model;
  nats_client client;
  mailbox results;
  mailbox errors;
  std::unique_ptr<service> memes;
};

/// A request with an id and a prompt, and other fields as JSON text, e.g. `"seed": 7`.
std::string request(const std::string& id, const std::string& prompt,
                    const std::string& more_fields = "");

/// `count` requests "<start>-0", "<start>-1", … whose prompts differ as their ids do.
std::vector<std::string> requests(std::size_t count, const std::string& start);

} // namespace meme::test
