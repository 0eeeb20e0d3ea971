// How the supervisor looks after the connection to NATS.

#include <algorithm>

#include "actors/base/answer_subjects.hpp"
#include "actors/base/backoff.hpp"
#include "actors/io/log.hpp"
#include "actors/supervisor/supervisor.hpp"
#include "config/address/nats_urls.hpp"

namespace meme {

namespace {

/// How often the log repeats that there is no connection.
constexpr auto repeat_problem = std::chrono::minutes{1};

/// Before servers that could not be reached are tried again: jittered, so that ten replicas do not
/// come back as one.
constexpr std::chrono::milliseconds retry_shortest{250};
constexpr std::chrono::milliseconds retry_longest{750};

/// Pauses before the service replaces a connection that was closed for good.
constexpr std::chrono::milliseconds renew_base{500};
constexpr std::chrono::milliseconds renew_cap{5'000};

} // namespace

void supervisor_state::open_connection() {
  self->send(connector, caf::tick_atom_v);
}

void supervisor_state::on_opened(const connection_opened& attempt) {
  if (stopping)
    return;
  if (!attempt.bus) {
    on_failing(attempt.problem);
    return attempt.unreachable ? schedule_renewal(true) : renew_connection(attempt.problem);
  }
  connection = std::dynamic_pointer_cast<io::nats_connection>(attempt.bus);
  config.exit->connection = connection;
  if (link_up) // told before this message came
    on_link(true);
}

void supervisor_state::tell_link() {
  if (known_peers.publisher)
    self->send(known_peers.publisher, link_changed{link_up});
  if (known_peers.ingress)
    self->send(known_peers.ingress, link_changed{link_up});
}

void supervisor_state::on_connection(const connection_event& event) {
  switch (event.change) {
  case connection_event::kind::up:
    on_link(true);
    break;
  case connection_event::kind::down:
    on_link(false);
    break;
  case connection_event::kind::failing:
    on_failing(event.text);
    break;
  case connection_event::kind::lame_duck:
    log::warning("the NATS server is about to go");
    break;
  case connection_event::kind::closed:
    on_failing(event.text);
    renew_connection(event.text);
    break;
  case connection_event::kind::error:
    if (is_probe(event.text))
      break; // the publisher does without
    instruments().nats_errors.Increment();
    log::warning("NATS reports an error", {{"error", event.text}});
    if (is_vital(options().nats, event.text)) // the publisher confirms nothing meanwhile
      escalate("the NATS server does not permit what the service needs: " + event.text);
    break;
  }
}

void supervisor_state::on_link(bool up) {
  auto& metrics = instruments();
  link_up = up;
  if (!connection)
    return; // the connector's message is on its way
  config.exit->connected = up;
  metrics.nats_connected.Set(up ? 1 : 0);
  if (up) {
    link_problem.clear();
    renewals = 0;
    metrics.nats_connections.Increment();
    log::info("NATS is connected", {{"server", connection->server()}});
    start_users();
  } else if (!stopping) {
    log::warning("NATS is not connected", {{"server", config::describe(*options().nats.url)}});
  }
  tell_pages({"nats", up, up ? "" : "not connected to NATS"});
  tell_link();
}

/// Those who subscribe and publish, once there is a connection that has let us in.
void supervisor_state::start_users() {
  if (!std::exchange(unlinked, false) || stopping || draining || failed)
    return;
  for (auto& each : children)
    if (uses_connection(each.id))
      start_child(each);
  announce();
}

/// The log says so at the first failure, when the reason changes, and then once a minute.
void supervisor_state::on_failing(const std::string& reason) {
  if (stopping || reason.empty())
    return;
  auto servers = config::describe(*options().nats.url);
  auto problem = "not connected to NATS: " + servers + ": " + reason + "; trying again";
  tell_pages({"nats", false, problem});
  auto now = self->clock().now();
  if (problem == link_problem && now - problem_told < repeat_problem)
    return;
  problem_told = now;
  auto nothing_there = reason.rfind(natsStatus_GetText(NATS_NO_SERVER), 0) == 0
                       || reason.rfind(natsStatus_GetText(NATS_TIMEOUT), 0) == 0;
  log::error(nothing_there ? "NATS cannot be reached, retrying"
                           : "NATS connection rejected, retrying",
             {{"server", servers}, {"error", problem}});
  link_problem = std::move(problem);
}

void supervisor_state::renew_connection(const std::string& reason) {
  if (stopping || draining || failed)
    return;
  unlinked = true;
  link_up = false;
  config.exit->connected = false;
  if (renewals == 0)
    log::warning("the connection to NATS is closed for good and opened anew until it lasts",
                 {{"error", reason}});
  for (auto& each : children)
    if (each.handle && uses_connection(each.id))
      self->send_exit(each.handle, caf::exit_reason::user_shutdown);
  schedule_renewal(false);
}

void supervisor_state::schedule_renewal(bool unreachable) {
  auto jitter =
      std::uniform_int_distribution<std::int64_t>{retry_shortest.count(), retry_longest.count()};
  auto pause = unreachable ? std::chrono::milliseconds{jitter(random)}
                           : equal_jitter(renew_base, renew_cap, renewals++, random);
  set_timer(pause, supervisor_timer::kind::reconnect);
}

void supervisor_state::reconnect() {
  constexpr std::chrono::milliseconds look_again{50};
  if (stopping || draining || failed)
    return;
  auto still_up = std::any_of(children.begin(), children.end(),
                              [](auto& each) { return each.handle && uses_connection(each.id); });
  if (still_up) // it may be waiting for the server; nobody else may see the bus change
    return set_timer(look_again, supervisor_timer::kind::reconnect);
  connection.reset(); // so that the next one's events are not taken for its
  config.exit->connection.reset();
  open_connection();
}

} // namespace meme
