// What the supervisor does every few seconds: it asks each child how many messages wait for it, and
// looks whether the requests in work move (actors/supervisor/progress_watch.hpp).

#include <algorithm>

#include "actors/io/log.hpp"
#include "actors/supervisor/supervisor.hpp"

namespace meme {

namespace {

/// The stages that a child reports on. Its last reports are void when it has ended.
std::vector<pipeline_stage> stages_told_by(child_kind child) {
  switch (child) {
  case child_kind::ingress:
    return {pipeline_stage::cache, pipeline_stage::publisher, pipeline_stage::byte_budget,
            pipeline_stage::consumer};
  case child_kind::cache:
    return {pipeline_stage::redis_cache, pipeline_stage::generator, pipeline_stage::recompressor};
  case child_kind::generator:
    return {pipeline_stage::model_client, pipeline_stage::held};
  case child_kind::publisher:
    return {pipeline_stage::confirmation};
  default:
    return {};
  }
}

/// The verdict in words.
std::string describe(const progress_watch::verdict& found) {
  auto seconds = std::to_string(found.still_for.count() / 1'000) + " s";
  auto jobs = std::to_string(found.jobs);
  switch (found.where) {
  case pipeline_stage::consumer:
    return jobs + " messages wait in the queue, and the consumer has delivered none for " + seconds;
  case pipeline_stage::confirmation:
    return jobs + " answers wait for NATS to confirm them, and none was for " + seconds;
  case pipeline_stage::byte_budget:
    return "the byte budget is used up though nothing is in work, for " + seconds;
  case pipeline_stage::ingress:
    return "the ingress takes no messages, for " + seconds;
  default:
    return jobs + " requests wait for the " + to_string(found.where) + ", and none has moved for "
           + seconds;
  }
}

} // namespace

progress_watch make_watch(const config::options& options, std::chrono::milliseconds interval) {
  progress_limits limits;
  limits.stall_after = options.supervisor.stall_after;
  limits.redis_cache = 2 * options.cache.timeout;
  limits.model = options.generator.timeout + options.generator.connect_timeout;
  return {limits, interval};
}

std::chrono::milliseconds supervisor_state::watch_interval() const {
  constexpr std::chrono::milliseconds usual{5'000};
  return std::min(usual, options().supervisor.stall_after / 3);
}

void supervisor_state::look_at_children() {
  set_timer(watch_interval(), supervisor_timer::kind::watch);
  for (auto& each : children)
    if (each.handle)
      caf::anon_send(caf::actor_cast<caf::actor>(each.handle),
                     measure_mailbox{&instruments().mailbox_depth_of(to_string(each.id))});
  auto reason = failed ? parts["actors"].reason : std::string{};
  tell_pages({"actors", !failed, std::move(reason)});
  watch_progress();
}

void supervisor_state::on_progress(const progress_report& report) {
  auto now = self->clock().now();
  for (auto& load : report.loads) {
    watch.report(load, now);
    if (load.waits_for == pipeline_stage::cache)
      ingress_heard = now;
  }
}

void supervisor_state::forget_progress(child_kind ended) {
  for (auto where : stages_told_by(ended))
    watch.forget(where);
}

/// A drain has a limit of its own, and a service that has failed ends anyway.
void supervisor_state::watch_progress() {
  if (draining || stopping || failed)
    return;
  auto now = self->clock().now();
  const auto* ingress = find({child_kind::ingress, 0});
  auto silent_since = std::max(ingress->started, ingress_heard);
  auto silent = std::chrono::duration_cast<std::chrono::milliseconds>(now - silent_since);
  watch.report({pipeline_stage::ingress, ingress->handle ? 1U : 0U, silent}, now);
  auto found = watch.judge(now);
  auto where = found ? std::optional<pipeline_stage>{found->where} : std::nullopt;
  if (found)
    tell_pages({"progress", false, describe(*found)});
  if (where == stalled)
    return;
  if (stalled)
    instruments().stalled(*stalled).Set(0);
  if (found) {
    instruments().stalled(found->where).Set(1);
    instruments().stalls_of(found->where).Increment();
    log::error("no progress", {{"stage", to_string(found->where)}, {"reason", describe(*found)}});
  } else {
    tell_pages({"progress", true, {}});
    log::info("progress again", {{"stage", to_string(*stalled)}});
  }
  stalled = where;
}

void supervisor_state::on_kill(const child_id& id) {
  if (const auto* victim = find(id); victim != nullptr && victim->handle)
    self->send_exit(victim->handle, caf::exit_reason::kill);
}

void supervisor_state::on_mute(const child_id& id) {
  const auto* victim = find(id);
  if (victim == nullptr || !victim->handle)
    return;
  // With an argument, for CAF 0.17 binds a reference to null where there is none.
  auto drop_all = [](caf::event_based_actor* sink, caf::unit_t) -> caf::behavior {
    sink->set_default_handler(caf::drop);
    return {[](caf::unit_t) {}};
  };
  sinks.push_back(self->spawn(drop_all, caf::unit));
  victim->replace(known_peers, sinks.back());
  announce();
}

} // namespace meme
