#include "sketch-server/prompt_request.hpp"

#include <algorithm>
#include <cctype>

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include "sketch-server/json.hpp"
#include "sketch-server/options.hpp"

namespace meme::sketch {

namespace {

using json = rapidjson::Value;

[[noreturn]] void refuse(unsigned status, std::string reason) {
  throw refusal{status, std::move(reason)};
}

/// A member that is there and not null.
const json* find(const json& object, const char* name) {
  const auto member = object.FindMember(name);
  return member == object.MemberEnd() || member->value.IsNull() ? nullptr : &member->value;
}

int read_side(const json& parameters, const char* name, int usual) {
  const auto value = find(parameters, name);
  if (!value)
    return usual;
  if (!value->IsInt() || value->GetInt() < min_side || value->GetInt() > max_side)
    refuse(422, std::string{"Error in `parameters."} + name + "`: takes an integer from "
                    + std::to_string(min_side) + " to " + std::to_string(max_side));
  return value->GetInt();
}

std::uint64_t read_seed(const json& parameters) {
  const auto value = find(parameters, "seed");
  if (!value)
    return 0;
  if (value->IsUint64())
    return value->GetUint64();
  if (!value->IsInt64())
    refuse(422, "Error in `parameters.seed`: takes an integer");
  return static_cast<std::uint64_t>(value->GetInt64());
}

picture_order read(std::string_view body, picture_size usual_size) {
  if (has_long_exponent(body))
    refuse(400, "Failed to parse the request body as JSON: a number is out of range");
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(
      body.data(), body.size());
  if (document.HasParseError())
    refuse(400, std::string{"Failed to parse the request body as JSON: "}
                    + rapidjson::GetParseError_En(document.GetParseError()) + " (at byte "
                    + std::to_string(document.GetErrorOffset()) + ')');
  const std::string wrong_type = "Failed to deserialize the JSON body into the target type: ";
  if (!document.IsObject())
    refuse(422, wrong_type + "expected an object");
  const auto inputs = find(document, "inputs");
  if (!inputs)
    refuse(422, wrong_type + "missing field `inputs`");
  if (!inputs->IsString())
    refuse(422, wrong_type + "inputs: expected a string");

  picture_order order;
  order.prompt = {inputs->GetString(), inputs->GetStringLength()};
  order.size = usual_size;
  const auto parameters = find(document, "parameters");
  if (!parameters)
    return order;
  if (!parameters->IsObject())
    refuse(422, wrong_type + "parameters: expected an object");
  order.size.width = read_side(*parameters, "width", usual_size.width);
  order.size.height = read_side(*parameters, "height", usual_size.height);
  order.seed = read_seed(*parameters);
  return order;
}

} // namespace

std::variant<picture_order, refusal> read_prompt_request(std::string_view body,
                                                         picture_size usual_size) {
  try {
    return read(body, usual_size);
  } catch (refusal& problem) {
    return std::move(problem);
  }
}

picture_format accepted_format(std::string_view accept) {
  std::string lower{accept};
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto jpeg = std::min(lower.find("image/jpeg"), lower.find("image/jpg"));
  const auto png = lower.find("image/png");
  return jpeg < png ? picture_format::jpeg : picture_format::png;
}

} // namespace meme::sketch
