#include "actors/supervisor/connector.hpp"

#include "actors/base/resilience.hpp"
#include "actors/io/nats/nats_connection.hpp"

namespace meme {

namespace {

using kind = connection_event::kind;

struct connector_state {
  static constexpr const char* name = "connector";
};

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

connection_opened try_once(const context& shared, const supervisor_actor& supervisor) {
  try {
    return {
        io::nats_connection::open(shared.options.nats, "meme-generator", events_for(supervisor)),
        {},
        false};
  } catch (const io::nats_unreachable& problem) {
    return {nullptr, problem.what(), true};
  } catch (const std::exception& problem) { // e.g. a key file that is just being replaced
    return {nullptr, problem.what(), false};
  }
}

} // namespace

connector_actor spawn_connector(caf::local_actor* parent, context_ptr shared,
                                supervisor_actor supervisor) {
  auto behavior = [](connector_actor::stateful_pointer<connector_state> self, context_ptr context,
                     supervisor_actor owner) {
    install_handlers(self, connector_state::name);
    return connector_actor::behavior_type{
        [self, context, owner](caf::tick_atom) {
          ++*context->blocked_calls;
          auto result = try_once(*context, owner);
          --*context->blocked_calls;
          self->send(owner, std::move(result));
        },
    };
  };
  return parent->spawn<caf::detached>(behavior, std::move(shared), std::move(supervisor));
}

} // namespace meme
