#include "actors/ingress/ingress.hpp"

#include <algorithm>

#include "actors/base/spawn.hpp"
#include "actors/cache/cache_key.hpp"
#include "actors/generator/retry.hpp"
#include "actors/ingress/request_decoder.hpp"
#include "actors/io/log.hpp"

namespace meme {

ingress_actor::behavior_type ingress_state::start(ingress_config given) {
  config = std::move(given);
  random.seed(config.seed ^ config.incarnation);
  rules = make_publish_rules(config.nats);
  window = pull_window{config.ingress.max_in_flight};
  answer_lines = line_limit{config.answers_per_second};
  config.metrics->max_in_flight.Set(static_cast<double>(window.permits()));
  schedule_tick();
  return {
      [this](peers_ptr& now) { on_peers(std::move(now)); },
      [this](measure_mailbox to) {
        report_mailbox(self, to);
        report_stages();
      },
      [this](const binding& found) { on_binding(found); },
      [this](queue_level level) { queue_waiting = level.waiting; },
      [this](link_changed link) { on_link(link.up); },
      [this](delivered& what) { on_delivered(std::move(what.message)); },
      [this](finished& what) { on_finished(what.id, std::move(what.result)); },
      [this](pull_limit limit) { on_pull_limit(limit.messages); },
      [this](const published& what) { on_published(what.ids); },
      [this](caf::tick_atom) { on_tick(); },
      [this](drain) { on_drain(); },
  };
}

ingress_state::~ingress_state() {
  for (auto& [number, each] : held)
    hand_back(*each.message);
  if (config.budget)
    config.budget->remove(answer_bytes);
}

void ingress_state::take(bus_message_ptr message, delivery_info info) {
  fed = true;
  if (info.deliveries > 1) {
    config.metrics->redeliveries.Increment();
    log::info("a request was delivered again",
              {{"stream_sequence", info.stream_sequence}, {"attempt", info.deliveries}});
  }
  if (auto known = by_sequence.find(info.stream_sequence); known != by_sequence.end()) {
    // Delivered again while it is in work here (an outage was longer than ack_wait): there is only
    // a new subject to acknowledge it on.
    auto& here = held.at(known->second);
    if (here.info.message_key() == info.message_key()) {
      here.message = std::move(message);
      here.info = std::move(info);
      return window.settled();
    }
  }
  config.metrics->requests.Increment();
  auto number = ++last_number;
  by_sequence[info.stream_sequence] = number;
  auto& taken = held[number];
  taken.message = std::move(message);
  taken.info = std::move(info);
  taken.arrived = self->clock().now();
  begin(taken, number);
}

void ingress_state::begin(in_flight& taken, std::uint64_t number) {
  auto read = read_intake(*taken.message, taken.info.stream_sequence, config.nats.stream,
                          config.ingress.limits, rules);
  taken.request_id = std::move(read.request_id);
  taken.prompt = std::move(read.prompt);
  taken.reply_to = std::move(read.reply_to);
  taken.traceparent = std::move(read.traceparent);
  log::debug("request taken", {{"request_id", taken.request_id},
                               {"stream_sequence", taken.info.stream_sequence},
                               {"attempt", taken.info.deliveries},
                               {"bytes", taken.message->data().size()}});
  if (auto* bad = std::get_if<failure>(&read.request))
    return respond(number, taken, std::move(*bad), false);
  auto& wanted = std::get<meme_request>(read.request);
  if (taken.info.deliveries > attempts_allowed()) {
    failure why{error_code::attempts_exhausted,
                "delivered " + std::to_string(taken.info.deliveries) + " times without an answer"};
    return respond(number, taken, std::move(why), true);
  }
  auto work = std::make_shared<job>();
  work->id = {config.incarnation, number};
  work->request_id = taken.request_id;
  work->stream_sequence = taken.info.stream_sequence;
  work->attempt = taken.info.deliveries;
  work->spec = plan_picture(wanted, config.plan);
  work->key = cache_key(work->spec);
  work->largest = sizes().largest_picture(work->spec);
  recall_earlier(taken, *work);
  taken.work = std::move(work);
  if (now_peers->cache)
    self->send(now_peers->cache, lookup{taken.work});
}

/// How long a message that is delivered again has been tried already.
void ingress_state::recall_earlier(const in_flight& taken, job& work) {
  if (taken.info.deliveries <= 1)
    return;
  if (auto known = earlier.get(taken.info.message_key(), taken.arrived)) {
    work.tried_since = known->since;
    work.last_failure = known->last;
    return;
  }
  auto stored = std::chrono::nanoseconds{taken.info.timestamp_ns};
  auto age = config.wall_clock().time_since_epoch() - stored;
  work.tried_since =
      trying_began(taken.arrived, std::chrono::duration_cast<std::chrono::milliseconds>(age),
                   config.give_up_after);
}

/// When the first call for this message began. It may have joined another one's calls.
ingress_state::clock::time_point ingress_state::tried_since(const in_flight& taken,
                                                            const failure& why) const {
  auto began = self->clock().now() - *why.tried_for;
  return taken.work->tried_since.value_or(std::max<clock::time_point>(began, taken.arrived));
}

void ingress_state::on_finished(const ticket& id, outcome result) {
  auto found = id.owner == config.incarnation ? held.find(id.number) : held.end();
  if (found == held.end() || found->second.response)
    return; // another incarnation's, or told twice
  auto* why = std::get_if<failure>(&result);
  if (why == nullptr || !why->retry)
    return respond(id.number, found->second, std::move(result), false);
  // The server does not deliver again what has been delivered as often as its own limit allows.
  auto deliveries = found->second.info.deliveries;
  auto is_last =
      bound.max_deliver > 0 && deliveries >= static_cast<std::uint64_t>(bound.max_deliver);
  auto now = self->clock().now();
  auto give_up_after = config.give_up_after;
  auto is_late =
      why->tried_for && now + why->retry_after >= tried_since(found->second, *why) + give_up_after;
  if (!is_last && (draining || (deliveries < attempts_allowed() && !is_late)))
    return postpone(id.number, *why);
  if (is_late) {
    auto seconds = std::chrono::duration_cast<std::chrono::seconds>(give_up_after).count();
    why->text += " (tried for " + std::to_string(seconds) + " s)";
  }
  respond(id.number, found->second, std::move(result), true);
}

void ingress_state::respond(std::uint64_t number, in_flight& taken, outcome result, bool dead) {
  auto elapsed = self->clock().now() - taken.arrived;
  auto response = std::make_shared<answer>();
  response->id = {config.incarnation, number};
  response->header = {taken.request_id, taken.prompt, unix_time_s(config.wall_clock),
                      std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count(),
                      taken.info.deliveries};
  if (auto* good = std::get_if<success>(&result)) {
    if (auto why = too_large(response->header, *good))
      result = std::move(*why);
    else
      taken.response_bytes = good->picture->base64.size();
    answer_bytes += taken.response_bytes;
    config.budget->add(taken.response_bytes);
    config.metrics->answer_bytes.Set(static_cast<double>(answer_bytes));
  }
  response->result = std::move(result);
  response->stream_sequence = taken.info.stream_sequence;
  response->message_key = taken.info.message_key();
  response->reply_to = taken.reply_to;
  response->traceparent = taken.traceparent;
  if (dead)
    response->dead_letter = taken.message;
  taken.response = std::move(response);
  if (now_peers->publisher)
    self->send(now_peers->publisher, answer_ptr{taken.response});
}

/// What fits into a message of the server that we are connected to.
answer_size ingress_state::sizes() const {
  return {config.bus->max_payload(), config.ingress.limits.max_id_chars};
}

/// Whether the server would refuse the result for its size.
std::optional<failure> ingress_state::too_large(const answer_header& header,
                                                const success& result) const {
  const auto limit = sizes();
  const auto needed = limit.excess(header, result);
  if (!needed)
    return {};
  return failure{error_code::image_too_large,
                 "the picture needs a message of " + std::to_string(*needed)
                     + " bytes, the NATS server takes " + std::to_string(limit.max_payload())};
}

/// Gives a message back to the queue, to be delivered again later.
void ingress_state::postpone(std::uint64_t number, const failure& why) {
  auto& taken = held.at(number);
  auto& limits = config.ingress;
  if (draining) {
    hand_back(*taken.message);
    return release(number);
  }
  auto delay = redelivery_delay(taken.info.deliveries, limits.retry_base, limits.retry_cap,
                                why.retry_after, random);
  if (why.tried_for) {
    // It comes back while there is time left for a call.
    auto since = tried_since(taken, why);
    auto left = since + config.give_up_after - self->clock().now();
    delay = std::min(delay, std::chrono::duration_cast<std::chrono::milliseconds>(left));
    earlier.put(taken.info.message_key(), {since, std::make_shared<const failure>(why)},
                earlier_bytes / 2, since + 2 * config.give_up_after);
  }
  log::warning("a request is postponed", {{"request_id", taken.request_id},
                                          {"stream_sequence", taken.info.stream_sequence},
                                          {"attempt", taken.info.deliveries},
                                          {"code", to_string(why.code)},
                                          {"error", why.text_for_log()},
                                          {"delay_ms", delay.count()}});
  auto delay_ns = std::chrono::nanoseconds{delay}.count();
  config.bus->publish(std::string{taken.message->reply()},
                      "-NAK {\"delay\":" + std::to_string(delay_ns) + "}");
  config.metrics->delayed_naks.Increment();
  release(number);
}

void ingress_state::on_published(const std::vector<ticket>& ids) {
  for (auto& id : ids) {
    auto found = id.owner == config.incarnation ? held.find(id.number) : held.end();
    if (found != held.end() && found->second.response)
      settle(id.number, found->second);
  }
  pull();
}

void ingress_state::settle(std::uint64_t number, in_flight& taken) {
  auto& response = *taken.response;
  auto& metrics = *config.metrics;
  auto dead = response.dead_letter != nullptr;
  config.bus->publish(std::string{taken.message->reply()}, dead ? "+TERM" : "+ACK");
  std::chrono::duration<double> elapsed = self->clock().now() - taken.arrived;
  metrics.processing_duration_s.Observe(elapsed.count());
  if (auto* why = std::get_if<failure>(&response.result)) {
    metrics.errors.Increment();
    metrics.errors_by(why->code).Increment();
    if (dead)
      metrics.dead_letters.Increment();
    log_failure(taken, *why);
  } else {
    metrics.success.Increment();
    log_end(taken, std::get<success>(response.result));
  }
  release(number);
}

/// One line for each, but for what is no request at all: of these a client may send as many a
/// second as the queue takes, and they cost it nothing.
void ingress_state::log_failure(const in_flight& taken, const failure& why) {
  const auto dead = taken.response->dead_letter != nullptr;
  const auto was_refused =
      why.code == error_code::bad_request || why.code == error_code::request_too_large;
  if (!dead && was_refused && !refusal_lines.allows(self->clock().now()))
    return;
  log::warning(dead ? "a request is dead" : "a request was answered with an error",
               {{"request_id", taken.request_id},
                {"stream_sequence", taken.info.stream_sequence},
                {"attempt", taken.info.deliveries},
                {"outcome", dead ? "dead_letter" : "error"},
                {"code", to_string(why.code)},
                {"error", why.text_for_log()},
                {"duration_ms", taken.response->header.duration_ms},
                {"lines_left_out", refusal_lines.take_left_out()}});
}

/// One line for each request that got its picture, but for what is beyond a limit: a line costs as
/// much as a hit in the cache.
void ingress_state::log_end(const in_flight& taken, const success& result) {
  if (!log::enabled(log::level::info) || !answer_lines.allows(self->clock().now()))
    return;
  log::info("request answered", {{"request_id", taken.request_id},
                                 {"stream_sequence", taken.info.stream_sequence},
                                 {"attempt", taken.info.deliveries},
                                 {"outcome", "result"},
                                 {"cached", result.cached},
                                 {"duration_ms", taken.response->header.duration_ms},
                                 {"bytes", taken.response_bytes},
                                 {"lines_left_out", answer_lines.take_left_out()}});
}

void ingress_state::release(std::uint64_t number) {
  auto found = held.find(number);
  answer_bytes -= found->second.response_bytes;
  config.budget->remove(found->second.response_bytes);
  auto sequence = by_sequence.find(found->second.info.stream_sequence);
  if (sequence != by_sequence.end() && sequence->second == number)
    by_sequence.erase(sequence);
  held.erase(found);
  window.settled();
  if (number <= last_at_pull_limit && held_at_pull_limit > 0
      && pull_limit_messages != pull_limit{}.messages)
    window.limit(--held_at_pull_limit + pull_limit_messages);
  config.metrics->answer_bytes.Set(static_cast<double>(answer_bytes));
  finish_drain();
}

void ingress_state::hand_back(const bus_message& message) {
  config.metrics->naks.Increment();
  config.bus->publish(std::string{message.reply()}, "-NAK");
}

void ingress_state::on_peers(peers_ptr now) {
  auto before = std::exchange(now_peers, std::move(now));
  auto new_cache = now_peers->cache && now_peers->cache != before->cache;
  auto new_publisher = now_peers->publisher && now_peers->publisher != before->publisher;
  for (auto& [number, each] : held) {
    if (each.response && new_publisher)
      self->send(now_peers->publisher, answer_ptr{each.response});
    else if (!each.response && new_cache)
      self->send(now_peers->cache, lookup{each.work});
  }
  auto provisioner_changed =
      now_peers->provisioner && now_peers->provisioner != before->provisioner;
  // Even where all was well: it is the one that hears of messages that the server gives up.
  if (link_up && provisioner_changed)
    self->send(now_peers->provisioner, caf::tick_atom_v);
}

void ingress_state::on_drain() {
  draining = true;
  log::info("draining", {{"in_work", held.size()}});
  if (subscription && link_up) // else the call waits for an attempt to reconnect
    subscription->stop();
  if (now_peers->cache)
    self->send(now_peers->cache, drain{});
  finish_drain();
}

void ingress_state::finish_drain() {
  // Without a connection nothing more can come, and nobody can tell us so.
  auto all_has_come = open_subscriptions == 0 || !link_up;
  if (draining && held.empty() && all_has_come && now_peers->supervisor)
    self->send(now_peers->supervisor, drained{});
}

/// The lower of our own limit and one that somebody set on the consumer.
std::uint64_t ingress_state::attempts_allowed() const {
  std::uint64_t own = config.ingress.max_deliveries;
  return bound.max_deliver > 0 ? std::min(own, static_cast<std::uint64_t>(bound.max_deliver)) : own;
}

void ingress_state::report_health(bool well, const std::string& reason) {
  if (now_peers->supervisor)
    self->send(now_peers->supervisor, health{"consumer", well, reason});
}

ingress_actor spawn_ingress(caf::local_actor* parent, ingress_config config) {
  return spawn<ingress_actor, ingress_state>(*parent, std::move(config));
}

} // namespace meme
