// What comes on the subject of JetStream's advisories, to which anybody on the server may publish.

#include <string>

#include "messages/delivery.hpp"
#include "test/fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meme;
  const auto advisory = fuzz::text_of(data, size);
  const auto sequence = stranded_sequence(advisory);
  if (!sequence)
    return 0;
  fuzz::require(*sequence > 0, "places in a stream count from 1");
  const auto again = stranded_sequence("{\"stream_seq\":" + std::to_string(*sequence) + "}");
  fuzz::require(again == sequence, "what was read reads the same when it is written");
  return 0;
}
