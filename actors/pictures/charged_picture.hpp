#pragma once

#include <memory>
#include <utility>

#include "actors/io/byte_budget.hpp"
#include "messages/picture.hpp"

namespace meme {

/// A picture that counts in the byte budget for as long as anybody has it: on its way through the
/// actors, until it is an answer and Redis has it.
inline picture_ptr charged(std::shared_ptr<io::byte_budget> budget, picture complete) {
  const auto bytes = complete.bytes.size();
  budget->add(bytes);
  return {new picture(std::move(complete)),
          [budget = std::move(budget), bytes](const picture* last) {
            delete last;
            budget->remove(bytes);
          }};
}

} // namespace meme
