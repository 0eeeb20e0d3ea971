#pragma once

#include <cstdint>
#include <string>

namespace meme::test {

/// What the request of a number asks for. Most want a picture of their own; every tenth shares its
/// prompt with others, so that caches and joined flights have their part; a few must end as errors.
enum class wish { picture, shared_picture, bad_request, refused_by_model };

wish wish_of(std::uint64_t number);

/// Its id is its number.
std::string soak_request(std::uint64_t number);
std::string soak_prompt(std::uint64_t number);

/// Part of each prompt, and of no other, that the model is to refuse.
inline constexpr const char* refused_prompt = "refused";

} // namespace meme::test
