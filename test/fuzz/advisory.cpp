// What comes on the subject of JetStream's advisories, to which anybody on the server may publish.

#include <string>

#include "messages/delivery.hpp"
#include "test/fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meme;
  const auto advisory = fuzz::text_of(data, size);
  const auto read = parse_max_deliveries_advisory(advisory);
  if (!read)
    return 0;
  fuzz::require(read->stream_sequence > 0, "places in a stream count from 1");
  const auto again =
      parse_max_deliveries_advisory("{\"stream_seq\":" + std::to_string(read->stream_sequence)
                                    + ",\"deliveries\":" + std::to_string(read->deliveries) + "}");
  fuzz::require(again && again->stream_sequence == read->stream_sequence
                    && again->deliveries == read->deliveries,
                "what was read reads the same when it is written");
  return 0;
}
