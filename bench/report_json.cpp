#include <cmath>

#include <rapidjson/document.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include "bench/report.hpp"

namespace meme::bench {

namespace {

using json_writer = rapidjson::PrettyWriter<rapidjson::StringBuffer>;

void put_figure(json_writer& out, const std::string& name, double value) {
  out.Key(name.c_str());
  if (std::isfinite(value))
    out.Double(value);
  else
    out.Null();
}

void put_result(json_writer& out, const result& each) {
  out.StartObject();
  out.Key("name");
  out.String(each.name.c_str());
  figures names;
  out.Key("rounds");
  out.StartArray();
  for (const auto& round : each.rounds) {
    out.StartObject();
    for (const auto& [name, value] : round)
      put_figure(out, name, value);
    out.EndObject();
    names.insert(round.begin(), round.end());
  }
  out.EndArray();
  out.Key("medians");
  out.StartObject();
  for (const auto& [name, any] : names)
    put_figure(out, name, each.median(name));
  out.EndObject();
  out.EndObject();
}

} // namespace

std::string to_json(const std::vector<result>& results, const effort& much) {
  rapidjson::StringBuffer buffer;
  json_writer out{buffer};
  out.SetIndent(' ', 1);
  out.SetMaxDecimalPlaces(4);
  out.StartObject();
  out.Key("machine");
  out.String(describe_machine().c_str());
  out.Key("rounds");
  out.Uint64(much.rounds);
  out.Key("quick");
  out.Bool(much.quick);
  out.Key("cases");
  out.StartArray();
  for (const auto& each : results)
    put_result(out, each);
  out.EndArray();
  out.EndObject();
  return std::string{buffer.GetString()} + "\n";
}

std::vector<result> from_json(const std::string& text) {
  rapidjson::Document document;
  document.Parse(text.c_str());
  std::vector<result> all;
  if (document.HasParseError() || !document.IsObject() || !document.HasMember("cases"))
    return all;
  for (const auto& each : document["cases"].GetArray()) {
    result one{each["name"].GetString(), {}};
    for (const auto& round : each["rounds"].GetArray()) {
      figures found;
      for (const auto& [name, value] : round.GetObject())
        if (value.IsNumber())
          found[name.GetString()] = value.GetDouble();
      one.rounds.push_back(std::move(found));
    }
    all.push_back(std::move(one));
  }
  return all;
}

} // namespace meme::bench
