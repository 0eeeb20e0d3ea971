#include "actors/generator.hpp"

#include <algorithm>

#include "actors/io/log.hpp"
#include "actors/policy/retry.hpp"
#include "actors/resilience.hpp"

namespace meme {

namespace {

/// A request that takes so many clients with it is taken for the cause.
constexpr unsigned max_crashes = 3;

} // namespace

generator_actor::behavior_type generator_state::start(context_ptr with) {
  install_handlers(self, name);
  shared = std::move(with);
  random.seed(static_cast<std::minstd_rand::result_type>(shared->seed));
  limit = policy::concurrency_limit{shared->options.ingress.max_in_flight};
  shared->metrics->call_limit.Set(static_cast<double>(limit.limit()));
  return {
      [this](peers_ptr& now) { on_peers(std::move(now)); },
      [this](measure_mailbox to) {
        report_mailbox(self, to);
        report_stages();
      },
      [this](generate& what) { on_generate(std::move(what.what)); },
      [this](called& what) { on_called(what); },
      [this](caf::tick_atom, const std::string& key) { on_pause_over(key); },
      [this](drain) { on_drain(); },
  };
}

void generator_state::on_peers(peers_ptr now) {
  auto before = std::exchange(now_peers, std::move(now));
  auto& clients = now_peers->model_clients;
  load.resize(clients.size());
  std::vector<std::string> lost;
  for (auto i = under_way.begin(); i != under_way.end();) {
    auto client = i->second.client;
    auto gone = client >= clients.size() || client >= before->model_clients.size()
                || clients[client] != before->model_clients[client];
    if (gone)
      lost.push_back(i->second.key);
    i = gone ? under_way.erase(i) : std::next(i);
  }
  for (std::size_t i = 0; i < clients.size(); ++i)
    if (i >= before->model_clients.size() || clients[i] != before->model_clients[i])
      load[i] = 0;
  if (!lost.empty())
    breaker.probe_lost(self->clock().now());
  for (auto& key : lost)
    client_lost(flights.at(key));
  if (now_peers->ingress && now_peers->ingress != before->ingress)
    told_permits.reset();
  pump();
}

void generator_state::on_generate(job_ptr what) {
  auto [found, is_new] = flights.try_emplace(what->key);
  if (!is_new)
    return;
  auto& opened = found->second;
  opened.spec = std::shared_ptr<const picture_spec>{what, &what->spec};
  opened.what = std::move(what);
  opened.begun = self->clock().now();
  if (draining)
    return hand_back(opened.what->key);
  enqueue(opened);
  pump();
}

void generator_state::enqueue(flight& next) {
  next.at = stage::waiting;
  waiting.push_back(next.what->key);
}

bool generator_state::can_call() const {
  auto now = self->clock().now();
  return under_way.size() < limit.limit() && breaker.may_call(now);
}

/// The model asked to be left alone. What waits comes back after that time, and not all at its end.
void generator_state::rest(flight& next) {
  auto pause = std::chrono::ceil<std::chrono::milliseconds>(quiet_until - self->clock().now())
               + policy::random_pause(shared->options.generator.retry_base, random);
  next.at = stage::pausing;
  self->delayed_send(self, pause, caf::tick_atom_v, next.what->key);
}

/// Begins what can begin. Entries of flights that have ended meanwhile are dropped on the way.
void generator_state::pump() {
  while (!waiting.empty()) {
    auto found = flights.find(waiting.front());
    auto stale = found == flights.end() || found->second.at != stage::waiting;
    if (!stale && self->clock().now() < quiet_until)
      rest(found->second);
    else if (!stale && (!can_call() || !start_call(found->second)))
      break;
    waiting.pop_front();
  }
  tell_flow();
}

/// False: there is no client to make the call.
bool generator_state::start_call(flight& next) {
  auto best = load.size();
  for (std::size_t i = 0; i < load.size(); ++i)
    if (now_peers->model_clients[i] && (best == load.size() || load[i] < load[best]))
      best = i;
  if (best == load.size())
    return false;
  auto now = self->clock().now();
  breaker.began(now);
  next.at = stage::calling;
  auto number = ++last_number;
  under_way.emplace(number, call_under_way{next.what->key, best, now, {}});
  ++load[best];
  self->send(now_peers->model_clients[best], call{number, next.spec});
  return true;
}

/// While the breaker is open nothing new is to be taken from the queue; when its pause is over and
/// nothing is in hand, one message is, to probe with.
void generator_state::tell_flow() {
  using state = policy::circuit_breaker::state;
  auto now = self->clock().now();
  auto permits = flow{}.permits;
  if (breaker.now_in() != state::closed)
    permits = breaker.may_call(now) && flights.empty() ? 1 : 0;
  shared->metrics->breaker_state.Set(static_cast<double>(breaker.now_in()));
  shared->metrics->calls_waiting.Set(static_cast<double>(waiting.size()));
  if (permits == told_permits || !now_peers->ingress)
    return;
  told_permits = permits;
  self->send(now_peers->ingress, flow{permits});
}

void generator_state::client_lost(flight& hit) {
  if (++hit.crashes < max_crashes)
    return enqueue(hit);
  finish(hit.what->key, failure{error_code::internal,
                                "the model's client failed again and again with this request"});
}

void generator_state::on_called(called& what) {
  auto found = under_way.find(what.number);
  if (found == under_way.end())
    return; // of a client that is gone; the call has been made again
  auto ended = std::move(found->second);
  under_way.erase(found);
  --load[ended.client];
  auto& flown = flights.at(ended.key);
  ++flown.calls;
  learn(ended, what);
  if (what.picture)
    finish(ended.key, std::move(what.picture));
  else
    retry_or_give_up(flown, what.verdict);
  if (what.verdict.what == policy::verdict::kind::unauthorized)
    token_refused();
  pump();
}

/// What the end of a call says of the model, whatever it says of the request.
void generator_state::learn(const call_under_way& ended, const called& what) {
  using kind = policy::verdict::kind;
  auto now = self->clock().now();
  auto before = breaker.now_in();
  switch (what.verdict.what) {
  case kind::picture:
    limit.succeeded(under_way.size() + 1);
    breaker.succeeded(now);
    break;
  case kind::reject: // it is well enough to refuse
    breaker.succeeded(now);
    break;
  case kind::wait:
    if (what.verdict.code == error_code::internal) { // ours: it has not been asked
      breaker.probe_lost(now);
      break;
    }
    breaker.succeeded(now);
    if (what.verdict.code == error_code::model_overloaded)
      overloaded(ended.begun, what.verdict.retry_after);
    break;
  case kind::retry:
    breaker.failed(now, random);
    break;
  case kind::unauthorized:
    breaker.trip(now, random);
    break;
  }
  shared->metrics->call_limit.Set(static_cast<double>(limit.limit()));
  using state = policy::circuit_breaker::state;
  if (before != state::open && breaker.now_in() == state::open)
    breaker_opened();
  else if (before != state::closed && breaker.now_in() == state::closed)
    log::info("the model is called again");
}

/// The model is asked for too much: `wanted` is how long it wants to be left alone.
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
    shared->metrics->quiet_times.Increment();
    log::warning("the model asked to be left alone", {{"pause_ms", wanted->count()}});
  }
  quiet_until = std::max(quiet_until, now + *wanted);
}

