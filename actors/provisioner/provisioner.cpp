#include "actors/provisioner/provisioner.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "actors/base/spawn.hpp"
#include "actors/ingress/request_decoder.hpp"
#include "actors/io/log.hpp"
#include "actors/publisher/dead_letter.hpp"

namespace meme {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 3s;           ///< for one answer of JetStream
constexpr auto look_again = 2s;         ///< while stream and consumer cannot be used
constexpr auto between_reviews = 10s;   ///< while they can
constexpr auto between_suspicions = 3s; ///< while some message may have reached max_deliver
constexpr auto longest_pause = 60s;     ///< before another attempt to bury a message

struct provisioner_state {
  explicit provisioner_state(provisioner_actor::pointer owner) : self(owner) {}

  provisioner_actor::behavior_type start(provisioner_config given);

  provisioner_actor::pointer self;
  provisioner_config config;
  peers_ptr now_peers = std::make_shared<peers>();
  subscription_ptr advisories; ///< only where the consumer has a limit of its own
  std::uint64_t looks = 0;     ///< so far; a scheduled one that was overtaken is dropped
  std::string last_reason;     ///< said once, not every two seconds
  std::set<std::string> told_differences;
  binding told_binding; ///< what the ingress knows
  bool review_failed = false;
  bool told_unaccounted = false;
  max_deliveries_watch watch;
  std::unordered_map<std::uint64_t, burial> burials; ///< by place in the stream
  publish_rules rules{{}, {}};                       ///< where their answers may go

