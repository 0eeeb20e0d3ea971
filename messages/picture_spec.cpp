#include "messages/picture_spec.hpp"

#include <rapidjson/writer.h>

#include "messages/text/json_sink.hpp"

namespace meme {

std::string encode_model_request(const picture_spec& spec) {
  std::string out;
  json::string_sink sink(out);
  rapidjson::Writer<json::string_sink> writer(sink);
  writer.StartObject();
  json::put(json::key(writer, "inputs"), spec.inputs);
  json::key(writer, "parameters").StartObject();
  if (spec.negative_prompt)
    json::put(json::key(writer, "negative_prompt"), *spec.negative_prompt);
  if (spec.guidance_scale)
    json::key(writer, "guidance_scale").Double(*spec.guidance_scale);
  if (spec.num_inference_steps)
    json::key(writer, "num_inference_steps").Uint(*spec.num_inference_steps);
  if (spec.seed)
    json::key(writer, "seed").Uint64(*spec.seed);
  if (spec.width)
    json::key(writer, "width").Uint(*spec.width);
  if (spec.height)
    json::key(writer, "height").Uint(*spec.height);
  writer.EndObject();
  writer.EndObject();
  return out;
}

} // namespace meme
