#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>
#include <variant>

#include "actors/base/line_limit.hpp"
#include "actors/base/lru.hpp"
#include "actors/base/stage_survey.hpp"
#include "actors/base/wall_clock.hpp"
#include "actors/ingress/plan.hpp"
#include "actors/ingress/pull_window.hpp"
#include "actors/io/byte_budget.hpp"
#include "actors/metrics/metrics.hpp"
#include "config/options.hpp"
#include "messages/answer_size.hpp"
#include "messages/interfaces.hpp"
#include "messages/subjects/publish_rules.hpp"

namespace meme {

struct ingress_config {
  config::ingress_options ingress;
  config::nats_options nats;
  plan_options plan;                         ///< how a request becomes a picture's description
  std::chrono::milliseconds give_up_after{}; ///< all calls for one request, over its deliveries
  std::size_t answers_per_second = 0;        ///< log lines for requests that got a picture
  bus_ptr bus; ///< the supervisor replaces the ingress when it replaces the connection
  metrics_ptr metrics;
  std::shared_ptr<io::byte_budget> budget;
  meme::wall_clock wall_clock;
  std::uint64_t seed = 0;
  std::uint64_t incarnation = 0; ///< tells tickets of this ingress from those of earlier ones
};

/// Owner of each message until its outcome is sure.
///
///   delivered ─▶ working ─▶ answering ─▶ settled: +ACK, or +TERM for a dead letter
///                   │
///                   └─▶ postponed: -NAK with a delay, to be delivered again
///
/// While a message is here the queue is told every third of its ack_wait that work goes on. When
/// the actor ends, whatever the reason, it hands back what it holds.
struct ingress_state {
  using clock = caf::actor_clock::clock_type;

  struct in_flight {
    bus_message_ptr message;
    delivery_info info;
    std::string request_id;
    std::string prompt;
    std::string reply_to;
    std::string traceparent;
    job_ptr work;                   ///< empty for a request that was bad from the start
    answer_ptr response;            ///< set once the outcome is known
    std::size_t response_bytes = 0; ///< of the picture in it
    clock::time_point arrived{};
    stage_mark mark; ///< see report_stages
  };

  /// What is remembered of a request that was called for and handed back.
  struct earlier_tries {
    clock::time_point since{}; ///< the first call
    std::shared_ptr<const failure> last;
  };

  /// So many requests that were handed back are remembered, a few hundred bytes each.
  static constexpr std::size_t max_earlier = 4'096;
  static constexpr std::size_t earlier_bytes = 1'024;

  /// Of requests that are refused unread.
  static constexpr std::size_t refusals_logged_per_second = 100;

  explicit ingress_state(ingress_actor::pointer owner) : self(owner) {}
  ~ingress_state();

  ingress_actor::behavior_type start(ingress_config given);

  // Pulling.
  void on_binding(const binding& found);
  void on_link(bool up);
  void on_pull_limit(std::size_t permits);
  void on_delivered(bus_message_ptr message);
  void on_status(const bus_message& message);
  void on_refusal(const std::string& reason);
  void on_silence();
  void pull_answered();
  void pull();
  bool budget_allows();
  void retire_subscription();
  void renew_subscription(const char* why);
  void on_tick();
  void schedule_tick();
  std::chrono::milliseconds pull_expiry() const;
  std::chrono::milliseconds heartbeat() const;

  // The life of a message.
  void take(bus_message_ptr message, delivery_info info);
  void begin(in_flight& taken, std::uint64_t number);
  void on_finished(const ticket& id, outcome result);
  void respond(std::uint64_t number, in_flight& taken, outcome result, bool dead);
  answer_size sizes() const;
  std::optional<failure> too_large(const answer_header& header, const success& result) const;
  clock::time_point tried_since(const in_flight& taken, const failure& why) const;
  void recall_earlier(const in_flight& taken, job& work);
  void postpone(std::uint64_t number, const failure& why);
  void log_end(const in_flight& taken, const success& result);
  void log_failure(const in_flight& taken, const failure& why);
  void on_published(const std::vector<ticket>& ids);
  void settle(std::uint64_t number, in_flight& taken);
  void release(std::uint64_t number);
  void hand_back(const bus_message& message);
  void report_progress();
  void report_stages();

  // Successors and the end.
  void on_peers(peers_ptr now);
  void on_drain();
  void finish_drain();
  void report_health(bool well, const std::string& reason);

  std::uint64_t attempts_allowed() const;

  ingress_actor::pointer self;
  ingress_config config;
  peers_ptr now_peers = std::make_shared<peers>();

  publish_rules rules{{}, {}}; ///< where answers may go
  pull_window window{0};
  binding bound;
  std::size_t pull_limit_messages =
      std::numeric_limits<std::size_t>::max(); ///< what the model takes …
  std::size_t held_at_pull_limit = 0;   ///< … beside those of these that are still in work …
  std::uint64_t last_at_pull_limit = 0; ///< … up to this number
  std::size_t answer_bytes = 0;         ///< in responses that are not settled
  std::string inbox;
  subscription_ptr subscription;
  /// Those given up, youngest last: they still deliver what had arrived by then.
  std::deque<subscription_ptr> retired;
  std::size_t open_subscriptions = 0;
  clock::time_point last_heard{};
  clock::time_point last_progress{};
  clock::time_point look_not_before{}; ///< see look_again
  std::string trouble;                 ///< the latest, in words

  lru_cache<earlier_tries> earlier{max_earlier * earlier_bytes}; ///< by message key
  line_limit answer_lines{0};
  line_limit refusal_lines{refusals_logged_per_second};
  std::unordered_map<std::uint64_t, in_flight> held;
  std::unordered_map<std::uint64_t, std::uint64_t> by_sequence; ///< of the stream, to `held`
  std::uint64_t last_number = 0;
  stage_survey survey;
  std::uint64_t queue_waiting = 0; ///< as last looked at
  std::minstd_rand random;
  unsigned troubles = 0; ///< pulls that were refused or ignored since one was answered
  bool link_up = false;
  bool look_again = false;       ///< the provisioner is to be asked at a tick
  bool budget_exhausted = false; ///< when it was last looked at
  bool budget_told = false;      ///< that it is
  bool fed = false;              ///< a message has come since the last survey
  bool draining = false;

  static constexpr const char* name = "ingress";
};

/// Spawns an ingress. `config.incarnation` must differ from that of every other one in this
/// process.
ingress_actor spawn_ingress(caf::local_actor* parent, ingress_config config);

} // namespace meme