void generator_state::breaker_opened() {
  auto pause = breaker.open_until() - self->clock().now();
  shared->metrics->breaker_openings.Increment();
  log::error("the model is not called for a while",
             {{"pause_ms", std::chrono::duration_cast<std::chrono::milliseconds>(pause).count()}});
  self->delayed_send(self, pause, caf::tick_atom_v, std::string{});
}

/// Every request would be refused, which is not the requests' fault: but for one, to probe with,
/// what is in hand goes back to the queue until the pause is over.
void generator_state::token_refused() {
  auto pause = std::chrono::duration_cast<std::chrono::milliseconds>(breaker.open_until()
                                                                     - self->clock().now());
  std::vector<std::string> idle;
  for (auto& [key, each] : flights)
    if (each.at != stage::calling)
      idle.push_back(key);
  for (std::size_t i = 1; i < idle.size(); ++i)
    finish(idle[i], failure{error_code::model_unauthorized, "the model refuses the service's token",
                            true, std::max(pause, std::chrono::milliseconds{0})});
}

void generator_state::retry_or_give_up(flight& failed, const policy::verdict& why) {
  auto& options = shared->options.generator;
  policy::retry_limits limits{static_cast<std::uint32_t>(options.max_attempts), options.deadline,
                              options.retry_base, options.retry_cap};
  auto spent =
      std::chrono::duration_cast<std::chrono::milliseconds>(self->clock().now() - failed.begun);
  auto decision = policy::decide_retry(why, failed.calls, spent, limits, random);
  auto again = decision.again && !draining;
  log::warning(again ? "a call of the model is tried again" : "a call of the model has failed",
               {{"request_id", failed.what->request_id},
                {"stream_sequence", failed.what->stream_sequence},
                {"attempt", failed.what->attempt},
                {"call", failed.calls},
                {"code", to_string(why.code)},
                {"error", why.text_for_log()},
                {"pause_ms", again ? decision.pause.count() : 0}});
  if (!again) {
    auto later = decision.later || decision.again; // the latter: but for the drain
    return finish(failed.what->key,
                  failure{why.code, why.text, later, decision.retry_after, why.detail});
  }
  shared->metrics->retries_by(why.code).Increment();
  failed.at = stage::pausing;
  self->delayed_send(self, decision.pause, caf::tick_atom_v, failed.what->key);
}

void generator_state::on_pause_over(const std::string& key) {
  auto found = flights.find(key); // an empty one: the model's pause is over, not a flight's
  if (found != flights.end() && found->second.at == stage::pausing)
    enqueue(found->second);
  pump();
}

/// Calls under way may end; what waits for one goes back to the queue.
void generator_state::on_drain() {
  draining = true;
  std::vector<std::string> idle;
  for (auto& [key, each] : flights)
    if (each.at != stage::calling)
      idle.push_back(key);
  for (auto& key : idle)
    hand_back(key);
}

void generator_state::hand_back(const std::string& key) {
  finish(key, failure{error_code::internal, "the service is shutting down", true});
}

void generator_state::finish(const std::string& key, drawn result) {
  generated end{key, std::move(result)};
  flights.erase(key); // `key` may live in there
  if (now_peers->cache)
    self->send(now_peers->cache, std::move(end));
}

generator_actor spawn_generator(caf::local_actor* parent, context_ptr shared) {
  auto behavior = [](generator_actor::stateful_pointer<generator_state> self, context_ptr with) {
    return self->state.start(std::move(with));
  };
  return parent->spawn(behavior, std::move(shared));
}

} // namespace meme
