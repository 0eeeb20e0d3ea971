#include "actors/generator/generator.hpp"

#include <algorithm>

#include "actors/base/spawn.hpp"
#include "actors/generator/retry.hpp"
#include "actors/io/log.hpp"

namespace meme {

namespace {

/// A request that takes so many clients with it is taken for the cause.
constexpr unsigned max_crashes = 3;

/// Restarts and drains cost a delivery now and then; a request that had more has failed elsewhere.
constexpr std::uint64_t attempts_without_suspicion = 2;

} // namespace

generator_actor::behavior_type generator_state::start(generator_config given) {
  config = std::move(given);
  random.seed(static_cast<std::minstd_rand::result_type>(config.seed));
  limit = concurrency_limit{config.max_in_flight};
  config.metrics->call_limit.Set(static_cast<double>(limit.limit()));
  return {
      [this](peers_ptr& next) { on_peers(std::move(next)); },
      [this](measure_mailbox order) {
        report_mailbox(self, order);
        report_stages();
      },
      [this](generate& order) { on_generate(std::move(order.request)); },
      [this](called& result) { on_called(result); },
      [this](no_room) { on_no_room(); },
      [this](const flight_due& due) { on_flight_due(due.key); },
      [this](caf::tick_atom) { pump(); },
      [this](drain) { on_drain(); },
  };
}

void generator_state::on_peers(peers_ptr next) {
  auto before = std::exchange(known_peers, std::move(next));
  auto& clients = known_peers->model_clients;
  load.resize(clients.size());
  std::vector<std::string> lost;
  for (auto i = under_way.begin(); i != under_way.end();) {
    auto client = i->second.client;
    auto gone = client >= clients.size() || client >= before->model_clients.size()
                || clients[client] != before->model_clients[client];
    if (gone) {
      lost.push_back(i->second.key);
      breaker.probe_lost(i->second.probe);
    }
    i = gone ? under_way.erase(i) : std::next(i);
  }
  for (std::size_t i = 0; i < clients.size(); ++i)
    if (i >= before->model_clients.size() || clients[i] != before->model_clients[i])
      load[i] = 0;
  for (auto& key : lost)
    client_lost(flights.at(key));
  if (known_peers->ingress && known_peers->ingress != before->ingress)
    told_permits.reset();
  pump();
}

void generator_state::on_generate(job_ptr request) {
  auto [found, is_new] = flights.try_emplace(request->key);
  auto& opened = found->second;
  remember_earlier(opened, *request);
  if (!is_new)
    return;
  opened.spec = std::shared_ptr<const picture_spec>{request, &request->spec};
  opened.request = std::move(request);
  opened.begun = self->clock().now();
  if (draining)
    return hand_back(opened.request->key);
  if (opened.request->attempt > attempts_without_suspicion)
    suspects.distrust(opened.request->key, opened.begun);
  opened.failures = suspects.get(opened.request->key, opened.begun).failures;
  if (opened.failures > 0)
    told_permits.reset(); // it is not the untried request that the ingress may have been asked for
  enqueue(opened);
  watch_total_time(opened);
  pump();
}

/// Takes over what earlier deliveries of a request that wants this picture have cost.
void generator_state::remember_earlier(flight& opened, const job& delivered_again) {
  if (!delivered_again.tried_since)
    return;
  if (!opened.tried_since || *delivered_again.tried_since < *opened.tried_since)
    opened.tried_since = delivered_again.tried_since;
  if (!opened.last_failure && delivered_again.last_failure)
    opened.last_failure = *delivered_again.last_failure;
  if (opened.request)
    watch_total_time(opened);
}

generator_state::clock::time_point generator_state::give_up_at(const flight& tried) const {
  return tried.tried_since.value_or(self->clock().now()) + config.give_up_after;
}

/// A request that has failed is answered in time even where it is not called any more.
void generator_state::watch_total_time(const flight& failed) {
  if (!failed.last_failure)
    return;
  auto left = std::max<clock::duration>(give_up_at(failed) - self->clock().now(), {});
  self->delayed_send(self, left, flight_due{failed.request->key});
}

/// True: the flight has ended. The ingress decides what becomes of each request that waited for it.
bool generator_state::give_up_if_late(flight& failed) {
  if (!failed.last_failure || failed.at == stage::calling
      || self->clock().now() < give_up_at(failed))
    return false;
  auto last = *std::move(failed.last_failure);
  last.retry = true;
  finish(failed.request->key, std::move(last));
  return true;
}

void generator_state::enqueue(flight& next) {
  next.at = stage::waiting;
  waiting.push_back(next.request->key);
}

/// False: there is no client to make the call.
bool generator_state::start_call(flight& next) {
  auto best = load.size();
  for (std::size_t i = 0; i < load.size(); ++i)
    if (known_peers->model_clients[i] && (best == load.size() || load[i] < load[best]))
      best = i;
  if (best == load.size())
    return false;
  auto now = self->clock().now();
  auto probe = breaker.began(next.failures > 0);
  if (probe != circuit_breaker::probe::none)
    log::debug("circuit breaker half-open", {{"request_id", next.request->request_id},
                                             {"stream_sequence", next.request->stream_sequence},
                                             {"attempt", next.request->attempt}});
  if (!next.tried_since)
    next.tried_since = now;
  next.at = stage::calling;
  auto number = ++last_number;
  under_way.emplace(number, call_under_way{next.request->key, best, now, probe, {}});
  ++load[best];
  self->send(known_peers->model_clients[best], call{number, next.spec});
  return true;
}

void generator_state::client_lost(flight& interrupted) {
  if (++interrupted.crashes < max_crashes)
    return enqueue(interrupted);
  finish(
      interrupted.request->key,
      failure{error_code::internal, "the model's client failed again and again with this request"});
}

void generator_state::on_called(called& result) {
  auto found = under_way.find(result.number);
  if (found == under_way.end())
    return; // of a client that is gone; the call has been made again
  auto ended = std::move(found->second);
  under_way.erase(found);
  --load[ended.client];
  auto& answered = flights.at(ended.key);
  ++answered.calls;
  learn(ended, result);
  if (result.picture)
    finish(ended.key, std::move(result.picture));
  else
    retry_or_give_up(answered, result.verdict);
  if (result.verdict.kind == verdict_kind::unauthorized)
    token_refused();
  pump();
}

void generator_state::retry_or_give_up(flight& failed, const model_verdict& why) {
  auto now = self->clock().now();
  auto until = [&](clock::time_point end) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(end - failed.begun);
  };
  retry_limits limits{config.max_calls, std::min(config.deadline, until(give_up_at(failed))),
                      config.retry_base, config.retry_cap};
  auto decision = decide_retry(why, failed.calls, until(now), limits, random);
  // While the breaker is open a call is a probe. A request whose calls are used up stays for that,
  // for it could not be answered in time from a queue that is left alone.
  auto stays = decision.later && breaker.current() != circuit_breaker::state::closed
               && now + decision.retry_after < give_up_at(failed);
  auto again = (decision.again || stays) && !draining;
  log::warning(again ? "a call of the model is tried again" : "a call of the model has failed",
               {{"request_id", failed.request->request_id},
                {"stream_sequence", failed.request->stream_sequence},
                {"attempt", failed.request->attempt},
                {"call", failed.calls},
                {"code", to_string(why.code)},
                {"error", why.text_for_log()},
                {"pause_ms", again ? decision.pause.count() : 0}});
  auto later = decision.later || decision.again; // the latter: but for the drain
  failure reason{why.code, why.text, later, decision.retry_after, why.detail, {}};
  if (!again)
    return finish(failed.request->key, std::move(reason));
  config.metrics->retries_by(why.code).Increment();
  auto is_first = !failed.last_failure;
  failed.last_failure = std::move(reason);
  if (is_first)
    watch_total_time(failed);
  pause_flight(failed, decision.pause);
}

void generator_state::pause_flight(flight& failed, std::chrono::milliseconds pause) {
  failed.at = stage::pausing;
  failed.resumes_at = self->clock().now() + pause;
  self->delayed_send(self, pause, flight_due{failed.request->key});
}

void generator_state::on_flight_due(const std::string& key) {
  auto found = flights.find(key);
  if (found != flights.end() && !give_up_if_late(found->second)
      && found->second.at == stage::pausing && self->clock().now() >= found->second.resumes_at)
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

void generator_state::finish(const std::string& key, call_result result) {
  auto& ended = flights.at(key);
  auto was_called = ended.calls > 0 || ended.last_failure;
  if (auto* why = std::get_if<failure>(&result); why != nullptr && was_called)
    why->tried_for = std::chrono::duration_cast<std::chrono::milliseconds>(self->clock().now()
                                                                           - *ended.tried_since);
  generated end{key, std::move(result)};
  flights.erase(key); // `key` may live in there
  if (known_peers->cache)
    self->send(known_peers->cache, std::move(end));
}

generator_actor spawn_generator(caf::local_actor* parent, generator_config config) {
  return spawn<generator_actor, generator_state>(*parent, std::move(config));
}

} // namespace meme
