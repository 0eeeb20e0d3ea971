#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "actors/base/lru.hpp"
#include "actors/base/stage_survey.hpp"
#include "actors/io/byte_budget.hpp"
#include "actors/metrics/metrics.hpp"
#include "messages/interfaces.hpp"

namespace meme {

struct cache_config {
  std::chrono::seconds ttl{};          ///< lifetime of a picture; 0: nothing is cached
  std::size_t local_bytes = 0;         ///< of pictures in this process; 0: none are kept here
  std::chrono::milliseconds timeout{}; ///< what a slow Redis may cost a request
  std::size_t max_calls = 1;           ///< pictures that are generated where they are damaged
  metrics_ptr metrics;
  std::shared_ptr<io::byte_budget> budget;
};

/// Finds pictures. Joins requests for the same picture into one generation.
///
///   lookup ─▶ in-process LRU ─▶ Redis cache ─▶ generator
///                                   │               │
///                                   └─▶ picture stages ◀┘
///                                           │
///                                           └─▶ both caches, answers
///
/// The first request for a key opens a flight; equal ones that come meanwhile join it as waiters
/// and are answered with it. Where a flight is decides which actor gets it again when an actor is
/// replaced.
///
/// A picture that was found or generated goes through the picture stages, one after the other. Each
/// is done by another actor, which answers with a picture or a failure, and is left out where a
/// picture does not need it. A new stage is an entry in `picture_stages` (cache.cpp), its messages,
/// and a handler that ends in `on_stage_done`.
struct cache_state {
  using clock = caf::actor_clock::clock_type;

  enum class stage { looking_up, generating, in_picture_stage };

  struct flight {
    job_ptr first;
    std::vector<ticket> waiters; ///< each once
    stage at = stage::looking_up;
    clock::time_point asked{};  ///< when Redis was
    std::size_t step = 0;       ///< the picture stage that it is in, or that is next
    picture_ptr picture;        ///< found or generated, as the stages so far have left it
    bool cached = false;        ///< it was found
    clock::duration lifetime{}; ///< of that in the caches
    unsigned broken = 0;        ///< pictures generated for it that could not be decoded
    stage_mark mark;            ///< see report_stages
  };

  struct picture_stage {
    pipeline_stage name; ///< as the watch on progress knows it
    bool (*is_needed)(const flight& found);
    /// Gives the flight to the stage's actor; does nothing while that is down, for its successor
    /// gets the flight, too.
    void (*start)(cache_state& cache, const flight& found);
    bool (*is_replaced)(const peers& before, const peers& after); ///< the stage's actor
  };

  static const std::vector<picture_stage> picture_stages; ///< in their order

  explicit cache_state(cache_actor::pointer owner) : self(owner) {}

  cache_actor::behavior_type start(cache_config given);

  void on_peers(peers_ptr next);
  void on_lookup(job_ptr request);
  void on_fetched(fetched& reply);
  void on_generated(generated& reply);
  void look_up(flight& opened);
  void on_tick();
  void on_drain();
  void report_stages();
  void generate_picture(flight& opened);
  void picture_found(flight& ended, picture_ptr picture, clock::duration lifetime);
  void count_waiters(const flight& ended, bool was_cached);
  void begin_next_stage(flight& found);
  void on_stage_done(pipeline_stage ended, const std::string& key,
                     std::variant<picture_ptr, failure> result);
  void on_stage_failed(flight& ended, failure why);
  void keep_and_finish(flight& ended);
  void remember(const std::string& key, const encoded_picture_ptr& picture,
                clock::duration lifetime);
  void finish(const std::string& key, const outcome& result);
  bool caching() const { return config.ttl.count() > 0; }

  cache_actor::pointer self;
  cache_config config;
  peers_ptr known_peers = std::make_shared<peers>();
  std::optional<lru_cache<encoded_picture_ptr>> pictures; ///< set by `start`
  stage_survey survey;
  bool ticking = false;                            ///< a tick is scheduled
  bool draining = false;                           ///< a successor of the generator has to know
  std::unordered_map<std::string, flight> flights; ///< by cache key; at most one per permit

  static constexpr const char* name = "cache";
};

cache_actor spawn_cache(caf::local_actor* parent, cache_config config);

} // namespace meme
