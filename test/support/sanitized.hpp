#pragma once

namespace meme::test {

/// Whether the tests, and with them the service, are built with a sanitizer: limits on time and
/// memory then say nothing about the program.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

} // namespace meme::test
