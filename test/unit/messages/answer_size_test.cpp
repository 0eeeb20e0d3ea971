#define BOOST_TEST_MODULE answer_size
#include <boost/test/unit_test.hpp>

#include <limits>
#include <string>

#include "messages/answer_size.hpp"

using namespace meme;

namespace {

constexpr std::size_t max_id_chars = 128;
constexpr std::size_t max_payload = 1 << 20;

success picture_of(std::size_t bytes, std::string model = "some/model") {
  return {encode(picture{picture_type::jpeg, std::string(bytes, 'x')}), false, std::move(model)};
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string result;
  for (; times > 0; --times)
    result += text;
  return result;
}

/// The longest that a message of this result can be.
std::size_t message_size(const answer_header& header, const success& result) {
  return encode_result(header, result).size() + max_result_header_bytes;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_picture_that_may_be_shared_fits_for_each_request) {
  const auto longest = std::numeric_limits<std::int64_t>::min();
  struct row {
    const char* name;
    std::string id, prompt;
  } const rows[] = {
      {"short texts", "a", "a cat"},
      {"the longest id of a client", repeated("🚀", max_id_chars), "a cat"},
      {"an id that is escaped", repeated("\"", max_id_chars), "a cat"},
      {"the longest id of the service", repeated("\\", 255) + "-18446744073709551615", "a cat"},
      {"a prompt of line feeds", "a", repeated("\n", 8'000)},
      {"a prompt of controls", "a", repeated("\x01", 8'000)},
  };
  for (const auto& row : rows) {
    const answer_size sizes{max_payload, max_id_chars};
    picture_spec spec;
    spec.inputs = row.prompt;
    spec.model = "some/model";
    const auto result = picture_of(sizes.largest_picture(spec), spec.model);
    const answer_header header{row.id, row.prompt, longest, longest, 1};
    BOOST_TEST(message_size(header, result) <= max_payload, row.name);
    BOOST_TEST(!sizes.excess(header, result), row.name);
  }
}

BOOST_AUTO_TEST_CASE(a_result_fits_up_to_the_last_byte) {
  const auto result = picture_of(1'000);
  for (const auto* prompt : {"a cat", "\x01\x02\x03", "\"\"\"", "é"}) {
    const answer_header header{"r-1", prompt, 1'700'000'000, 5, 1};
    const auto size = message_size(header, result);
    BOOST_TEST(!answer_size(size, max_id_chars).excess(header, result));
    BOOST_TEST(!answer_size(size + 1, max_id_chars).excess(header, result));
    BOOST_TEST(answer_size(size - 1, max_id_chars).excess(header, result).value() == size);
  }
}

// Larger pictures are recompressed: none that was published as it is may become one of these.
BOOST_AUTO_TEST_CASE(texts_leave_most_of_a_message_to_the_picture) {
  for (const auto payload : {std::size_t{16'384}, std::size_t{131'072}, max_payload}) {
    picture_spec spec;
    spec.inputs = "a cat on a sofa";
    spec.model = "stabilityai/stable-diffusion-3-medium-diffusers";
    const auto for_texts = 3'072 + 6 * spec.inputs.size() + spec.model.size();
    const auto largest = answer_size(payload, max_id_chars).largest_picture(spec);
    BOOST_TEST(largest >= (payload - for_texts) / 4 * 3);
    BOOST_TEST(base64_size(largest) < payload);
  }
}

BOOST_AUTO_TEST_CASE(a_long_id_that_the_configuration_permits_is_left_room_for) {
  const answer_size sizes{max_payload, 1'024};
  const picture_spec spec;
  const answer_header header{repeated("🚀", 1'024), {}, 1, 1, 1};
  BOOST_TEST(!sizes.excess(header, picture_of(sizes.largest_picture(spec), {})));
}

BOOST_AUTO_TEST_CASE(a_server_that_takes_nothing_takes_no_picture) {
  BOOST_TEST(answer_size(100, max_id_chars).largest_picture({}) == 0u);
}

BOOST_AUTO_TEST_CASE(without_a_known_limit_everything_fits) {
  const answer_size sizes{0, max_id_chars};
  BOOST_TEST(sizes.largest_picture({}) == no_limit);
  BOOST_TEST(!sizes.excess({}, picture_of(1'000)));
}
