#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "actors/io/nats/nats_connection.hpp"
#include "actors/io/unique_fd.hpp"
#include "actors/metrics/metrics.hpp"
#include "actors/supervisor/exit_state.hpp"
#include "actors/supervisor/progress_watch.hpp"
#include "actors/supervisor/restart_intensity.hpp"
#include "actors/supervisor/service_config.hpp"
#include "messages/interfaces.hpp"

namespace meme {

/// Whether this child is up only while there is a connection.
bool uses_connection(const child_id& child);

struct supervisor_config {
  service_config service;
  std::shared_ptr<io::unique_fd> listener; ///< of the status server
  std::shared_ptr<exit_state> exit;        ///< for main
};

/// Starts the others in order, watches them, restarts one that has failed, and takes all down in
/// the reverse order.
///
/// A child that ends is restarted after a pause that grows with each failure in a row (jittered, so
/// that many processes do not beat in time) and starts anew once the child has been up for a while.
/// Each change is announced to all with a fresh `peers`; who had handed work to the old child hands
/// it to the new one. More restarts than `max_restarts` within `restart_period`, of all children
/// together, are a failure of the whole (Erlang/OTP's restart intensity): the service says that it
/// is not ready, stops pulling, and after a grace ends with an error, for the platform to start it
/// elsewhere.
///
/// Connecting to NATS for the first time may block for long (a server or a name server that says
/// nothing), so the connector does it. What it opens reconnects by itself until one server refuses
/// us twice in a row; then the library closes it for good. Credentials may be mended any time, so
/// it is opened anew, as often as it takes, with those who use it: their subscriptions belong to
/// the old one.
struct supervisor_state {
  using clock = caf::actor_clock::clock_type;

  struct child {
    child_id id;
    /// Spawns it and puts its handle into the peers.
    std::function<caf::strong_actor_ptr(peers&)> start;
    std::function<void(peers&)> clear; ///< takes its handle out
    /// Puts another actor's handle in its place; for tests.
    std::function<void(peers&, const caf::actor&)> replace;
    caf::strong_actor_ptr handle; ///< empty while it is down
    clock::time_point started{};
    unsigned failures = 0; ///< in a row
  };

  explicit supervisor_state(supervisor_actor::pointer owner) : self(owner) {}

  supervisor_actor::behavior_type start(supervisor_config given);

  void list_children();
  template <class Handle>
  void add_child(child_kind kind, Handle peers::*member, std::function<Handle()> spawn);
  void add_model_client(std::size_t index);
  void open_connection();
  void on_opened(const connection_opened& attempt);
  void leave_behind(const child_id& id);
  void start_users();
  void start_child(child& down);
  child* find(const child_id& id);
  void announce();
  void tell_link();
  void tell_pages(health part);

  void on_connection(const connection_event& event);
  void on_link(bool up);
  void on_failing(const std::string& reason);
  void renew_connection(const std::string& reason);
  void schedule_renewal(bool unreachable);
  void reconnect();
  void on_down(const caf::down_msg& down);
  void on_timer(const supervisor_timer& timer);
  void set_timer(std::chrono::milliseconds time, supervisor_timer::kind due, child_id id = {});
  void restart(const child_id& id);
  void look_at_children();
  void on_kill(const child_id& id);
  void on_mute(const child_id& id);
  void on_progress(const progress_report& report);
  void forget_progress(child_kind ended);
  void watch_progress();
  std::chrono::milliseconds watch_interval() const;
  const config::options& options() const { return config.service.options; }
  metrics& instruments() const { return *config.service.metrics; }
  void escalate(const std::string& reason);
  void on_drain();
  void on_drain_limit();
  void stop_next();

  supervisor_actor::pointer self;
  supervisor_config config;
  connector_actor connector;
  std::shared_ptr<io::nats_connection> connection; ///< empty until there has been one
  std::vector<child> children;                     ///< in the order of starting
  peers known_peers;
  std::map<std::string, health> parts; ///< for a successor of the pages
  restart_intensity intensity{0, std::chrono::seconds{1}};
  progress_watch watch{{}, std::chrono::seconds{5}};
  std::optional<pipeline_stage> stalled; ///< the stage that stands still
  clock::time_point ingress_heard{};
  std::vector<caf::actor> sinks; ///< in the place of those that were muted
  std::minstd_rand random;
  std::uint64_t incarnations = 0;
  bool link_up = false;
  std::string link_problem; ///< why there is no connection; empty: not known
  clock::time_point problem_told{};
  unsigned renewals = 0; ///< in a row
  bool unlinked = true;  ///< who uses the connection is down until it has been up
  bool draining = false;
  bool stopping = false;
  bool failed = false;

  static constexpr const char* name = "supervisor";
};

/// The watch on progress with the limits that follow from the settings.
progress_watch make_watch(const config::options& options, std::chrono::milliseconds interval);

/// Spawns the supervisor, and with it the whole service. It ends without an error after a drain,
/// else with one.
supervisor_actor spawn_supervisor(caf::actor_system& system, supervisor_config config);

} // namespace meme
