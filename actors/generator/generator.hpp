#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/base/stage_survey.hpp"
#include "actors/base/wall_clock.hpp"
#include "actors/generator/circuit_breaker.hpp"
#include "actors/generator/concurrency_limit.hpp"
#include "actors/generator/suspects.hpp"
#include "actors/metrics/metrics.hpp"
#include "messages/interfaces.hpp"

namespace meme {

struct generator_config {
  std::size_t max_in_flight = 1;             ///< messages in work at once, of the whole process
  std::uint32_t max_calls = 1;               ///< calls within one delivery
  std::chrono::milliseconds deadline{};      ///< all calls of one delivery together
  std::chrono::milliseconds give_up_after{}; ///< all calls for one request, over its deliveries
  std::chrono::milliseconds retry_base{};    ///< pause before the second call; doubles, jittered
  std::chrono::milliseconds retry_cap{};     ///< the longest pause
  metrics_ptr metrics;
  meme::wall_clock wall_clock;
  std::uint64_t seed = 0;
};

/// Decides when to call the model, how often, and on which client.
///
///   generate ─▶ waiting ─▶ calling ─▶ generated
///                 ▲           │
///                 └─ pausing ◀┘  the failure policy says: again, after a while
///
/// Calls go to the client with the fewest under way. A client that dies takes its calls with it:
/// they are made again on another one, or wait for its successor.
///
/// Three things keep calls from a model that would not take them: a limit on calls at a time that
/// follows what the model says (`concurrency_limit.hpp`), a quiet time where it asked for
/// one (429 with Retry-After), and a circuit breaker where it fails or refuses our token
/// (`circuit_breaker.hpp`). What cannot be called waits here, within the permits; while the
/// breaker is open the ingress is told to leave the rest in the queue.
///
/// A failure may also be the request's own fault (`suspects.hpp`): such failures do not open
/// the breaker, and while it is open a request that has not failed is preferred as the probe.
///
/// A request that was tried goes back as a failure `generator.give-up-after` after its first call,
/// whatever state the breaker is in. A request that was never tried waits.
struct generator_state {
  using clock = caf::actor_clock::clock_type;

  using call_result = std::variant<picture_ptr, failure>;

  enum class stage { waiting, calling, pausing };

  struct flight {
    job_ptr request;
    std::shared_ptr<const picture_spec> spec;
    stage at = stage::waiting;
    clock::time_point begun{};
    clock::time_point resumes_at{}; ///< the end of the pause, where it is pausing
    unsigned calls = 0;             ///< answered ones
    unsigned crashes = 0;           ///< clients that died with it
    bool lost_connection = false;   ///< a call ended with a connection that was at its end
    unsigned failures = 0;          ///< of this picture in a row, as `suspects` remembers
    /// When the first call began, in an earlier delivery maybe; empty: not called yet.
    std::optional<clock::time_point> tried_since;
    std::optional<failure> last_failure; ///< of the last call, of an earlier delivery maybe
  };

  struct call_under_way {
    std::string key;
    std::size_t client = 0;
    clock::time_point begun{};
    circuit_breaker::probe probe = circuit_breaker::probe::none;
    stage_mark mark; ///< see report_stages
  };

  explicit generator_state(generator_actor::pointer owner) : self(owner) {}

  generator_actor::behavior_type start(generator_config given);

  void on_peers(peers_ptr next);
  void on_generate(job_ptr request);
  void on_called(called& result);
  void on_flight_due(const std::string& key);
  void on_drain();
  void report_stages();
  void enqueue(flight& next);
  bool start_call(flight& next);
  void client_lost(flight& interrupted);
  void retry_or_give_up(flight& failed, const model_verdict& why);
  void pause_flight(flight& failed, std::chrono::milliseconds pause);
  void hand_back(const std::string& key);
  void finish(const std::string& key, call_result result);

  // The total time of trying.
  void remember_earlier(flight& opened, const job& delivered_again);
  clock::time_point give_up_at(const flight& tried) const;
  void watch_total_time(const flight& failed);
  bool give_up_if_late(flight& failed);

  // When not to call (generator_breaker.cpp).
  void pump();
  void call_in_order();
  void call_probes();
  void rest(flight& next);
  void learn(const call_under_way& ended, const called& result);
  bool is_of_connection_alone(const call_under_way& ended, const called& result);
  void learn_failure(const call_under_way& ended, const called& result);
  void overloaded(clock::time_point begun, std::optional<std::chrono::milliseconds> wanted);
  void token_refused();
  void say_breaker_changed(circuit_breaker::state before, const call_under_way& ended,
                           const model_verdict& why);
  static std::string endpoint_of(const flight& called);
  void wake_for_probes();
  void tell_flow();
  bool needs_fresh_request() const;
  void on_no_room();
  void make_room();

  generator_actor::pointer self;
  generator_config config;
  peers_ptr known_peers = std::make_shared<peers>();
  std::unordered_map<std::string, flight> flights;             ///< by cache key
  std::unordered_map<std::uint64_t, call_under_way> under_way; ///< by call number
  std::vector<std::size_t> load;                               ///< calls under way, by client
  std::deque<std::string> waiting;                             ///< keys, in order of arrival
  circuit_breaker breaker{{}};
  suspect_requests suspects;
  /// The first failure since the model's last success.
  std::optional<std::chrono::system_clock::time_point> failing_since;
  clock::time_point breaker_opened_at{}; ///< when it left the closed state
  bool room_needed = false; ///< the ingress has no permit left for a request to probe with
  concurrency_limit limit{1};
  clock::time_point quiet_until{};
  std::optional<std::size_t> told_permits; ///< empty: the ingress has not been told yet
  std::uint64_t last_number = 0;
  stage_survey survey;
  std::minstd_rand random;
  bool draining = false;

  static constexpr const char* name = "generator";
};

generator_actor spawn_generator(caf::local_actor* parent, generator_config config);

} // namespace meme
