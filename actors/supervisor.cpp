#include "actors/supervisor.hpp"

#include <algorithm>

#include "actors/cache.hpp"
#include "actors/fitter.hpp"
#include "actors/generator.hpp"
#include "actors/ingress.hpp"
#include "actors/io/log.hpp"
#include "actors/model_client.hpp"
#include "actors/pages.hpp"
#include "actors/policy/backoff.hpp"
#include "actors/provisioner.hpp"
#include "actors/publisher.hpp"
#include "actors/resilience.hpp"
#include "actors/store.hpp"

namespace meme {

namespace {

/// More names of messages of the supervisor to itself.
const std::string give_up_name = "give up";
const std::string drain_limit_name = "drain limit";
const std::string renew_name = "renew";

/// Pauses before a connection that was closed for good is opened anew.
constexpr std::chrono::milliseconds renew_base{500};
constexpr std::chrono::milliseconds renew_cap{5'000};

bool uses_connection(const std::string& child) {
  return child == "publisher" || child == "provisioner" || child == "ingress";
}

} // namespace

supervisor_actor::behavior_type supervisor_state::start(std::shared_ptr<context> with,
                                                        std::shared_ptr<io::unique_fd> listener) {
  install_handlers(self, name);
  shared = std::move(with);
  random.seed(static_cast<std::minstd_rand::result_type>(shared->seed));
  auto& options = shared->options.supervisor;
  intensity = policy::restart_intensity{options.max_restarts, options.restart_period};
  self->set_down_handler([this](caf::down_msg& down) { on_down(down); });
  watch = make_watch(shared->options, beat());
  now_peers.supervisor = supervisor_actor{self};
  open_connection();
  list_children(std::move(listener));
  for (auto& each : children)
    if (!uses_connection(each.name))
      start_child(each);
  announce();
  for (auto& [ignored, part] : parts) // told before there were pages
    self->send(now_peers.pages, part);
  self->send(self, caf::tick_atom_v, std::string{beat_name});
  return {
      [this](const connection_event& event) { on_connection(event); },
      [this](caf::tick_atom, const std::string& what) {
        if (what == beat_name)
          on_beat();
        else if (what == give_up_name)
          on_drain();
        else if (what == drain_limit_name)
          on_drain_limit();
        else if (what == renew_name)
          on_renew();
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

/// The library may refuse the settings, e.g. a key file that is just being replaced.
void supervisor_state::open_connection() {
  supervisor_actor target{self};
  auto tell = [target](connection_event::kind what) {
    return [target, what] { caf::anon_send(target, connection_event{what, {}}); };
  };
  auto tell_text = [target](connection_event::kind what) {
    return [target, what](std::string text) {
      caf::anon_send(target, connection_event{what, std::move(text)});
    };
  };
  using kind = connection_event::kind;
  io::nats_events events{tell(kind::up),        tell(kind::down),        tell_text(kind::failing),
                         tell(kind::lame_duck), tell_text(kind::closed), tell_text(kind::error)};
  try {
    connection =
        io::nats_connection::open(shared->options.nats, "meme-generator", std::move(events));
  } catch (const std::exception& problem) {
    on_failing(problem.what());
    return renew_connection(problem.what());
  }
  shared->bus = connection;
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
  children.push_back({"model-client-" + std::to_string(index),
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
  add_child<pages_actor>("pages", &peers::pages,
                         [=] { return spawn_pages(self, shared, listener); });
  add_child<store_actor>("store", &peers::store, [=] { return spawn_store(self, shared); });
  add_child<fitter_actor>("fitter", &peers::fitter, [=] { return spawn_fitter(self, shared); });
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
  tell(all->pages);
  tell(all->store);
  tell(all->fitter);
  for (auto& client : all->model_clients)
    tell(client);
  tell(all->generator);
  tell(all->cache);
  tell(all->publisher);
  tell(all->provisioner);
  tell(all->ingress);
}

void supervisor_state::tell_link() {
  if (now_peers.publisher)
    self->send(now_peers.publisher, link_changed{link_up});
  if (now_peers.ingress)
    self->send(now_peers.ingress, link_changed{link_up});
}

void supervisor_state::tell_pages(health part) {
  if (now_peers.pages)
    self->send(now_peers.pages, part);
  parts[part.part] = std::move(part);
}

void supervisor_state::on_connection(const connection_event& event) {
  switch (event.what) {
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
    shared->metrics->nats_errors.Increment();
    log::warning("NATS reports an error", {{"error", event.text}});
    if (shared->is_vital(event.text)) // the publisher confirms nothing meanwhile
      escalate("the NATS server does not permit what the service needs: " + event.text);
    break;
  }
}

void supervisor_state::on_link(bool up) {
  auto& metrics = *shared->metrics;
  link_up = up;
  metrics.nats_connected.Set(up ? 1 : 0);
  if (up) {
    link_problem.clear();
    renewals = 0;
    metrics.nats_reconnects.Increment();
    log::info("NATS is connected");
    start_users();
  } else if (!stopping) {
    log::warning("NATS is not connected");
  }
  tell_pages({"nats", up, up ? "" : "not connected to NATS"});
  tell_link();
}

/// Those who subscribe and publish, once there is a connection that has let us in.
void supervisor_state::start_users() {
  if (!std::exchange(unlinked, false) || stopping || draining || failed)
    return;
  for (auto& each : children)
    if (uses_connection(each.name))
      start_child(each);
  announce();
}

void supervisor_state::on_failing(const std::string& reason) {
  if (stopping || reason.empty())
    return;
  tell_pages({"nats", false, "not connected to NATS: " + reason});
  if (std::exchange(link_problem, reason) != reason) // not once for each attempt
    log::error("NATS does not let us in, trying on", {{"error", reason}});
}

void supervisor_state::renew_connection(const std::string& reason) {
  if (stopping || draining || failed)
    return;
  unlinked = true;
  link_up = false;
  auto pause = policy::equal_jitter(renew_base, renew_cap, renewals, random);
  if (renewals++ == 0)
    log::warning("the connection to NATS is closed for good and opened anew until it lasts",
                 {{"error", reason}});
  for (auto& each : children)
    if (each.handle && uses_connection(each.name))
      self->send_exit(each.handle, caf::exit_reason::user_shutdown);
  self->delayed_send(self, pause, caf::tick_atom_v, renew_name);
}

void supervisor_state::on_renew() {
  constexpr std::chrono::milliseconds look_again{50};
  if (stopping || draining || failed)
    return;
  auto still_up = std::any_of(children.begin(), children.end(),
                              [](auto& each) { return each.handle && uses_connection(each.name); });
  if (still_up) // it may be waiting for the server; nobody else may see the bus change
    return self->delayed_send(self, look_again, caf::tick_atom_v, renew_name);
  open_connection();
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
  auto pause =
      policy::equal_jitter(options.backoff_base, options.backoff_cap, found->failures++, random);
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
  if (which == "pages")
    for (auto& [ignored, part] : parts)
      self->send(now_peers.pages, part);
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
  stopping = true;
  for (auto i = children.rbegin(); i != children.rend(); ++i) {
    if (i->handle) {
      self->send_exit(i->handle, caf::exit_reason::user_shutdown);
      return;
    }
  }
  for (auto& sink : sinks)
    self->send_exit(sink, caf::exit_reason::user_shutdown);
  self->quit(failed ? caf::make_error(caf::sec::runtime_error) : caf::error{});
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
