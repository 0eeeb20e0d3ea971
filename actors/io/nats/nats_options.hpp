#pragma once

#include <string>

#include "actors/io/nats/nats_connection.hpp"

namespace meme::io {

/// Converts the settings to the library's options: addresses, identity, TLS, buffers, and
/// reconnecting for ever. Throws std::runtime_error if the library refuses a value.
nats_options_ptr make_nats_options(const config::nats_options& options, const std::string& name);

} // namespace meme::io
