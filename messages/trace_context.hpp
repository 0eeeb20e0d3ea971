#pragma once

#include <string_view>

namespace meme {

/// Whether `text` is a traceparent as W3C Trace Context (section 3.2) has it: version, trace id,
/// parent id and flags in lower-case hexadecimal, separated by hyphens. Version 00 ends there; a
/// later one may go on behind another hyphen, up to 128 characters here. Version ff and ids of
/// nothing but zeros are invalid.
bool is_traceparent(std::string_view text);

} // namespace meme
