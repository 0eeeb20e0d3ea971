#include "actors/base/resilience.hpp"

namespace meme {

void report_mailbox(caf::scheduled_actor* self, measure_mailbox to) {
  to.depth->Set(static_cast<double>(self->mailbox().size()));
}

} // namespace meme
