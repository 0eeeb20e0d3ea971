#pragma once

#include <cstdint>
#include <string>

#include "actors/context.hpp"
#include "actors/io/jetstream.hpp"

namespace meme {

/// The subject on which the server says that it has given a message up: it was delivered as often
/// as the consumer's max_deliver allows and not acknowledged. In a work queue such a message stays
/// for ever, unseen. (With our own consumer, whose limit is -1, it cannot happen.)
std::string stranded_subject(const config::nats_options& nats);

/// Answers a stranded message with an error, puts it among the dead letters, and then removes it.
/// Blocks for a few round trips; throws std::runtime_error where one fails, with the message still
/// in the stream. A message that is not there any more is no error.
void bury_stranded(io::jetstream& api, const context& shared, std::uint64_t sequence);

} // namespace meme
