#pragma once

#include <string_view>

namespace meme::config {

/// Whether some subject matches both. Either may hold the wildcards of NATS: `*` stands for one
/// token, `>` at the end for one or more.
bool subjects_overlap(std::string_view first, std::string_view second);

/// Whether a stream or a consumer may have this name: printable ASCII without white space and
/// without `.`, `*`, `>`, `/` and `\`, 1 to 255 characters (NATS ADR-6).
bool valid_jetstream_name(std::string_view name);

} // namespace meme::config
