#pragma once

#include <string>
#include <vector>

namespace meme::config {

/// `; did you mean nats.url?` where one of `known` differs from `word` by no more than a slip of
/// the finger or two, else nothing.
std::string suggestion(const std::string& word, const std::vector<std::string>& known);

} // namespace meme::config
