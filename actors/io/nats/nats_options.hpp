#pragma once

#include <string>

#include "actors/io/nats/nats_connection.hpp"

namespace meme::io {

/// The library's options for ours: addresses, identity, TLS, buffers, and reconnecting for ever.
/// Throws std::runtime_error for what the library refuses.
nats_options_ptr make_nats_options(const config::nats_options& options, const std::string& name);

} // namespace meme::io
