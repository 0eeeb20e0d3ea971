#pragma once

#include <string>

#include "actors/generator/providers/provider.hpp"

namespace meme {

/// Hugging Face's text-to-image task, of serverless and of dedicated endpoints. A call is
///     {"inputs": …, "parameters": {…}}
/// with those of the parameters that are present; the answer's body is the picture.
class huggingface_provider final : public provider {
public:
  explicit huggingface_provider(std::string token) : token_(std::move(token)) {}

  std::string_view name() const override { return "huggingface"; }
  io::http_request build_request(const picture_spec& spec) const override;
  model_verdict read_reply(io::http_reply& reply, std::int64_t unix_time_s) const override;

private:
  std::string token_; ///< secret
};

} // namespace meme