  static constexpr const char* name = "provisioner";
};

void say(provisioner_state& state, const provision_report& report) {
  for (auto& made : report.done)
    log::info("made what was missing", {{"what", made}});
  for (auto& difference : report.differences)
    if (state.told_differences.insert(difference).second)
      log::warning("configured otherwise", {{"difference", difference}});
  if (report.result.reason != state.last_reason) {
    if (!report.result.usable)
      log::error("stream or consumer cannot be used", {{"reason", report.result.reason}});
    else
      log::info("stream and consumer can be used again");
  }
  state.last_reason = report.result.reason;
  auto paused = report.consumer && report.consumer->paused;
  state.config.metrics->consumer_paused.Set(paused ? 1 : 0);
}

void listen_for_advisories(provisioner_actor::pointer self, provisioner_state& state) {
  provisioner_actor target{self};
  // One process of all is enough.
  state.advisories = state.config.connection->join(
      "meme-generator", max_deliveries_subject(state.config.options.nats),
      [target](bus_message_ptr message) {
        if (message)
          caf::anon_send(target, delivered{std::move(message)});
      });
}

/// Answers, keeps as a dead letter and removes a message that the server has given up; tries again
/// later where that fails.
void bury(provisioner_actor::pointer self, provisioner_state& state,
          const max_deliveries_advisory& message) {
  auto& so_far = state.burials[message.stream_sequence];
  const auto& config = state.config;
  const dead_letter_config dead_letters{config.options.nats, config.options.ingress.limits,
                                        config.metrics, config.wall_clock};
  try {
    move_to_dead_letters(*state.config.connection, dead_letters, message, state.rules, so_far);
    state.burials.erase(message.stream_sequence);
  } catch (const std::exception& e) {
    log::error("a message that the server has given up is still in the stream",
               {{"stream_sequence", message.stream_sequence}, {"error", e.what()}});
    auto pause = std::min<std::chrono::seconds>(longest_pause,
                                                look_again * (1U << std::min(so_far.tries++, 5U)));
    self->delayed_send(self, pause, message);
  }
}

/// The server tells once, to those who listen then, that it gives a message up. When all processes
/// were dead, nobody did: such messages are looked for.
void look_for_undeliverable(provisioner_actor::pointer self, provisioner_state& state,
                            const provision_report& report) {
  if (!report.stream || !report.consumer)
    return;
  try {
    io::jetstream api{state.config.connection->handle(), state.config.options.nats.inbox_prefix,
                      patience};
    auto counts = count_queue(api, *report.stream, *report.consumer);
    std::vector<std::uint64_t> present;
    if (unaccounted(counts) > 0 && may_strand(report.stream->config, report.consumer->config))
      present = places_up_to(api, *report.stream, *report.consumer, settled_up_to(counts));
    auto deliveries =
        static_cast<std::uint64_t>(std::max<std::int64_t>(0, report.consumer->config.max_deliver));
    for (auto place : state.watch.review(counts, present))
      if (state.burials.count(place) == 0) // one that is being buried is tried again by itself
        bury(self, state, {place, deliveries});
  } catch (const std::exception& e) {
    log::warning("messages that the server may have given up cannot be looked for",
                 {{"error", e.what()}});
  }
  auto lasting = state.watch.lasting();
  state.config.metrics->unaccounted_messages.Set(static_cast<double>(lasting));
  if (lasting > 0 && !std::exchange(state.told_unaccounted, true))
    log::warning("messages in the stream neither wait nor are in work",
                 {{"stream", report.stream->config.name}, {"messages", lasting}});
  else if (lasting == 0)
    state.told_unaccounted = false;
}

/// Messages wait for no fault of anybody's while as many are in work as the consumer allows.
void tell_level(provisioner_actor::pointer self, provisioner_state& state,
                const provision_report& report) {
  if (!report.consumer)
    return;
  auto& found = *report.consumer;
  state.config.metrics->queue_pending.Set(static_cast<double>(found.pending));
  auto is_full = found.config.max_ack_pending > 0
                 && found.ack_pending >= static_cast<std::uint64_t>(found.config.max_ack_pending);
  if (state.now_peers->ingress)
    self->send(state.now_peers->ingress, queue_level{is_full ? 0 : found.pending});
}

void schedule(provisioner_actor::pointer self, provisioner_state& state, bool usable) {
  std::chrono::seconds pause = look_again;
  if (usable)
    pause = state.watch.suspects_some() ? between_suspicions : between_reviews;
  self->delayed_send(self, pause, look_due{state.looks});
}

void tell_ingress(provisioner_actor::pointer self, provisioner_state& state,
                  const binding& result) {
  state.told_binding = result;
  if (result.usable)
    state.rules.set_kept(result.kept_subjects);
  if (state.now_peers->ingress)
    self->send(state.now_peers->ingress, result);
}

/// Looks, makes what is missing, and tells the ingress.
void look(provisioner_actor::pointer self, provisioner_state& state) {
  ++state.looks;
  state.review_failed = false;
  provision_report report;
  try {
    report = provision(state.config.connection->handle(), state.config.options,
                       provision_mode::make, *state.config.seen);
    if (report.result.max_deliver > 0 && !state.advisories)
      listen_for_advisories(self, state);
  } catch (const std::exception& e) {
    report.result.reason = e.what();
  }
  say(state, report);
  tell_ingress(self, state, report.result);
  if (report.result.usable) {
    remember(state.config.connection->handle(), state.config.options.nats, report,
             *state.config.seen);
    tell_level(self, state, report);
    look_for_undeliverable(self, state, report);
  }
  if (state.config.connection->connected())
    schedule(self, state, report.result.usable);
}

/// A review does not ask what the other streams keep: what was known of them is kept.
void keep_known_subjects(std::vector<std::string>& found, const std::vector<std::string>& known) {
  auto all = known;
  for (auto& subject : found)
    if (std::find(all.begin(), all.end(), subject) == all.end())
      all.push_back(subject);
  found = std::move(all);
}

/// Looks at stream and consumer while all is well: somebody may pause, change or delete them, or a
/// message may have reached max_deliver.
void review(provisioner_actor::pointer self, provisioner_state& state) {
  ++state.looks;
  if (!state.config.connection->connected())
    return; // the ingress asks for a look when it is again
  last_seen nothing;
  provision_report report;
  try {
    report = provision(state.config.connection->handle(), state.config.options,
                       provision_mode::review, nothing);
  } catch (const std::exception& e) {
    // Pulls may go on all the same, and the ingress notices where they do not.
    if (std::exchange(state.review_failed, true))
      return look(self, state);
    log::warning("stream and consumer cannot be looked at", {{"error", e.what()}});
    return schedule(self, state, true);
  }
  state.review_failed = false;
  if (!report.done.empty() || !report.result.usable)
    return look(self, state);
  say(state, report);
  keep_known_subjects(report.result.kept_subjects, state.told_binding.kept_subjects);
  if (report.result != state.told_binding)
    tell_ingress(self, state, report.result);
  if (report.result.max_deliver > 0 && !state.advisories)
    listen_for_advisories(self, state);
  tell_level(self, state, report);
  look_for_undeliverable(self, state, report);
  schedule(self, state, true);
}

/// A scheduled look, unless there was another one since.
void on_schedule(provisioner_actor::pointer self, provisioner_state& state, std::uint64_t after) {
  if (after != state.looks)
    return;
  if (state.told_binding.usable)
    review(self, state);
  else
    look(self, state);
}

provisioner_actor::behavior_type provisioner_state::start(provisioner_config given) {
  config = std::move(given);
  rules = make_publish_rules(config.options.nats);
  return {
      [this](peers_ptr& now) { now_peers = std::move(now); },
      [this](measure_mailbox to) { report_mailbox(self, to); },
      [this](const delivered& advisory) {
        if (auto message = parse_max_deliveries_advisory(advisory.message->data()))
          bury(self, *this, *message);
      },
      [this](const max_deliveries_advisory& message) { bury(self, *this, message); },
      [this](caf::tick_atom) { look(self, *this); },
      [this](look_due due) { on_schedule(self, *this, due.after); },
  };
}

} // namespace

provisioner_actor spawn_provisioner(caf::local_actor* parent, provisioner_config config) {
  return spawn<provisioner_actor, provisioner_state, caf::detached>(*parent, std::move(config));
}

} // namespace meme
