#define BOOST_TEST_MODULE answer_headers
#include <boost/test/unit_test.hpp>

#include <limits>

#include "actors/publisher/answer_headers.hpp"
#include "messages/answer_size.hpp"

using namespace meme;

namespace {

/// As NATS writes them: `NATS/1.0`, a line for each, and an empty line.
std::size_t size_of(const header_list& headers) {
  std::size_t size = std::string_view{"NATS/1.0\r\n\r\n"}.size();
  for (const auto& [name, value] : headers)
    size += name.size() + value.size() + std::string_view{": \r\n"}.size();
  return size;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_message_has_room_for_the_longest_headers_of_a_result) {
  answer longest;
  longest.message_key =
      make_message_key(std::string(255, 's'), std::numeric_limits<std::uint64_t>::max(),
                       std::numeric_limits<std::int64_t>::min());
  longest.traceparent = std::string(128, 't'); // the most that is_traceparent takes
  const auto size = size_of(answer_headers(longest, false, true));
  BOOST_TEST(size <= max_result_header_bytes);
  BOOST_TEST(size > max_result_header_bytes - 16);
}
