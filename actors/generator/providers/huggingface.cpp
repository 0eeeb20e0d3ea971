#include "actors/generator/providers/huggingface.hpp"

#include <rapidjson/writer.h>

#include "actors/generator/providers/model_failure.hpp"
#include "messages/text/json_sink.hpp"

namespace meme {

namespace {

std::string encode_body(const picture_spec& spec) {
  std::string out;
  json::string_sink sink(out);
  rapidjson::Writer<json::string_sink> writer(sink);
  writer.StartObject();
  json::put(json::key(writer, "inputs"), spec.inputs);
  json::key(writer, "parameters").StartObject();
  for_each_parameter(spec.parameters, [&](const auto& field, const auto& value) {
    if (value)
      json::put_value(json::key(writer, field.name), *value);
  });
  writer.EndObject();
  writer.EndObject();
  return out;
}

} // namespace

io::http_request huggingface_provider::build_request(const picture_spec& spec) const {
  io::http_request request;
  request.url = spec.url;
  request.headers = {"Authorization: Bearer " + token_, "Accept: " + spec.accept,
                     "Content-Type: application/json"};
  request.body = encode_body(spec);
  return request;
}

model_verdict huggingface_provider::read_reply(io::http_reply& reply,
                                               std::int64_t unix_time_s) const {
  if (reply.error != io::transfer_error::none)
    return judge_transfer(reply, token_);
  if (is_success(reply.status))
    return judge_picture(reply, token_);
  return judge_refusal(reply, token_, unix_time_s);
}

} // namespace meme
