#include "sketch-server/model.hpp"

#include "sketch-server/prompt_request.hpp"

namespace meme::sketch {

model::model(const options& settings)
    : settings_{settings}, plan_{settings.fault_plan}, dice_{settings.seed} {}

std::variant<accepted_call, reply> model::receive(const call_request& request) {
  static const auto no_fault = std::make_shared<const action>();
  if (!settings_.token.empty() && request.authorization != "Bearer " + settings_.token)
    return error_reply(401, "Invalid credentials in Authorization header");
  auto read = read_prompt_request(request.body, settings_.size);
  if (const auto problem = std::get_if<refusal>(&read))
    return error_reply(problem->status, problem->reason);

  auto& order = std::get<picture_order>(read);
  if (settings_.admin) // nobody could ask for them otherwise, and they would pile up
    counts_.count_prompt(order.prompt);
  const auto in_flight = counts_.in_flight();
  auto does = plan_.decide(order.prompt, in_flight == 0 ? 0 : in_flight - 1);
  if (does)
    counts_.count_fault();
  else
    does = no_fault;
  const auto picture = std::get_if<send_picture>(&does->what);
  if (picture && picture->jpeg)
    order.format = picture_format::jpeg;
  else if (!settings_.fixed_bytes) // only PNGs are of an exact length
    order.format = accepted_format(request.accept);
  const auto latency = does->latency ? *does->latency : next_latency();
  return accepted_call{std::move(order), std::move(does), latency};
}

void model::reset() {
  plan_ = {};
  counts_.reset();
  dice_ = random_source{settings_.seed};
}

std::chrono::milliseconds model::next_latency() {
  const auto spread = static_cast<std::size_t>(settings_.jitter.count()) + 1;
  return settings_.latency + std::chrono::milliseconds{dice_.index(spread)};
}

} // namespace meme::sketch
