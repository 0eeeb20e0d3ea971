#include "actors/supervisor/connector.hpp"

#include "actors/base/spawn.hpp"
#include "actors/io/nats/nats_connection.hpp"

namespace meme {

namespace {

using kind = connection_event::kind;

io::nats_events events_for(const supervisor_actor& supervisor) {
  auto tell = [supervisor](kind happened) {
    return [supervisor, happened] { caf::anon_send(supervisor, connection_event{happened, {}}); };
  };
  auto tell_text = [supervisor](kind happened) {
    return [supervisor, happened](std::string text) {
      caf::anon_send(supervisor, connection_event{happened, std::move(text)});
    };
  };
  return {tell(kind::up),        tell(kind::down),        tell_text(kind::failing),
          tell(kind::lame_duck), tell_text(kind::closed), tell_text(kind::error)};
}

connection_opened try_once(const connector_config& config) {
  try {
    return {io::nats_connection::open(config.nats, "meme-generator", events_for(config.supervisor)),
            {},
            false};
  } catch (const io::nats_unreachable& problem) {
    return {nullptr, problem.what(), true};
  } catch (const std::exception& problem) { // e.g. a key file that is just being replaced
    return {nullptr, problem.what(), false};
  }
}

struct connector_state {
  explicit connector_state(connector_actor::pointer owner) : self(owner) {}

  connector_actor::behavior_type start(connector_config given) {
    config = std::move(given);
    return {
        [this](caf::tick_atom) {
          ++config.exit->blocked_calls;
          auto result = try_once(config);
          --config.exit->blocked_calls;
          self->send(config.supervisor, std::move(result));
        },
    };
  }

  connector_actor::pointer self;
  connector_config config;

  static constexpr const char* name = "connector";
};

} // namespace

connector_actor spawn_connector(caf::local_actor* parent, connector_config config) {
  return spawn<connector_actor, connector_state, caf::detached>(*parent, std::move(config));
}

} // namespace meme
