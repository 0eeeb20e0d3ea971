#include "actors/supervisor/supervisor.hpp"

#include <algorithm>

#include "actors/base/backoff.hpp"
#include "actors/base/spawn.hpp"
#include "actors/io/log.hpp"
#include "actors/supervisor/connector.hpp"

namespace meme {

namespace {

/// Whether a server may keep a library's call from returning for as long as it likes: be it that it
/// says nothing, or that it speaks without a pause (HTTP/2's empty frames).
bool may_be_held(const child_id& child) {
  return child.kind == child_kind::provisioner || child.kind == child_kind::model_client;
}

/// At the end, for a child that is in a blocking call.
constexpr auto end_patience = std::chrono::seconds{1};

} // namespace

bool uses_connection(const child_id& child) {
  return child.kind == child_kind::publisher || child.kind == child_kind::provisioner
         || child.kind == child_kind::ingress;
}

supervisor_actor::behavior_type supervisor_state::start(supervisor_config given) {
  config = std::move(given);
  random.seed(static_cast<std::minstd_rand::result_type>(config.service.seed));
  auto& limits = options().supervisor;
  intensity = restart_intensity{limits.max_restarts, limits.restart_period};
  self->set_down_handler([this](caf::down_msg& down) { on_down(down); });
  watch = make_watch(options(), watch_interval());
  known_peers.supervisor = supervisor_actor{self};
  connector = spawn_connector(self, {options().nats, known_peers.supervisor, config.exit});
  open_connection();
  list_children();
  for (auto& each : children)
    if (!uses_connection(each.id))
      start_child(each);
  announce();
  for (auto& [ignored, part] : parts) // told before there were pages
    self->send(known_peers.status_server, part);
  self->send(self, supervisor_timer{});
  return {
      [this](const connection_event& event) { on_connection(event); },
      [this](const connection_opened& attempt) { on_opened(attempt); },
      [this](const supervisor_timer& timer) { on_timer(timer); },
      [this](const health& part) { tell_pages(part); },
      [this](const progress_report& report) { on_progress(report); },
      [this](const kill_child& order) { on_kill(order.child); },
      [this](const mute_child& order) { on_mute(order.child); },
      [this](drained) {
        if (!stopping && !failed) // after a failure the grace is waited for
          stop_next();
      },
      [this](drain) { on_drain(); },
  };
}

void supervisor_state::on_timer(const supervisor_timer& timer) {
  using kind = supervisor_timer::kind;
  switch (timer.due) {
  case kind::watch:
    return look_at_children();
  case kind::reconnect:
    return reconnect();
  case kind::restart:
    return restart(timer.child);
  case kind::end_child:
    return leave_behind(timer.child);
  case kind::escalation:
    return on_drain();
  case kind::drain:
    return on_drain_limit();
  }
}

void supervisor_state::set_timer(std::chrono::milliseconds time, supervisor_timer::kind due,
                                 child_id id) {
  self->delayed_send(self, time, supervisor_timer{due, id});
}

template <class Handle>
void supervisor_state::add_child(child_kind kind, Handle peers::*member,
                                 std::function<Handle()> spawn) {
  children.push_back({{kind, 0},
                      [member, spawn](peers& all) {
                        all.*member = spawn();
                        return caf::actor_cast<caf::strong_actor_ptr>(all.*member);
                      },
                      [member](peers& all) { all.*member = nullptr; },
                      [member](peers& all, const caf::actor& other) {
                        all.*member = caf::actor_cast<Handle>(other);
                      },
                      {},
                      {},
                      0});
}

void supervisor_state::add_model_client(std::size_t index) {
  auto at = [index](peers& all) -> model_client_actor& {
    if (all.model_clients.size() <= index)
      all.model_clients.resize(index + 1);
    return all.model_clients[index];
  };
  children.push_back({{child_kind::model_client, index},
                      [this, at](peers& all) {
                        at(all) =
                            spawn_model_client(self, make_model_client_config(config.service));
                        return caf::actor_cast<caf::strong_actor_ptr>(at(all));
                      },
                      [at](peers& all) { at(all) = nullptr; },
                      [at](peers& all, const caf::actor& other) {
                        at(all) = caf::actor_cast<model_client_actor>(other);
                      },
                      {},
                      {},
                      0});
}

/// In the order of starting: nobody is started before those it sends to.
void supervisor_state::list_children() {
  add_child<status_server_actor>(child_kind::status_server, &peers::status_server, [this] {
    return spawn_status_server(self, make_status_server_config(config.service, config.listener));
  });
  add_child<redis_cache_actor>(child_kind::redis_cache, &peers::redis_cache, [this] {
    return spawn_redis_cache(self, make_redis_cache_config(config.service));
  });
  add_child<recompressor_actor>(child_kind::recompressor, &peers::recompressor, [this] {
    return spawn_recompressor(self, make_recompressor_config(config.service));
  });
  for (std::size_t i = 0; i < options().generator.workers; ++i)
    add_model_client(i);
  add_child<generator_actor>(child_kind::generator, &peers::generator, [this] {
    return spawn_generator(self, make_generator_config(config.service));
  });
  add_child<cache_actor>(child_kind::cache, &peers::cache,
                         [this] { return spawn_cache(self, make_cache_config(config.service)); });
  add_child<publisher_actor>(child_kind::publisher, &peers::publisher, [this] {
    return spawn_publisher(self, make_publisher_config(config.service, connection));
  });
  add_child<provisioner_actor>(
      child_kind::provisioner, &peers::provisioner, [this, seen = std::make_shared<last_seen>()] {
        return spawn_provisioner(self, make_provisioner_config(config.service, connection, seen));
      });
  add_child<ingress_actor>(child_kind::ingress, &peers::ingress, [this] {
    return spawn_ingress(self, make_ingress_config(config.service, connection, ++incarnations));
  });
}

void supervisor_state::start_child(child& down) {
  down.handle = down.start(known_peers);
  down.started = self->clock().now();
  self->monitor(down.handle);
}

/// Null where there is no such child.
supervisor_state::child* supervisor_state::find(const child_id& id) {
  auto found = std::find_if(children.begin(), children.end(),
                            [&](const child& each) { return each.id == id; });
  return found == children.end() ? nullptr : &*found;
}

void supervisor_state::announce() {
  auto all = std::make_shared<const peers>(known_peers);
  auto tell = [&](auto& handle) {
    if (handle)
      self->send(handle, peers_ptr{all});
  };
  tell(all->status_server);
  tell(all->redis_cache);
  tell(all->recompressor);
  for (auto& client : all->model_clients)
    tell(client);
  tell(all->generator);
  tell(all->cache);
  tell(all->publisher);
  tell(all->provisioner);
  tell(all->ingress);
}

void supervisor_state::tell_pages(health part) {
  if (known_peers.status_server)
    self->send(known_peers.status_server, part);
  parts[part.part] = std::move(part);
}

void supervisor_state::on_down(const caf::down_msg& down) {
  auto found = std::find_if(children.begin(), children.end(), [&](auto& each) {
    return each.handle && each.handle->address() == down.source;
  });
  if (found == children.end())
    return;
  found->handle = nullptr;
  found->clear(known_peers);
  forget_progress(found->id.kind);
  const auto actor = to_string(found->id);
  instruments().mailbox_depth_of(actor).Set(0);
  const auto is_ingress = found->id.kind == child_kind::ingress;
  if (stopping || (draining && is_ingress))
    return stop_next();
  if (unlinked && uses_connection(found->id))
    return announce();
  auto now = self->clock().now();
  auto& limits = options().supervisor;
  if (now - found->started >= limits.healthy_after)
    found->failures = 0;
  auto pause = equal_jitter(limits.backoff_base, limits.backoff_cap, found->failures++, random);
  log::error("an actor has failed", {{"actor", actor},
                                     {"reason", caf::to_string(down.reason)},
                                     {"restart_in_ms", pause.count()}});
  announce();
  if (is_ingress)
    tell_pages({"consumer", false, "the ingress is being restarted"});
  if (!intensity.allow(now))
    return escalate("actors fail too often, the last one was " + actor);
  set_timer(pause, supervisor_timer::kind::restart, found->id);
}

void supervisor_state::restart(const child_id& id) {
  auto* down = find(id);
  auto waits = unlinked && uses_connection(id);
  if (down == nullptr || down->handle || waits || stopping || failed)
    return;
  start_child(*down);
  const auto actor = to_string(id);
  instruments().restarts_of(actor).Increment();
  log::info("an actor is restarted", {{"actor", actor}});
  announce();
  if (id.kind == child_kind::publisher)
    self->send(known_peers.publisher, link_changed{link_up});
  if (id.kind == child_kind::ingress)
    self->send(known_peers.ingress, link_changed{link_up});
  if (id.kind == child_kind::status_server)
    for (auto& [ignored, part] : parts)
      self->send(known_peers.status_server, part);
}

void supervisor_state::escalate(const std::string& reason) {
  if (std::exchange(failed, true))
    return;
  log::error("giving up", {{"reason", reason}});
  tell_pages({"actors", false, reason});
  if (known_peers.ingress)
    self->send(known_peers.ingress, drain{}); // no more of the queue; what can be finished is
  set_timer(options().supervisor.escalation_grace, supervisor_timer::kind::escalation);
}

void supervisor_state::on_drain() {
  if (std::exchange(draining, true))
    return;
  tell_pages({"process", false, "shutting down"});
  if (!known_peers.ingress || failed)
    return stop_next();
  self->send(known_peers.ingress, drain{});
  set_timer(options().ingress.drain_timeout, supervisor_timer::kind::drain);
}

void supervisor_state::on_drain_limit() {
  if (stopping)
    return;
  log::warning("not everything was finished in time, the rest is handed back");
  stop_next();
}

/// Ends the youngest child that is left; its end brings us back here.
void supervisor_state::stop_next() {
  if (!std::exchange(stopping, true))
    self->send_exit(connector, caf::exit_reason::user_shutdown);
  for (auto i = children.rbegin(); i != children.rend(); ++i) {
    if (i->handle && connection && !link_up && uses_connection(i->id)) {
      // The library makes every call wait for its attempt to reconnect; nothing can be sent anyway.
      ++config.exit->blocked_calls;
      i->handle = nullptr;
    } else if (i->handle) {
      self->send_exit(i->handle, caf::exit_reason::user_shutdown);
      if (may_be_held(i->id))
        set_timer(end_patience, supervisor_timer::kind::end_child, i->id);
      return;
    }
  }
  for (auto& sink : sinks)
    self->send_exit(sink, caf::exit_reason::user_shutdown);
  self->quit(failed ? caf::make_error(caf::sec::runtime_error) : caf::error{});
}

/// The end must not wait for a server.
void supervisor_state::leave_behind(const child_id& id) {
  auto* busy = find(id);
  if (!stopping || busy == nullptr || !busy->handle)
    return;
  log::warning("an actor waits for a server and is left behind", {{"actor", to_string(id)}});
  ++config.exit->blocked_calls; // until the process has ended
  busy->handle = nullptr;
  stop_next();
}

supervisor_actor spawn_supervisor(caf::actor_system& system, supervisor_config config) {
  return spawn<supervisor_actor, supervisor_state>(system, std::move(config));
}

} // namespace meme
