#include "actors/cache/cache.hpp"

#include <algorithm>
#include <utility>

#include "actors/base/spawn.hpp"

namespace meme {

namespace {

/// Look-ups that have waited too long are looked for no more often than this.
constexpr std::chrono::milliseconds min_tick{5};

} // namespace

cache_actor::behavior_type cache_state::start(cache_config given) {
  config = std::move(given);
  pictures.emplace(config.local_bytes);
  return {
      [this](peers_ptr& next) { on_peers(std::move(next)); },
      [this](measure_mailbox order) {
        report_mailbox(self, order);
        report_stages();
      },
      [this](lookup& order) { on_lookup(std::move(order.request)); },
      [this](fetched& reply) { on_fetched(reply); },
      [this](generated& reply) { on_generated(reply); },
      [this](recompressed& reply) {
        on_stage_done(pipeline_stage::recompressor, reply.key, std::move(reply.result));
      },
      [this](caf::tick_atom) { on_tick(); },
      [this](drain) { on_drain(); },
  };
}

void cache_state::on_drain() {
  draining = true;
  if (known_peers->generator)
    self->send(known_peers->generator, drain{});
}

void cache_state::on_peers(peers_ptr next) {
  auto before = std::exchange(known_peers, std::move(next));
  // A Redis cache that is gone or was replaced has forgotten its look-ups: they count as misses.
  auto redis_cache_lost = known_peers->redis_cache != before->redis_cache;
  auto new_generator = known_peers->generator && known_peers->generator != before->generator;
  if (new_generator && draining)
    on_drain();
  for (auto& [key, each] : flights) {
    if (each.at == stage::looking_up && redis_cache_lost && before->redis_cache)
      generate_picture(each);
    else if (each.at == stage::generating && new_generator)
      generate_picture(each);
    else if (each.at == stage::in_picture_stage
             && picture_stages[each.step].is_replaced(*before, *known_peers))
      picture_stages[each.step].start(*this, each);
  }
  // Tickets of an ingress that has died may stay: its successor gets the messages again, under new
  // tickets.
}

void cache_state::on_lookup(job_ptr request) {
  if (caching()) {
    auto found = pictures->get(request->key, self->clock().now());
    // A picture that does not fit was cached when the server took larger messages.
    if (found && (*found)->base64.size() <= base64_size(request->largest)) {
      config.metrics->cache_hits.Increment();
      if (known_peers->ingress)
        self->send(known_peers->ingress,
                   finished{request->id, success{*found, true, request->spec.model}});
      return;
    }
  }
  auto [found, is_new] = flights.try_emplace(request->key);
  auto& joined = found->second;
  auto known = std::find(joined.waiters.begin(), joined.waiters.end(), request->id);
  if (known == joined.waiters.end())
    joined.waiters.push_back(request->id);
  if (is_new) {
    joined.first = std::move(request);
    look_up(joined);
  } else if (known == joined.waiters.end()) {
    config.metrics->joined_requests.Increment();
    // It may have to be answered sooner than the first.
    if (request->tried_since && joined.at == stage::generating && known_peers->generator)
      self->send(known_peers->generator, generate{std::move(request)});
  }
}

void cache_state::look_up(flight& opened) {
  if (!caching() || !known_peers->redis_cache)
    return generate_picture(opened);
  opened.at = stage::looking_up;
  opened.asked = self->clock().now();
  if (!std::exchange(ticking, true))
    self->delayed_send(self, config.timeout, caf::tick_atom_v);
  self->send(known_peers->redis_cache, fetch{opened.first->key});
}

/// The Redis cache answers in time by itself, unless its thread is held up. So this timer enforces
/// the limit as well.
void cache_state::on_tick() {
  const auto now = self->clock().now();
  const auto patience = config.timeout;
  // While there is no room for a picture, no model can be called either, and Redis is not to blame.
  // So the time-out starts again: a picture that Redis holds must not be paid for.
  const auto no_room = config.budget && config.budget->exhausted();
  std::optional<clock::time_point> oldest;
  for (auto& [key, each] : flights) {
    if (each.at != stage::looking_up)
      continue;
    if (no_room)
      each.asked = now;
    if (now - each.asked >= patience)
      generate_picture(each);
    else if (!oldest || each.asked < *oldest)
      oldest = each.asked;
  }
  ticking = oldest.has_value();
  if (ticking)
    self->delayed_send(self, std::max<clock::duration>(*oldest + patience - now, min_tick),
                       caf::tick_atom_v);
}

void cache_state::on_fetched(fetched& reply) {
  auto found = flights.find(reply.key);
  if (found == flights.end() || found->second.at != stage::looking_up)
    return;
  if (!reply.picture)
    return generate_picture(found->second);
  std::chrono::milliseconds ttl = config.ttl;
  // A picture without a lifetime of its own (another program stored it) gets ours.
  auto lifetime = reply.ttl_left.count() < 0 ? ttl : std::min(ttl, reply.ttl_left);
  auto& waiting = found->second;
  waiting.cached = true;
  picture_found(waiting, std::move(reply.picture), lifetime);
}

void cache_state::generate_picture(flight& opened) {
  opened.at = stage::generating;
  opened.picture.reset();
  if (known_peers->generator)
    self->send(known_peers->generator, generate{opened.first});
}

void cache_state::on_generated(generated& reply) {
  auto found = flights.find(reply.key);
  if (found == flights.end())
    return;
  if (auto* picture = std::get_if<picture_ptr>(&reply.result))
    return picture_found(found->second, std::move(*picture), config.ttl);
  count_waiters(found->second, false);
  finish(reply.key, std::get<failure>(std::move(reply.result)));
}

void cache_state::picture_found(flight& found, picture_ptr picture, clock::duration lifetime) {
  found.picture = std::move(picture);
  found.lifetime = lifetime;
  found.step = 0;
  begin_next_stage(found);
}

const std::vector<cache_state::picture_stage> cache_state::picture_stages{
    {pipeline_stage::recompressor,
     [](const flight& found) { return found.picture->bytes.size() > found.first->largest; },
     [](cache_state& cache, const flight& found) {
       if (const auto& actor = cache.known_peers->recompressor)
         cache.self->send(actor, recompress{found.first->key, found.picture, found.first->largest});
     },
     [](const peers& before, const peers& after) {
       return after.recompressor && after.recompressor != before.recompressor;
     }},
};

void cache_state::begin_next_stage(flight& found) {
  while (found.step < picture_stages.size() && !picture_stages[found.step].is_needed(found))
    ++found.step;
  if (found.step == picture_stages.size())
    return keep_and_finish(found);
  found.at = stage::in_picture_stage;
  picture_stages[found.step].start(*this, found);
}

void cache_state::on_stage_done(pipeline_stage ended, const std::string& key,
                                std::variant<picture_ptr, failure> result) {
  auto entry = flights.find(key);
  if (entry == flights.end() || entry->second.at != stage::in_picture_stage
      || picture_stages[entry->second.step].name != ended)
    return; // from an actor that has died since
  auto& found = entry->second;
  if (auto* failed = std::get_if<failure>(&result))
    return on_stage_failed(found, std::move(*failed));
  found.picture = std::move(std::get<picture_ptr>(result));
  ++found.step;
  begin_next_stage(found);
}

/// A damaged picture is generated once more, like one whose damage shows without decoding it: at
/// most as often as the model is called within one delivery.
void cache_state::on_stage_failed(flight& ended, failure why) {
  if (why.code == error_code::invalid_picture) {
    if (std::exchange(ended.cached, false))
      return generate_picture(ended); // the stored one is of no use
    if (++ended.broken < config.max_calls && !draining) {
      config.metrics->retries_by(why.code).Increment();
      return generate_picture(ended);
    }
    why.retry = true;
  }
  count_waiters(ended, ended.cached);
  finish(std::string{ended.first->key}, why);
}

void cache_state::keep_and_finish(flight& ended) {
  auto& first = *ended.first;
  auto encoded = encode(*ended.picture);
  if (caching()) {
    remember(first.key, encoded, ended.lifetime);
    if (!ended.cached && known_peers->redis_cache)
      self->send(known_peers->redis_cache, put{first.key, std::move(ended.picture)});
  }
  count_waiters(ended, ended.cached);
  finish(first.key, success{std::move(encoded), ended.cached, first.spec.model});
}

void cache_state::count_waiters(const flight& ended, bool was_cached) {
  auto& counter = was_cached ? config.metrics->cache_hits : config.metrics->cache_misses;
  counter.Increment(static_cast<double>(ended.waiters.size()));
}

void cache_state::remember(const std::string& key, const encoded_picture_ptr& picture,
                           clock::duration lifetime) {
  pictures->put(key, picture, picture->base64.size(), self->clock().now() + lifetime);
  config.metrics->local_cache_bytes.Set(static_cast<double>(pictures->bytes()));
}

void cache_state::finish(const std::string& key, const outcome& result) {
  auto ended = flights.extract(key); // which `key` may be a part of
  if (known_peers->ingress)
    for (auto& waiter : ended.mapped().waiters)
      self->send(known_peers->ingress, finished{waiter, result});
}

/// For the watch on progress: for whom the flights wait.
void cache_state::report_stages() {
  survey.begin();
  for (auto& [key, each] : flights) {
    switch (each.at) {
    case stage::looking_up:
      survey.see(each.mark, pipeline_stage::redis_cache);
      break;
    case stage::generating:
      survey.see(each.mark, pipeline_stage::generator);
      break;
    case stage::in_picture_stage:
      survey.see(each.mark, picture_stages[each.step].name);
      break;
    }
  }
  std::vector<pipeline_stage> names{pipeline_stage::redis_cache, pipeline_stage::generator};
  for (auto& each : picture_stages)
    names.push_back(each.name);
  if (known_peers->supervisor)
    self->send(known_peers->supervisor, progress_report{survey.end(self->clock().now(), names)});
}

cache_actor spawn_cache(caf::local_actor* parent, cache_config config) {
  return spawn<cache_actor, cache_state>(*parent, std::move(config));
}

} // namespace meme
