#pragma once

#include "actors/context.hpp"
#include "messages/interfaces.hpp"

namespace meme {

/// Makes pictures fit into one message of the NATS server: what is too large is encoded anew as a
/// JPEG, with less and less quality (`policy/picture_fit.hpp`). Its work takes tens of milliseconds
/// of a core, so it has a thread of its own; one picture is decoded at a time, of
/// `generator.max-pixels` at the most.
fitter_actor spawn_fitter(caf::local_actor* parent, context_ptr shared);

} // namespace meme
