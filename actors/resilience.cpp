#include "actors/resilience.hpp"

namespace meme {

bool nothing_waits(caf::scheduled_actor* self) {
  return self->mailbox().size() == 0;
}

void report_mailbox(caf::scheduled_actor* self, measure_mailbox to) {
  to.depth->Set(static_cast<double>(self->mailbox().size()));
}

} // namespace meme
