#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
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

/// Finds pictures, and sees to it that none is drawn twice at a time.
///
///   lookup ─▶ in-process LRU ─▶ store (Redis) ─▶ generator
///                                   │               │
///                                   └──▶ (recompressor) ◀─┘ what is too large for an answer
///
/// The first request for a key opens a flight; equal ones that come meanwhile join it as waiters
/// and are answered with it. Which stage a flight is in decides to whom it is handed anew when an
/// actor is replaced.
struct cache_state {
  using clock = caf::actor_clock::clock_type;

  enum class stage { looking_up, generating, fitting };

  struct flight {
    job_ptr first;
    std::vector<ticket> waiters; ///< each once
    stage at = stage::looking_up;
    clock::time_point asked{};  ///< when the store was
    picture_ptr picture;        ///< found or drawn
    bool cached = false;        ///< it was found
    clock::duration lifetime{}; ///< of that in the caches
    unsigned broken = 0;        ///< pictures drawn for it that could not be decoded
    stage_mark mark;            ///< see report_stages
  };

  explicit cache_state(cache_actor::pointer owner) : self(owner) {}

  cache_actor::behavior_type start(cache_config given);

  void on_peers(peers_ptr next);
  void on_lookup(job_ptr request);
  void on_fetched(fetched& reply);
  void on_generated(generated& reply);
  void on_recompressed(recompressed& reply);
  void look_up(flight& opened);
  void on_tick();
  void on_drain();
  void report_stages();
  void generate_picture(flight& opened);
  void picture_found(flight& ended, picture_ptr picture, clock::duration lifetime);
  void count_waiters(const flight& ended, bool was_cached);
  void make_fit(const flight& ended);
  void on_unfit(flight& ended, failure why);
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
