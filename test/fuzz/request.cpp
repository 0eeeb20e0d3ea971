// What a client may send: any bytes. A request that is taken is within the limits, survives being
// written out and read again, and leads to a picture's plan, key and call; a refusal is a line for
// a person, and names only an id and a subject that may be answered to.

#include <cmath>

#include <rapidjson/document.h>

#include "actors/cache/cache_key.hpp"
#include "actors/generator/providers/huggingface.hpp"
#include "actors/ingress/plan.hpp"
#include "messages/request.hpp"
#include "messages/subjects/subject.hpp"
#include "test/fuzz/target.hpp"

namespace meme::fuzz {

namespace {

const request_limits limits;

std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count)
    require(take_code_point(text) != invalid_code_point, "a text taken is valid UTF-8");
  return count;
}

bool within(const std::optional<std::uint32_t>& value, std::uint32_t least, std::uint32_t most) {
  return !value || (*value >= least && *value <= most);
}

void require_within_limits(const meme_request& request) {
  require(is_line(request.id, limits.max_id_chars), "the id is short and printable");
  require(!request.prompt.empty(), "there is a prompt");
  require(characters(request.prompt) <= limits.max_prompt_chars, "the prompt fits");
  require(!contains(request.prompt, {"\0", 1}), "the prompt has no NUL");
  if (request.parameters.negative_prompt)
    require(characters(*request.parameters.negative_prompt) <= limits.max_prompt_chars,
            "the negative prompt fits");
  if (request.parameters.guidance_scale)
    require(*request.parameters.guidance_scale >= 0
                && *request.parameters.guidance_scale <= limits.max_guidance
                && !std::signbit(*request.parameters.guidance_scale),
            "the guidance is in range");
  require(within(request.parameters.num_inference_steps, 1, limits.max_steps),
          "the steps are in range");
  require(within(request.parameters.width, limits.min_side, limits.max_side),
          "the width is in range");
  require(within(request.parameters.height, limits.min_side, limits.max_side),
          "the height is in range");
  require(request.reply_to.empty() || valid_reply_subject(request.reply_to),
          "the answer may be published there");
}

void check_plan(const meme_request& request, const model_address& fast) {
  plan_options options;
  options.normal = model_address{config::http_url{"https://model.test/models/a/b"}};
  options.fast = fast;
  options.prompt_template = "{prompt}, as a meme of {prompt}";
  const auto spec = plan_picture(request, options);
  require(spec.inputs == request.prompt + ", as a meme of " + request.prompt,
          "the prompt is taken as it is");
  const auto key = cache_key(spec);
  require(key.size() == 72 && key.compare(0, 8, "meme:v1:") == 0
              && key.find_first_not_of("0123456789abcdef", 8) == key.npos,
          "the key is one");
  auto other = spec;
  other.inputs += '.';
  require(cache_key(other) != key, "another picture has another key");
  const auto call = huggingface_provider{"hf_secret"}.build_request(spec).body;
  rapidjson::Document json;
  json.Parse<rapidjson::kParseValidateEncodingFlag>(call.data(), call.size());
  require(!json.HasParseError(), "the call is JSON");
  const auto& inputs = json["inputs"];
  require(std::string_view(inputs.GetString(), inputs.GetStringLength()) == spec.inputs,
          "the call says what is planned");
}

void check_accepted(const meme_request& request) {
  require_within_limits(request);
  request_limits wide;
  wide.max_bytes *= 8; // escapes are longer than what they stand for
  const auto again = parse_request(encode_request(request), wide);
  require(std::holds_alternative<meme_request>(again), "what was taken is taken again");
  require(std::get<meme_request>(again) == request, "and says the same");
  check_plan(request, {});
  check_plan(request, model_address{config::http_url{"https://fast.test/"}});
}

void check_refused(const bad_request& refused, std::size_t size) {
  require(!refused.error.empty() && is_line(refused.error, 300), "the error is a line");
  require(is_line(refused.id, limits.max_id_chars), "the id is short and printable");
  require(refused.reply_to.empty() || valid_reply_subject(refused.reply_to),
          "the answer may be published there");
  require((refused.code == error_code::request_too_large) == (size > limits.max_bytes),
          "too large is what is larger than the limit");
}

} // namespace

} // namespace meme::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meme;
  const auto result = parse_request(fuzz::text_of(data, size), fuzz::limits);
  if (const auto* request = std::get_if<meme_request>(&result))
    fuzz::check_accepted(*request);
  else
    fuzz::check_refused(std::get<bad_request>(result), size);
  return 0;
}
