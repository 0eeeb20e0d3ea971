#pragma once

#include <string>
#include <vector>

namespace meme::config {

/// A line for each environment variable that looks like a setting and is none, such as
/// `MEME_CACHE_TLL: is no setting; did you mean MEME_CACHE_TTL?`: it would be ignored in silence.
///
/// Every MEME_… has to be known. Any other name is doubted only where it is nearly a known one. The
/// variables that Kubernetes sets for each Service (NATS_PORT_4222_TCP, REDIS_SERVICE_HOST) are
/// none of ours.
std::vector<std::string> doubtful_variables(const std::vector<std::string>& set,
                                            const std::vector<std::string>& known);

} // namespace meme::config
