#pragma once

#include <string>
#include <string_view>

namespace meme {

/// Of a secret, so many characters in a row are masked wherever they stand. Fewer say little of it,
/// and would be found in harmless texts.
constexpr std::size_t shortest_masked_run = 8;

/// `text` with `***` in place of each run of at least `shortest_masked_run` bytes that stands in
/// `secret` (of a shorter secret: in place of all of it). An empty secret masks nothing.
///
/// To be called after a text is decoded (JSON may spell the secret with escapes) and before it is
/// cut or folded: a cut leaves a part of the secret. Other encodings of the secret (Base64,
/// hexadecimal, percent signs, a blank after each character) are not recognised: an endpoint that
/// has the secret can always write it in a form that no list has.
std::string redact(std::string_view text, std::string_view secret);

/// `text` with `(address)` in place of what tells of the network inside: private, link-local and
/// loopback addresses (RFC 1918, 4193, 6598), names under .local, .internal, .svc and the like, and
/// a URL's host that has no dot, with their ports. For what a model says to clients: gateways name
/// the servers behind them.
std::string hide_internal_addresses(std::string_view text);

} // namespace meme
