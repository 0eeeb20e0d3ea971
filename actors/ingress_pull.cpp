// How the ingress gets its messages: JetStream's pull protocol itself. A request for N messages
// goes to $JS.API.CONSUMER.MSG.NEXT.<stream>.<consumer>, whatever answers it comes to our inbox:
// messages (with an acknowledgement subject as reply) and status messages (NATS ADR-13).

#include <algorithm>

#include "actors/ingress.hpp"
#include "actors/io/log.hpp"
#include "actors/policy/pull_status.hpp"

namespace meme {

namespace {

using std::chrono::milliseconds;

/// The server says "still here" this often while a pull waits (less often than a third of the
/// pull's own time it does not accept); three times missed is a fault.
constexpr milliseconds longest_heartbeat{5'000};

/// Each is done within a moment of being given up; a few may overlap.
constexpr std::size_t max_retired = 8;

std::int64_t nanoseconds(std::chrono::nanoseconds time) {
  return time.count();
}

} // namespace

void ingress_state::on_binding(const binding& found) {
  report_health(found.usable, found.reason);
  if (found.usable) {
    bound = found;
    rules.set_kept(found.kept_subjects);
    return renew_subscription(nullptr);
  }
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
  bound.usable = false;
  look_again = false;
  if (now_peers->provisioner)
    self->send(now_peers->provisioner, caf::tick_atom_v);
}

/// The model cannot be called: what waits in the queue is better off there. The open pulls are
/// given up, for the server would go on to answer them.
void ingress_state::on_flow(std::size_t permits) {
  auto before = std::exchange(flow_permits, permits);
  held_at_flow = window.in_work();
  last_at_flow = last_number;
  auto without_bound = permits == flow{}.permits;
  window.limit(without_bound ? permits : held_at_flow + permits);
  if (!without_bound && permits > 0 && held_at_flow >= window.permits() && now_peers->generator)
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
    shared->metrics->pull_resets.Increment();
    log::warning("open pulls are given up", {{"reason", why}});
  }
  retire_subscription();
  if (flow_permits == 0)
    return;
  inbox = shared->bus->make_inbox();
  ingress_actor target{self};
  subscription = shared->bus->subscribe(inbox, [target](io::bus_message_ptr message) {
    caf::anon_send(target, delivered{std::move(message)});
  });
  ++open_subscriptions;
  last_heard = self->clock().now();
  pull();
}

void ingress_state::pull() {
  shared->metrics->permits_in_use.Set(static_cast<double>(window.in_work()));
  if (!bound.usable || !link_up || draining || !subscription || !budget_allows())
    return;
  auto count = window.wanted();
  if (bound.max_batch > 0)
    count = std::min(count, bound.max_batch);
  if (count == 0)
    return;
  auto& nats = shared->options.nats;
  std::string request = "{\"batch\":" + std::to_string(count)
                        + ",\"expires\":" + std::to_string(nanoseconds(pull_expiry()))
                        + ",\"idle_heartbeat\":" + std::to_string(nanoseconds(heartbeat())) + "}";
  if (window.open() == 0)
    last_heard = self->clock().now();
  auto subject = "$JS.API.CONSUMER.MSG.NEXT." + nats.stream + "." + nats.consumer;
  if (shared->bus->publish(subject, request, {}, inbox) == io::bus_error::none)
    window.asked(count);
}

bool ingress_state::budget_allows() {
  auto before = std::exchange(budget_exhausted, shared->budget->exhausted());
  if (budget_exhausted && !before)
    shared->metrics->byte_budget_exhaustions.Increment();
  return !budget_exhausted;
}

void ingress_state::on_delivered(io::bus_message_ptr message) {
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
void ingress_state::on_status(const io::bus_message& message) {
  using kind = policy::pull_status::kind;
  auto status = message.header("Status");
  auto [what, pending] = policy::read_pull_status(status, message.header("Nats-Pending-Messages"));
  if (what == kind::heartbeat || (what != kind::none && message.subject() != inbox))
    return;
  if (what == kind::lapsed) {
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
  auto description = message.header("Description");
  log::warning("a pull was refused", {{"status", status}, {"description", description}});
  window.forget_pulls();
  bound.usable = false;
  look_again = true; // at the next tick: a server in trouble is not to be hammered
  report_health(false, "pull refused: " + status + " " + description);
}

milliseconds ingress_state::pull_expiry() const {
  auto& ours = shared->options.ingress.pull_expiry;
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
  if (link_up && look_again && now_peers->provisioner) {
    look_again = false;
    self->send(now_peers->provisioner, caf::tick_atom_v);
  }
  if (bound.usable && link_up && window.open() > 0 && now - last_heard > 3 * heartbeat())
    renew_subscription("the server has not been heard for three heartbeats");
  if (now - last_progress >= bound.ack_wait / 3) {
    last_progress = now;
    report_progress();
  }
  pull();
  shared->metrics->bytes_in_flight.Set(static_cast<double>(shared->budget->used()));
  // Here, not where it happens: with large pictures that may be with each of them.
  if (budget_exhausted && !std::exchange(budget_told, true))
    log::warning("pulling pauses, the byte budget is used up",
                 {{"bytes", shared->budget->used()},
                  {"limit", shared->options.ingress.max_bytes_in_flight}});
  budget_told = budget_exhausted;
}

/// One sweep for all: each message in work gets its ack_wait anew.
void ingress_state::report_progress() {
  if (!link_up)
    return;
  for (auto& [number, each] : held)
    shared->bus->publish(std::string{each.message->reply()}, "+WPI");
}

} // namespace meme
