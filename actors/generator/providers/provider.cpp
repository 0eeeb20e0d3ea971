#include "actors/generator/providers/provider.hpp"

#include "actors/generator/providers/huggingface.hpp"

namespace meme {

provider_ptr make_provider(const config::generator_options& options) {
  return std::make_unique<huggingface_provider>(options.token);
}

} // namespace meme
