// How the ingress gets its messages: JetStream's pull protocol itself. A request for N messages
// goes to $JS.API.CONSUMER.MSG.NEXT.<stream>.<consumer>, whatever answers it comes to our inbox:
// messages (with an acknowledgement subject as reply) and status messages (NATS ADR-13).

#include <algorithm>

#include "actors/ingress/ingress.hpp"
#include "actors/ingress/pull_status.hpp"
#include "actors/io/log.hpp"

namespace meme {

namespace {

using std::chrono::milliseconds;

/// The server says "still here" this often while a pull waits (less often than a third of the
/// pull's own time it does not accept); three times missed is a fault.
constexpr milliseconds longest_heartbeat{5'000};

/// Each is done within a moment of being given up; a few may overlap.
constexpr std::size_t max_retired = 8;

/// So many silences and refusals in a row: not ready until something is heard of a pull.
constexpr unsigned max_troubles = 2;

/// The longest time between two looks at a consumer that refuses each pull.
constexpr std::chrono::seconds longest_pause{30};

std::int64_t nanoseconds(std::chrono::nanoseconds time) {
  return time.count();
}

} // namespace

void ingress_state::on_binding(const binding& found) {
  if (found.usable) {
    bound = found;
    rules.set_kept(found.kept_subjects);
    // That stream and consumer can be looked at does not say that pulls are answered.
    if (troubles < max_troubles)
      report_health(true, {});
    else
      report_health(false, trouble);
    return renew_subscription(nullptr);
  }
  report_health(false, found.reason);
  if (bound.usable)
    config.metrics->pull_resets.Increment();
  // What is held still goes by the limits found before.
  bound.usable = false;
  bound.reason = found.reason;
  retire_subscription();
}

void ingress_state::on_link(bool up) {
  link_up = up;
  window.forget_pulls(); // the server forgets them with the connection
  if (!up)
    return finish_drain();
  // Stream and consumer may be others than before (a server that lost its disk, a failover).
  report_health(false, "connected to NATS; stream and consumer are being looked at");
  bound.usable = false;
  look_again = false;
  troubles = 0;
  if (now_peers->provisioner)
    self->send(now_peers->provisioner, caf::tick_atom_v);
}

/// The model cannot be called: what waits in the queue is better off there. The open pulls are
/// given up, for the server would go on to answer them.
void ingress_state::on_pull_limit(std::size_t permits) {
  auto before = std::exchange(pull_limit_messages, permits);
  held_at_pull_limit = window.in_work();
  last_at_pull_limit = last_number;
  auto without_bound = permits == pull_limit{}.messages;
  window.limit(without_bound ? permits : held_at_pull_limit + permits);
  if (!without_bound && permits > 0 && held_at_pull_limit >= window.permits()
      && now_peers->generator)
    self->send(now_peers->generator, no_room{});
  if (permits == 0)
    retire_subscription();
  else if (before == 0 && bound.usable && link_up)
    renew_subscription(nullptr);
  else
    pull();
}

void ingress_state::retire_subscription() {
  window.forget_pulls();
  if (!subscription)
    return;
  subscription->stop();
  retired.push_back(std::move(subscription));
  if (retired.size() > max_retired)
    retired.pop_front();
}

/// Begins with an inbox of its own, so that what earlier pulls still bring is told apart by the
/// server; `why` is given where something was wrong.
void ingress_state::renew_subscription(const char* why) {
  if (draining)
    return;
  if (why != nullptr) {
    config.metrics->pull_resets.Increment();
    log::warning("open pulls are given up", {{"reason", why}});
  }
  retire_subscription();
  if (pull_limit_messages == 0)
    return;
  inbox = config.bus->make_inbox();
  ingress_actor target{self};
  subscription = config.bus->subscribe(inbox, [target](bus_message_ptr message) {
    caf::anon_send(target, delivered{std::move(message)});
  });
  ++open_subscriptions;
  last_heard = self->clock().now();
  pull();
}

void ingress_state::pull() {
  config.metrics->in_flight.Set(static_cast<double>(window.in_work()));
  if (!bound.usable || !link_up || draining || !subscription || !budget_allows())
    return;
  auto count = window.wanted();
  if (bound.max_batch > 0)
    count = std::min(count, bound.max_batch);
  if (count == 0)
    return;
  auto& nats = config.nats;
  std::string request = "{\"batch\":" + std::to_string(count)
                        + ",\"expires\":" + std::to_string(nanoseconds(pull_expiry()))
                        + ",\"idle_heartbeat\":" + std::to_string(nanoseconds(heartbeat()));
  if (!bound.group.empty()) // checked: it needs no escaping
    request += ",\"group\":\"" + bound.group + '"';
  request += '}';
  if (window.open() == 0)
    last_heard = self->clock().now();
  auto subject = "$JS.API.CONSUMER.MSG.NEXT." + nats.stream + "." + nats.consumer;
  if (config.bus->publish(subject, request, {}, inbox) == bus_error::none)
    window.asked(count);
}

bool ingress_state::budget_allows() {
  auto before = std::exchange(budget_exhausted, config.budget->exhausted());
  if (budget_exhausted && !before)
    config.metrics->byte_budget_exhaustions.Increment();
  return !budget_exhausted;
}

void ingress_state::on_delivered(bus_message_ptr message) {
  if (!message) { // a subscription has come to its end
    --open_subscriptions;
    finish_drain();
    return;
  }
  last_heard = self->clock().now();
  auto info = parse_ack_subject(message->reply());
  if (!info) {
    on_status(*message);
    return;
  }
  pull_answered();
  auto permitted = window.arrived();
  if (!permitted || draining) {
    if (permitted)
      window.settled();
    return hand_back(*message);
  }
  take(std::move(message), *info);
  pull();
}

/// Status messages: 100 a heartbeat, 408 the pull's time is over, 409 and 503 something is wrong
/// with the consumer, the stream or the server.
void ingress_state::on_status(const bus_message& message) {
  using kind = pull_status::kind;
  auto status = message.header("Status");
  auto [what, pending] = read_pull_status(status, message.header("Nats-Pending-Messages"));
  if (what != kind::none && message.subject() != inbox)
    return;
  if (what == kind::heartbeat)
    return pull_answered();
  if (what == kind::lapsed) {
    pull_answered();
    if (!pending) // this pull's share is not known
      return renew_subscription(nullptr);
    window.lapsed(*pending);
    return pull();
  }
  if (what == kind::none) {
    log::warning("something that is no request came to the inbox",
                 {{"subject", message.subject()}});
    return;
  }
  on_refusal(status + " " + message.header("Description"));
}

/// A server in trouble is not to be hammered, and one that refuses each pull not to be asked each
/// second.
void ingress_state::on_refusal(const std::string& reason) {
  if (bound.usable) // else it is of the same moment as the last one: several pulls may be open
    ++troubles;
  auto before = std::exchange(trouble, "pull refused: " + reason);
  if (before != trouble)
    log::warning("a pull was refused", {{"reason", reason}});
  window.forget_pulls();
  bound.usable = false;
  look_again = true;
  look_not_before = self->clock().now();
  if (troubles > max_troubles)
    look_not_before += std::min(longest_pause, std::chrono::seconds{1}
                                                   * (1U << std::min(troubles - max_troubles, 5U)));
  report_health(false, trouble);
}

/// A pull was heard of neither by a message nor by a heartbeat. A server that has lost the stream
/// or the consumer's leader does not refuse pulls, it ignores them.
void ingress_state::on_silence() {
  ++troubles;
  trouble = "the server does not answer pulls";
  renew_subscription("the server has not been heard for three heartbeats");
  look_again = true;
  look_not_before = {};
  if (troubles >= max_troubles)
    report_health(false, trouble + "; stream and consumer are being looked at");
}

void ingress_state::pull_answered() {
  if (troubles == 0)
    return;
  auto was_reported = troubles >= max_troubles;
  troubles = 0;
  trouble.clear();
  if (was_reported && bound.usable)
    report_health(true, {});
}

milliseconds ingress_state::pull_expiry() const {
  auto& ours = config.ingress.pull_expiry;
  return bound.max_expires.count() > 0 ? std::min(ours, bound.max_expires) : ours;
}

milliseconds ingress_state::heartbeat() const {
  return std::min(longest_heartbeat, pull_expiry() / 3);
}

void ingress_state::schedule_tick() {
  auto pause = std::min<milliseconds>(std::chrono::seconds{1}, bound.ack_wait / 6);
  self->delayed_send(self, pause, caf::tick_atom_v);
}

void ingress_state::on_tick() {
  schedule_tick();
  auto now = self->clock().now();
  if (bound.usable && link_up && window.open() > 0 && now - last_heard > 3 * heartbeat())
    on_silence();
  if (link_up && look_again && now >= look_not_before && now_peers->provisioner) {
    look_again = false;
    self->send(now_peers->provisioner, caf::tick_atom_v);
  }
  if (now - last_progress >= bound.ack_wait / 3) {
    last_progress = now;
    report_progress();
  }
  pull();
  config.metrics->bytes_in_flight.Set(static_cast<double>(config.budget->used()));
  // Here, not where it happens: with large pictures that may be with each of them.
  if (budget_exhausted && !std::exchange(budget_told, true))
    log::warning("pulling pauses, the byte budget is used up",
                 {{"bytes", config.budget->used()}, {"limit", config.ingress.max_bytes_in_flight}});
  budget_told = budget_exhausted;
}

/// One sweep for all: the ack_wait of each message in work starts again.
void ingress_state::report_progress() {
  if (!link_up)
    return;
  for (auto& [number, each] : held)
    config.bus->publish(std::string{each.message->reply()}, "+WPI");
}

/// For the watch on progress: what messages in work wait for, and whether the queue gives none.
void ingress_state::report_stages() {
  survey.begin();
  for (auto& [number, each] : held) {
    if (each.response && !link_up)
      each.mark.reset(); // waits for the connection, which is another matter
    else
      survey.see(each.mark, each.response ? pipeline_stage::publisher : pipeline_stage::cache);
  }
  survey.count(pipeline_stage::byte_budget, budget_exhausted && held.empty() ? 1 : 0, false);
  // A priority group may leave its messages to others.
  auto expects_some =
      bound.usable && link_up && !draining && window.open() > 0 && bound.group.empty();
  survey.count(pipeline_stage::consumer, expects_some ? queue_waiting : 0,
               std::exchange(fed, false));
  if (now_peers->supervisor)
    self->send(now_peers->supervisor,
               progress_report{survey.end(
                   self->clock().now(), {pipeline_stage::cache, pipeline_stage::publisher,
                                         pipeline_stage::byte_budget, pipeline_stage::consumer})});
}

} // namespace meme
