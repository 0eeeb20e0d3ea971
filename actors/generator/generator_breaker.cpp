// When the generator does not call the model: the breaker is open, the model asked for a pause, or
// it takes fewer calls at a time.

#include <algorithm>
#include <ctime>

#include "actors/generator/generator.hpp"
#include "actors/generator/retry.hpp"
#include "actors/io/log.hpp"

namespace meme {

namespace {

using state = circuit_breaker::state;
using probe = circuit_breaker::probe;

std::chrono::milliseconds to_ms(caf::actor_clock::duration_type time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time);
}

/// RFC 3339, UTC.
std::string to_text(std::chrono::system_clock::time_point time) {
  auto seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

} // namespace

/// Starts the calls that may start now. On the way it drops the entries of `waiting` whose flight
/// has ended.
void generator_state::pump() {
  auto closed = breaker.current() == state::closed;
  if (closed || self->clock().now() < quiet_until)
    call_in_order();
  else
    call_probes();
  if (room_needed)
    make_room();
  tell_flow();
}

void generator_state::call_in_order() {
  while (!waiting.empty()) {
    auto found = flights.find(waiting.front());
    auto stale = found == flights.end() || found->second.at != stage::waiting;
    if (!stale && self->clock().now() < quiet_until)
      rest(found->second);
    else if (!stale && (under_way.size() >= limit.limit() || !start_call(found->second)))
      return;
    waiting.pop_front();
  }
}

/// While the breaker is open: the request with the fewest failures is the probe.
void generator_state::call_probes() {
  auto now = self->clock().now();
  while (under_way.size() < limit.limit()
         && (breaker.may_call(now, false) || breaker.may_call(now, true))) {
    auto is_stale = [this](const std::string& key) {
      auto found = flights.find(key);
      return found == flights.end() || found->second.at != stage::waiting;
    };
    waiting.erase(std::remove_if(waiting.begin(), waiting.end(), is_stale), waiting.end());
    auto best = std::min_element(waiting.begin(), waiting.end(), [this](auto& a, auto& b) {
      return flights.at(a).failures < flights.at(b).failures;
    });
    if (best == waiting.end())
      return;
    auto& next = flights.at(*best);
    if (!breaker.may_call(now, next.failures > 0) || !start_call(next))
      return;
    waiting.erase(best);
  }
}

/// The model asked for a pause. A waiting request comes back some time after its end, so that not
/// all come back at once.
void generator_state::rest(flight& next) {
  auto pause = std::chrono::ceil<std::chrono::milliseconds>(quiet_until - self->clock().now())
               + random_pause(config.retry_base, random);
  pause_flight(next, pause);
}

/// What the end of a call says of the model, whatever it says of the request.
void generator_state::learn(const call_under_way& ended, const called& result) {
  using kind = verdict_kind;
  auto now = self->clock().now();
  auto before = breaker.current();
  switch (result.verdict.kind) {
  case kind::picture:
    limit.succeeded(under_way.size() + 1);
    suspects.succeeded(ended.key, now);
    breaker.succeeded(now, ended.probe);
    break;
  case kind::reject: // the model works: it has read the request
    breaker.succeeded(now, ended.probe);
    break;
  case kind::wait:
    if (result.verdict.code == error_code::internal) { // of this process: the model was not asked
      breaker.probe_lost(ended.probe);
      break;
    }
    breaker.succeeded(now, ended.probe);
    if (result.verdict.code == error_code::model_overloaded)
      overloaded(ended.begun, result.verdict.retry_after);
    break;
  case kind::retry:
    if (!is_of_connection_alone(ended, result))
      learn_failure(ended, result);
    break;
  case kind::unauthorized:
    if (!failing_since)
      failing_since = config.wall_clock();
    breaker.trip(now, ended.probe, random);
    break;
  }
  config.metrics->call_limit.Set(static_cast<double>(limit.limit()));
  say_breaker_changed(before, ended, result.verdict);
}

/// A server that ends, or a balancer, closes connections or gives requests back on them. The next
/// call goes over another connection: when that ends in the same way, it is the model's failure.
bool generator_state::is_of_connection_alone(const call_under_way& ended, const called& result) {
  return result.verdict.of_connection && ended.probe == probe::none
         && !std::exchange(flights.at(ended.key).lost_connection, true);
}

/// The model's fault or the request's.
void generator_state::learn_failure(const call_under_way& ended, const called& result) {
  using standing = suspect_requests::standing;
  auto now = self->clock().now();
  auto& failed = flights.at(ended.key);
  auto was_culprit = suspects.get(ended.key, now).is == standing::culprit;
  auto known = suspects.failed(ended.key, now);
  failed.failures = known.failures;
  if (!failing_since)
    failing_since = config.wall_clock();
  auto blames_model = suspect_requests::blames_model(known);
  if (blames_model || ended.probe != probe::none)
    breaker.failed(now, ended.probe, known.failures_in_outage == 1, random);
  if (known.is != standing::culprit || was_culprit)
    return;
  config.metrics->suspect_requests.Increment();
  log::warning("a request fails while others succeed",
               {{"request_id", failed.request->request_id},
                {"stream_sequence", failed.request->stream_sequence},
                {"attempt", failed.request->attempt},
                {"failures", failed.failures},
                {"code", to_string(result.verdict.code)},
                {"error", result.verdict.text_for_log()}});
}

/// The model has refused a call as one too many. `wanted` is the pause that it asks for, if it
/// does.
void generator_state::overloaded(clock::time_point begun,
                                 std::optional<std::chrono::milliseconds> wanted) {
  auto now = self->clock().now();
  auto before = limit.limit();
  limit.overloaded(begun, now);
  if (limit.limit() < before)
    log::info("fewer calls of the model at a time", {{"limit", limit.limit()}, {"was", before}});
  if (!wanted)
    return;
  if (quiet_until <= now) {
    config.metrics->rate_limited.Increment();
    log::warning("the model asked to be left alone", {{"pause_ms", wanted->count()}});
  }
  quiet_until = std::max(quiet_until, now + *wanted);
}

/// One line for each transition of which an operator should know: from closed, and back to it.
void generator_state::say_breaker_changed(state before, const call_under_way& ended,
                                          const model_verdict& why) {
  auto is_closed = breaker.current() == state::closed;
  if (is_closed && before != state::closed) {
    for (auto& [number, each] : under_way)
      each.probe = probe::none;
    auto open_for = to_ms(self->clock().now() - breaker_opened_at).count();
    log::info("circuit breaker closed",
              {{"endpoint", endpoint_of(flights.at(ended.key))}, {"open_ms", open_for}});
  }
  if (is_closed) {
    if (why.kind != verdict_kind::retry)
      failing_since.reset();
    return;
  }
  auto failed_probe = before != state::closed && ended.probe != probe::none;
  if (before != state::closed && !failed_probe)
    return wake_for_probes();
  config.metrics->breaker_openings.Increment();
  auto pause = to_ms(breaker.fresh_at() - self->clock().now()).count();
  if (failed_probe) {
    log::debug("circuit breaker stays open", {{"pause_ms", std::max<std::int64_t>(pause, 0)}});
  } else {
    breaker_opened_at = self->clock().now();
    log::error("circuit breaker opened",
               {{"code", to_string(why.code)},
                {"error", why.text_for_log()},
                {"endpoint", endpoint_of(flights.at(ended.key))},
                {"pause_ms", pause},
                {"since", to_text(failing_since.value_or(config.wall_clock()))}});
  }
  wake_for_probes();
}

/// Without what may follow the path: some endpoints take a key there.
std::string generator_state::endpoint_of(const flight& called) {
  return called.spec->url.substr(0, called.spec->url.find_first_of("?#"));
}

void generator_state::wake_for_probes() {
  auto now = self->clock().now();
  for (auto at : {breaker.fresh_at(), breaker.retried_at()})
    if (at > now)
      self->delayed_send(self, at - now, caf::tick_atom_v);
}

/// The model refuses the service's token. It would refuse every request, so the requests are not at
/// fault. One of those without a call stays as the probe. The others go back to the queue until the
/// pause is over.
void generator_state::token_refused() {
  auto pause = to_ms(breaker.fresh_at() - self->clock().now());
  std::vector<std::string> idle;
  for (auto& [key, each] : flights)
    if (each.at != stage::calling)
      idle.push_back(key);
  for (std::size_t i = 1; i < idle.size(); ++i)
    finish(idle[i], failure{error_code::model_unauthorized, "the model refuses the service's token",
                            true, std::max(pause, std::chrono::milliseconds{0})});
}

/// While the breaker is open, the ingress takes nothing from the queue. The exception is one
/// request for a probe, if the service holds none or only requests under suspicion.
void generator_state::tell_flow() {
  auto permits = pull_limit{}.messages;
  if (breaker.current() != state::closed)
    permits = needs_fresh_request() ? 1 : 0;
  config.metrics->breaker_state.Set(static_cast<double>(breaker.current()));
  config.metrics->calls_waiting.Set(static_cast<double>(waiting.size()));
  if (permits == told_permits || !known_peers->ingress)
    return;
  told_permits = permits;
  self->send(known_peers->ingress, pull_limit{permits});
}

bool generator_state::needs_fresh_request() const {
  if (!breaker.may_call(self->clock().now(), false))
    return false;
  if (flights.empty())
    return true;
  return breaker.wants_fresh() && std::none_of(flights.begin(), flights.end(), [](auto& each) {
           return each.second.failures == 0 && each.second.at != stage::calling;
         });
}

void generator_state::on_no_room() {
  room_needed = true;
  pump();
}

/// The request under the gravest suspicion goes back to the queue for a while.
void generator_state::make_room() {
  if (breaker.current() == state::closed || !needs_fresh_request()) {
    room_needed = false;
    return;
  }
  auto worst = flights.end();
  for (auto i = flights.begin(); i != flights.end(); ++i)
    if (i->second.at != stage::calling && i->second.last_failure
        && (worst == flights.end() || i->second.failures > worst->second.failures))
      worst = i;
  if (worst == flights.end())
    return; // all are being called; it is tried again when a call ends
  room_needed = false;
  auto last = *worst->second.last_failure;
  last.retry = true;
  finish(worst->first, std::move(last));
}

} // namespace meme
