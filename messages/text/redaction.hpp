#pragma once

#include <string>
#include <string_view>

namespace meme {

/// A run of so many characters of a secret is masked anywhere. Shorter runs reveal little of it,
/// and occur in harmless texts.
constexpr std::size_t shortest_masked_run = 8;

/// `text` with `***` in place of each run of at least `shortest_masked_run` bytes that stands in
/// `secret` (of a shorter secret: in place of all of it). An empty secret masks nothing.
///
/// Call it after a text is decoded (JSON may spell the secret with escapes) and before it is
/// truncated or folded: truncation may leave a part of the secret. Other encodings of the secret
/// (Base64, hexadecimal, percent signs, a blank after each character) are not recognised: an
/// endpoint that has the secret can always write it in a form that no list has.
std::string redact(std::string_view text, std::string_view secret);

/// `text` with `(address)` in place of internal addresses: private, link-local and loopback
/// addresses (RFC 1918, 4193, 6598), names under .local, .internal, .svc and the like, and
/// a URL's host that has no dot, with their ports. For a model's texts that go to clients: gateways
/// name the servers behind them.
std::string hide_internal_addresses(std::string_view text);

} // namespace meme
