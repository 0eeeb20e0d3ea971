#pragma once

#include <string>

#include <caf/all.hpp>

#include "actors/io/log.hpp"
#include "messages/interfaces.hpp"

namespace meme {

/// Handlers that a long-lived actor needs. By default an error that comes as an answer kills the
/// actor, an unknown message is printed, and an exception ends the actor with nothing but a code.
template <class Self>
void install_handlers(Self* self, std::string name) {
  self->set_error_handler([name](caf::scheduled_actor*, caf::error& why) {
    log::warning("an actor was answered with an error",
                 {{"actor", name}, {"error", caf::to_string(why)}});
  });
  self->set_default_handler(
      [name](caf::scheduled_actor*, caf::message_view& what) -> caf::result<caf::message> {
        log::error("an actor got a message that it does not know",
                   {{"actor", name}, {"message", caf::to_string(what.content())}});
        return caf::make_error(caf::sec::unexpected_message);
      });
  self->set_exception_handler([](caf::scheduled_actor*, std::exception_ptr& thrown) -> caf::error {
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
      return caf::make_error(caf::sec::runtime_error, std::string{e.what()});
    } catch (...) {
      return caf::make_error(caf::sec::runtime_error, std::string{"unknown exception"});
    }
  });
}

/// Says how many messages wait in the actor's mailbox; to be called by one of its handlers.
void report_mailbox(caf::scheduled_actor* self, measure_mailbox to);

} // namespace meme
