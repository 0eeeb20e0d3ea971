#include "actors/ingress/plan.hpp"

#include "config/address/host_port.hpp"

namespace meme {

namespace {

constexpr std::uint32_t small_side = 512; // pixels

std::string fill_template(std::string_view text, std::string_view prompt) {
  constexpr std::string_view placeholder = "{prompt}";
  std::string filled;
  for (auto at = text.find(placeholder); at != std::string_view::npos;
       at = text.find(placeholder)) {
    filled.append(text.substr(0, at)).append(prompt);
    text.remove_prefix(at + placeholder.size());
  }
  return filled.append(text);
}

} // namespace

picture_spec plan_picture(const meme_request& request, const plan_options& options) {
  const auto elsewhere = request.fast_mode && !options.fast.url.empty();
  const auto& model = elsewhere ? options.fast : options.normal;
  picture_spec spec;
  spec.url = model.url;
  spec.model = model.name;
  spec.inputs = fill_template(options.prompt_template, request.prompt);
  spec.parameters = request.parameters;
  spec.accept = options.accept;
  auto& parameters = spec.parameters;
  if (request.fast_mode && !elsewhere && !parameters.num_inference_steps)
    parameters.num_inference_steps = options.fast_steps;
  if (request.small_image) {
    parameters.width = parameters.width.value_or(small_side);
    parameters.height = parameters.height.value_or(small_side);
  }
  return spec;
}

std::string model_name(const config::url& url) {
  constexpr std::string_view before = "/models/";
  const std::string_view path = url.path;
  if (const auto at = path.find(before); at != std::string_view::npos) {
    const auto model = path.substr(at + before.size());
    if (const auto last = model.find_last_not_of('/'); last != std::string_view::npos)
      return std::string(model.substr(0, last + 1));
  }
  return config::bracketed(url.host);
}

} // namespace meme
