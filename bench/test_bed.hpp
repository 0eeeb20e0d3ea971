#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/figures.hpp"
#include "test/support/nats_client.hpp"
#include "test/support/nats_server.hpp"
#include "test/support/redis_server.hpp"
#include "test/support/service.hpp"
#include "test/support/sketch_server.hpp"
#include "test/support/temporary_folder.hpp"

namespace meme::bench {

enum class worker_kind { limit_loop, service };

/// What is asked of a worker.
struct load {
  std::size_t bytes = 1'000;      ///< of a picture
  int latency_ms = 0;             ///< of the model
  std::size_t in_flight = 64;     ///< at most; the service's MAX_IN_FLIGHT, the limit loop's window
  std::size_t requests = 0;       ///< of one batch
  std::size_t limit_requests = 0; ///< of a batch of the limit loop, where that needs more
  std::size_t known = 16;         ///< different pictures that are in the cache, asked for in turn
  std::size_t miss_every = 0;     ///< each so-manyth request is for a new picture; 0: none
  bool in_process_tier = true;    ///< false: each hit comes from Redis
};

/// A program that empties the queue, on the worker's core. Killed with this object.
class worker {
public:
  explicit worker(std::unique_ptr<test::child_process> limit_loop)
      : limit_loop_{std::move(limit_loop)} {}
  explicit worker(std::unique_ptr<test::service> memes) : service_{std::move(memes)} {}

  test::child_process& process() { return limit_loop_ ? *limit_loop_ : service_->process(); }
  pid_t pid() { return process().pid(); }

  /// Requests that ended otherwise than with a picture; the limit loop has no such.
  double errors() const;

private:
  std::unique_ptr<test::child_process> limit_loop_;
  std::unique_ptr<test::service> service_;
};

/// The servers, on their core; they stay for all cases, but for the model. The stream is kept in
/// memory: the server as fast as it gets is the hardest limit to be measured beside.
class test_bed {
public:
  explicit test_bed(nats_collector collector);

  /// A model as `what` has it, an empty cache, and then the pictures that are to be known in it.
  void prepare(const load& what);

  /// Creates an empty stream and its consumer again.
  void make_queue();

  /// How a worker is called. `asap`: what the limit loop sends is not held back for more.
  test::command command_of(worker_kind kind, const load& what, bool asap) const;

  worker start(worker_kind kind, const load& what, bool asap = false);

  /// Bodies of requests; those for new pictures differ from all that went before. With a number of
  /// fixed width in each, which stands in its answer too: # and nine digits.
  std::vector<std::string> requests(const load& what, std::size_t count);

  /// The service's configuration.
  test::environment variables(const load& what) const;

  /// The size of the service's answers, that the limit loop's are made to have.
  static std::size_t answer_bytes(const load& what);

  /// Messages that no worker has settled yet.
  std::int64_t unsettled();

  /// What the servers, the model and this program have used of the server core.
  double servers_cpu_s();

  bool drained(std::chrono::seconds timeout = std::chrono::seconds{120});

  const nats_collector collector;
  test::temporary_folder folder;
  test::nats_server nats;
  test::redis_server redis;
  std::optional<test::sketch_server> model;
  test::nats_client client;

private:
  std::size_t starts_ = 0;
  std::uint64_t last_new_ = 0; ///< number of the newest picture
};

} // namespace meme::bench
