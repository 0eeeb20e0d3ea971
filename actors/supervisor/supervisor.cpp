#include "actors/supervisor/supervisor.hpp"

#include <algorithm>

#include "actors/base/backoff.hpp"
#include "actors/base/resilience.hpp"
#include "actors/cache/cache.hpp"
#include "actors/cache/redis_cache.hpp"
#include "actors/generator/generator.hpp"
#include "actors/generator/model_client.hpp"
#include "actors/ingress/ingress.hpp"
#include "actors/io/log.hpp"
#include "actors/metrics/status_server.hpp"
#include "actors/pictures/recompressor.hpp"
#include "actors/provisioner/provisioner.hpp"
#include "actors/publisher/publisher.hpp"
#include "actors/supervisor/connector.hpp"

namespace meme {

namespace {

/// More names of messages of the supervisor to itself.
const std::string give_up_name = "give up";
const std::string drain_limit_name = "drain limit";
const std::string model_client_prefix = "model-client-"; // and its number
const std::string left_behind_prefix = "left behind ";   // and a child's name

/// Whether a server may keep a library's call from returning for as long as it likes: be it that it
/// says nothing, or that it speaks without a pause (HTTP/2's empty frames).
bool may_be_held(const std::string& child) {
  return child == "provisioner" || child.rfind(model_client_prefix, 0) == 0;
}

/// At the end, for a child that is in a blocking call.
constexpr auto end_patience = std::chrono::seconds{1};

} // namespace

bool uses_connection(const std::string& child) {
  return child == "publisher" || child == "provisioner" || child == "ingress";
}

supervisor_actor::behavior_type supervisor_state::start(std::shared_ptr<context> with,
                                                        std::shared_ptr<io::unique_fd> listener) {
  install_handlers(self, name);
  shared = std::move(with);
  random.seed(static_cast<std::minstd_rand::result_type>(shared->seed));
  auto& options = shared->options.supervisor;
  intensity = restart_intensity{options.max_restarts, options.restart_period};
  self->set_down_handler([this](caf::down_msg& down) { on_down(down); });
  watch = make_watch(shared->options, beat());
  now_peers.supervisor = supervisor_actor{self};
  connector = spawn_connector(self, shared, now_peers.supervisor);
  open_connection();
  list_children(std::move(listener));
  for (auto& each : children)
    if (!uses_connection(each.name))
      start_child(each);
  announce();
  for (auto& [ignored, part] : parts) // told before there were pages
    self->send(now_peers.status_server, part);
  self->send(self, caf::tick_atom_v, std::string{beat_name});
  return {
      [this](const connection_event& event) { on_connection(event); },
      [this](const connection_opened& attempt) { on_opened(attempt); },
      [this](caf::tick_atom, const std::string& what) {
        if (what == beat_name)
          on_beat();
        else if (what == give_up_name)
          on_drain();
        else if (what == drain_limit_name)
          on_drain_limit();
        else if (what == renew_name)
          on_renew();
        else if (what.rfind(left_behind_prefix, 0) == 0)
          on_left_behind(what.substr(left_behind_prefix.size()));
        else
          on_restart(what);
      },
      [this](const health& part) { tell_pages(part); },
      [this](const progress_report& report) { on_progress(report); },
      [this](const kill_child& which) { on_kill(which.name); },
      [this](const mute_child& which) { on_mute(which.name); },
      [this](drained) {
        if (!stopping && !failed) // after a failure the grace is waited for
          stop_next();
      },
      [this](drain) { on_drain(); },
  };
}

template <class Handle>
void supervisor_state::add_child(std::string child_name, Handle peers::*where,
                                 std::function<Handle()> spawn) {
  children.push_back({std::move(child_name),
                      [where, spawn](peers& all) {
                        all.*where = spawn();
                        return caf::actor_cast<caf::strong_actor_ptr>(all.*where);
                      },
                      [where](peers& all) { all.*where = nullptr; },
                      [where](peers& all, const caf::actor& other) {
                        all.*where = caf::actor_cast<Handle>(other);
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
  children.push_back({model_client_prefix + std::to_string(index),
                      [this, at](peers& all) {
                        at(all) = spawn_model_client(self, shared);
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
void supervisor_state::list_children(std::shared_ptr<io::unique_fd> listener) {
  add_child<status_server_actor>("status-server", &peers::status_server,
                                 [=] { return spawn_status_server(self, shared, listener); });
  add_child<redis_cache_actor>("redis-cache", &peers::redis_cache,
                               [=] { return spawn_redis_cache(self, shared); });
  add_child<recompressor_actor>("recompressor", &peers::recompressor,
                                [=] { return spawn_recompressor(self, shared); });
  for (std::size_t i = 0; i < shared->options.generator.workers; ++i)
    add_model_client(i);
  add_child<generator_actor>("generator", &peers::generator,
                             [=] { return spawn_generator(self, shared); });
  add_child<cache_actor>("cache", &peers::cache, [=] { return spawn_cache(self, shared); });
  add_child<publisher_actor>("publisher", &peers::publisher,
                             [=] { return spawn_publisher(self, shared); });
  add_child<provisioner_actor>("provisioner", &peers::provisioner,
                               [=, seen = std::make_shared<last_seen>()] {
                                 return spawn_provisioner(self, shared, connection, seen);
                               });
  add_child<ingress_actor>("ingress", &peers::ingress,
                           [=] { return spawn_ingress(self, shared, ++incarnations); });
}

void supervisor_state::start_child(child& which) {
  which.handle = which.start(now_peers);
  which.started = self->clock().now();
  self->monitor(which.handle);
}

void supervisor_state::announce() {
  auto all = std::make_shared<const peers>(now_peers);
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
  if (now_peers.status_server)
    self->send(now_peers.status_server, part);
  parts[part.part] = std::move(part);
}

void supervisor_state::on_down(const caf::down_msg& down) {
  auto found = std::find_if(children.begin(), children.end(), [&](auto& each) {
    return each.handle && each.handle->address() == down.source;
  });
  if (found == children.end())
    return;
  found->handle = nullptr;
  found->clear(now_peers);
  forget_progress(found->name);
  shared->metrics->mailbox_depth_of(found->name).Set(0);
  if (stopping || (draining && found->name == "ingress"))
    return stop_next();
  if (unlinked && uses_connection(found->name))
    return announce();
  auto now = self->clock().now();
  auto& options = shared->options.supervisor;
  if (now - found->started >= options.healthy_after)
    found->failures = 0;
  auto pause = equal_jitter(options.backoff_base, options.backoff_cap, found->failures++, random);
  log::error("an actor has failed", {{"actor", found->name},
                                     {"reason", caf::to_string(down.reason)},
                                     {"restart_in_ms", pause.count()}});
  announce();
  if (found->name == "ingress")
    tell_pages({"consumer", false, "the ingress is being restarted"});
  if (!intensity.allow(now))
    return escalate("actors fail too often, the last one was " + found->name);
  self->delayed_send(self, pause, caf::tick_atom_v, found->name);
}

void supervisor_state::on_restart(const std::string& which) {
  auto found = std::find_if(children.begin(), children.end(),
                            [&](auto& each) { return each.name == which && !each.handle; });
  auto waits = unlinked && uses_connection(which);
  if (found == children.end() || waits || stopping || failed)
    return;
  start_child(*found);
  shared->metrics->restarts_of(found->name).Increment();
  log::info("an actor is restarted", {{"actor", found->name}});
  announce();
  if (which == "publisher")
    self->send(now_peers.publisher, link_changed{link_up});
  if (which == "ingress")
    self->send(now_peers.ingress, link_changed{link_up});
  if (which == "status-server")
    for (auto& [ignored, part] : parts)
      self->send(now_peers.status_server, part);
}

void supervisor_state::escalate(const std::string& reason) {
  if (std::exchange(failed, true))
    return;
  log::error("giving up", {{"reason", reason}});
  tell_pages({"actors", false, reason});
  if (now_peers.ingress)
    self->send(now_peers.ingress, drain{}); // no more of the queue; what can be finished is
  self->delayed_send(self, shared->options.supervisor.escalation_grace, caf::tick_atom_v,
                     give_up_name);
}

void supervisor_state::on_drain() {
  if (std::exchange(draining, true))
    return;
  tell_pages({"process", false, "shutting down"});
  if (!now_peers.ingress || failed)
    return stop_next();
  self->send(now_peers.ingress, drain{});
  self->delayed_send(self, shared->options.ingress.drain_timeout, caf::tick_atom_v,
                     drain_limit_name);
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
    if (i->handle && connection && !link_up && uses_connection(i->name)) {
      // The library makes every call wait for its attempt to reconnect; nothing can be sent anyway.
      ++*shared->blocked_calls;
      i->handle = nullptr;
    } else if (i->handle) {
      self->send_exit(i->handle, caf::exit_reason::user_shutdown);
      if (may_be_held(i->name))
        self->delayed_send(self, end_patience, caf::tick_atom_v, left_behind_prefix + i->name);
      return;
    }
  }
  for (auto& sink : sinks)
    self->send_exit(sink, caf::exit_reason::user_shutdown);
  self->quit(failed ? caf::make_error(caf::sec::runtime_error) : caf::error{});
}

/// The end must not wait for a server.
void supervisor_state::on_left_behind(const std::string& which) {
  auto found = std::find_if(children.begin(), children.end(),
                            [&](auto& each) { return each.name == which && each.handle; });
  if (!stopping || found == children.end())
    return;
  log::warning("an actor waits for a server and is left behind", {{"actor", which}});
  ++*shared->blocked_calls; // until the process has ended
  found->handle = nullptr;
  stop_next();
}

supervisor_actor spawn_supervisor(caf::actor_system& system, std::shared_ptr<context> shared,
                                  std::shared_ptr<io::unique_fd> listener) {
  auto behavior = [](supervisor_actor::stateful_pointer<supervisor_state> self,
                     std::shared_ptr<context> with, std::shared_ptr<io::unique_fd> socket) {
    return self->state.start(std::move(with), std::move(socket));
  };
  return system.spawn(behavior, std::move(shared), std::move(listener));
}

} // namespace meme
