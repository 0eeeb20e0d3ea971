#include "messages/answer_size.hpp"

#include <algorithm>
#include <limits>
#include <memory>

namespace meme {

namespace {

constexpr std::size_t escaped = 6; // bytes for one: \u001f

/// An id holds no controls: it takes up to 4 bytes of UTF-8 a character. One that the service makes
/// is `<stream>-<number>`, in ASCII, of which JSON escapes `"` and `\`.
constexpr std::size_t id_char = 4;
constexpr std::size_t derived_id = 2 * (255 + 1 + 20);

/// What a result has beside its texts and its picture, with the longest numbers.
std::size_t names_and_numbers() {
  static const std::size_t size = [] {
    constexpr auto longest = std::numeric_limits<std::int64_t>::min();
    const success empty{
        std::make_shared<encoded_picture>(encoded_picture{picture_type::jpeg, {}}), false, {}};
    return encoded_result_size({{}, {}, longest, longest, 0}, empty);
  }();
  return size;
}

/// Not less than a result's message needs beside the picture. `id_bytes`: as JSON writes the id.
std::size_t most_beside_picture(std::size_t id_bytes, const std::string& prompt,
                                const std::string& model) {
  return max_result_header_bytes + names_and_numbers() + id_bytes
         + escaped * (prompt.size() + model.size());
}

} // namespace

answer_size::answer_size(std::size_t max_payload, std::size_t max_id_chars)
    : max_payload_(max_payload), max_id_bytes_(std::max(id_char * max_id_chars, derived_id)) {}

std::size_t answer_size::largest_picture(const picture_spec& spec) const {
  if (max_payload_ == 0)
    return no_limit;
  const auto rest = most_beside_picture(max_id_bytes_, spec.inputs, spec.model);
  return max_payload_ > rest ? (max_payload_ - rest) / 4 * 3 : 0;
}

std::optional<std::size_t> answer_size::excess(const answer_header& header,
                                               const success& result) const {
  if (max_payload_ == 0)
    return {};
  const auto id_bytes = escaped * header.request_id.size();
  const auto at_most =
      most_beside_picture(id_bytes, header.prompt, result.model) + result.picture->base64.size();
  if (at_most <= max_payload_)
    return {};
  const auto needed = max_result_header_bytes + encoded_result_size(header, result);
  return needed <= max_payload_ ? std::optional<std::size_t>{} : needed;
}

} // namespace meme
