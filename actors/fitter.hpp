#pragma once

#include "actors/context.hpp"
#include "messages/interfaces.hpp"

namespace meme {

/// Makes pictures fit into one message of the NATS server: what is too large is encoded anew as a
/// JPEG, with less and less quality (`policy/picture_fit.hpp`). Its work takes tens of milliseconds
/// of a core, so that it is done on a thread of its own, which ends with it: most services never
/// need one. A picture has `generator.max-pixels` at the most; the cache hands over one at a time.
fitter_actor spawn_fitter(caf::local_actor* parent, context_ptr shared);

} // namespace meme
