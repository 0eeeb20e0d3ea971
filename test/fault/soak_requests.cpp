#include "test/fault/soak_requests.hpp"

#include "test/support/world.hpp"

namespace meme::test {

wish wish_of(std::uint64_t number) {
  if (number % 101 == 0)
    return wish::bad_request;
  if (number % 97 == 0)
    return wish::refused_by_model;
  return number % 10 == 0 ? wish::shared_picture : wish::picture;
}

std::string soak_prompt(std::uint64_t number) {
  constexpr std::uint64_t shared_prompts = 50;
  switch (wish_of(number)) {
  case wish::shared_picture:
    return "joke " + std::to_string(number / 10 % shared_prompts);
  case wish::refused_by_model:
    return refused_prompt + std::string{" "} + std::to_string(number);
  default:
    return "picture " + std::to_string(number);
  }
}

std::string soak_request(std::uint64_t number) {
  const auto bad = wish_of(number) == wish::bad_request;
  return request(std::to_string(number), soak_prompt(number), bad ? "\"width\": 1" : "");
}

} // namespace meme::test
