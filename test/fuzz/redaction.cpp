// What a model may send back of the token: the first line is the secret, the rest the text.

#include <algorithm>

#include "messages/text/redaction.hpp"
#include "test/fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meme;
  auto text = fuzz::text_of(data, size);
  const auto secret = fuzz::take_line(text);
  const auto masked = redact(text, secret);
  if (secret.empty())
    fuzz::require(masked == text, "an empty secret changes nothing");
  if (secret.empty() || fuzz::contains(secret, "*")) // the mask could be taken for a part of it
    return 0;
  const auto run = std::min(secret.size(), shortest_masked_run);
  for (std::size_t at = 0; at + run <= masked.size(); ++at)
    fuzz::require(!fuzz::contains(secret, std::string_view{masked}.substr(at, run)),
                  "no run of the secret is left");
  fuzz::require(redact(masked, secret) == masked, "a second time changes nothing");
  return 0;
}
