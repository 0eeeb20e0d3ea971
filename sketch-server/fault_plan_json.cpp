// The JSON form of a fault plan. Its grammar is in README.md.

#include <algorithm>
#include <cctype>
#include <limits>
#include <ostream> // Boost 1.74 forgets it in status.hpp

#include <boost/beast/http/status.hpp>
#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include "sketch-server/fault_plan.hpp"
#include "sketch-server/json.hpp"

namespace meme::sketch {

namespace {

using json = rapidjson::Value;

constexpr std::uint64_t max_interval_ms = 3'600'000;
constexpr std::uint64_t max_bytes = 1 << 30;

/// The parts of a rule that together make its action.
struct draft {
  rule result;
  action does;
  std::optional<unsigned> status;
  std::optional<std::string> body;
  bool body_is_json = false;
  int bodies = 0;     ///< how many of the things that stand for a whole answer it names
  int deliveries = 0; ///< how many ways to deliver it names
  int changes = 0;    ///< how many other things it does to an answer
};

[[noreturn]] void fail(const std::string& reason) {
  throw bad_plan{reason};
}

std::uint64_t number(const json& value, const char* name, std::uint64_t low, std::uint64_t high) {
  if (!value.IsUint64() || value.GetUint64() < low || value.GetUint64() > high)
    fail(std::string{name} + " takes a number from " + std::to_string(low) + " to "
         + std::to_string(high));
  return value.GetUint64();
}

std::string text(const json& value, const char* name) {
  if (!value.IsString())
    fail(std::string{name} + " takes a string");
  return {value.GetString(), value.GetStringLength()};
}

bool flag(const json& value, const char* name) {
  if (!value.IsTrue())
    fail(std::string{name} + " takes true");
  return true;
}

/// A value for an HTTP header: printable, for a line break would let a plan write any header.
std::string header_text(const json& value, const char* name) {
  auto result = text(value, name);
  if (std::any_of(result.begin(), result.end(),
                  [](unsigned char c) { return c < 0x20 || c == 0x7F; }))
    fail(std::string{name} + " takes printable characters");
  return result;
}

void read_calls(draft& target, const json& value) {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  if (!value.IsArray() || value.Size() != 2)
    fail("calls takes [from, to]");
  target.result.from = number(value[0], "calls", 1, most);
  target.result.to = number(value[1], "calls", 1, most);
  if (target.result.from > target.result.to)
    fail("calls takes [from, to], from not greater than to");
}

void read_status(draft& target, const json& value) {
  target.status = static_cast<unsigned>(number(value, "status", 200, 599));
  if (target.status == 204u || target.status == 304u)
    fail("status 204 and 304 have no body: use empty");
}

void read_headers(draft& target, const json& value) {
  if (!value.IsObject())
    fail("headers takes an object of strings");
  for (const auto& [name, content] : value.GetObject()) {
    const auto key = text(name, "headers");
    const auto is_name = [](unsigned char c) {
      return std::isalnum(c) != 0 || c == '-' || c == '_';
    };
    if (key.empty() || !std::all_of(key.begin(), key.end(), is_name))
      fail("headers: \"" + key + "\" is no name of a header");
    target.does.headers.emplace_back(key, header_text(content, "headers"));
  }
  ++target.changes;
}

void read_trickle(draft& target, const json& value) {
  if (!value.IsObject() || value.MemberCount() != 2 || !value.HasMember("bytes")
      || !value.HasMember("interval_ms"))
    fail("trickle takes {\"bytes\": N, \"interval_ms\": M}");
  const auto pause = number(value["interval_ms"], "interval_ms", 0, max_interval_ms);
  target.does.how = deliver_trickle{number(value["bytes"], "bytes", 1, max_bytes),
                                    std::chrono::milliseconds{pause}};
  ++target.deliveries;
}

/// Every name that a rule may have.
struct field {
  std::string_view name;
  void (*read)(draft& target, const json& value);
};

constexpr field fields[] = {
    {"match", [](draft& to, const json& value) { to.result.match = text(value, "match"); }},
    {"calls", read_calls},
    {"every",
     [](draft& to, const json& value) { to.result.every = number(value, "every", 1, UINT32_MAX); }},
    {"while_busy",
     [](draft& to, const json& value) {
       to.result.while_busy = number(value, "while_busy", 1, UINT32_MAX);
     }},
    {"status", read_status},
    {"headers", read_headers},
    {"body",
     [](draft& to, const json& value) {
       to.body = text(value, "body");
       ++to.bodies;
     }},
    {"body_json",
     [](draft& to, const json& value) {
       to.body = json_text(value);
       to.body_is_json = true;
       ++to.bodies;
     }},
    {"html",
     [](draft& to, const json& value) {
       flag(value, "html");
       to.body = "<!DOCTYPE html>\n<html><head><title>Bad gateway</title></head>"
                 "<body><h1>Something went wrong</h1></body></html>\n";
       ++to.bodies;
     }},
    {"empty",
     [](draft& to, const json& value) {
       flag(value, "empty");
       to.body = "";
       ++to.bodies;
     }},
    {"jpeg",
     [](draft& to, const json& value) {
       to.does.what = send_picture{flag(value, "jpeg")};
       ++to.bodies;
     }},
    {"hang",
     [](draft& to, const json& value) {
       flag(value, "hang");
       to.does.what = hang{};
       ++to.bodies;
     }},
    {"reset",
     [](draft& to, const json& value) {
       flag(value, "reset");
       to.does.what = reset{};
       ++to.bodies;
     }},
    {"trickle", read_trickle},
    {"cut",
     [](draft& to, const json& value) {
       to.does.how = deliver_cut{number(value, "cut", 0, max_bytes)};
       ++to.deliveries;
     }},
    {"truncate",
     [](draft& to, const json& value) {
       to.does.truncate = number(value, "truncate", 0, max_bytes);
       ++to.changes;
     }},
    {"latency_ms",
     [](draft& to, const json& value) {
       to.does.latency = std::chrono::milliseconds{number(value, "latency_ms", 0, max_interval_ms)};
     }},
    {"gzip",
     [](draft& to, const json& value) {
       to.does.gzip = flag(value, "gzip");
       ++to.changes;
     }},
    {"redirect",
     [](draft& to, const json& value) {
       to.does.redirect = static_cast<unsigned>(number(value, "redirect", 300, 308));
       ++to.changes;
     }},
    {"content_type",
     [](draft& to, const json& value) {
       to.does.content_type = header_text(value, "content_type");
       ++to.changes;
     }},
};

std::string guess_content_type(const draft& from) {
  const auto first = from.body ? from.body->substr(0, 1) : "";
  if (from.body_is_json || !from.body || first == "{" || first == "[")
    return "application/json";
  return first == "<" ? "text/html; charset=utf-8" : "text/plain; charset=utf-8";
}

/// Checks that the parts go together, and puts them together.
rule assemble(draft from) {
  const auto is_silent =
      std::holds_alternative<hang>(from.does.what) || std::holds_alternative<reset>(from.does.what);
  if (from.bodies > 1)
    fail("has more than one of body, body_json, html, empty, jpeg, hang, reset");
  if (from.deliveries > 1)
    fail("has both trickle and cut");
  if (is_silent && (from.status || from.deliveries + from.changes > 0))
    fail("answers nothing (hang, reset) and yet says how");
  if (from.status && !from.body && from.bodies > 0)
    fail("has a status for a picture: it needs a body");
  if (from.status && *from.status < 300 && !from.body)
    fail("has a status of success without a body");
  if (!from.status && !from.does.latency && from.bodies + from.deliveries + from.changes == 0)
    fail("says nothing to do");
  if (from.status || from.body) {
    const auto status = from.status.value_or(200);
    const auto reason =
        boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(status));
    from.does.what = send_text{status, guess_content_type(from),
                               from.body.value_or(error_json({reason.data(), reason.size()}))};
  }
  from.result.does = std::make_shared<const action>(std::move(from.does));
  return std::move(from.result);
}

rule read_rule(const json& value) {
  if (!value.IsObject())
    fail("is no object");
  draft target;
  for (const auto& [name, content] : value.GetObject()) {
    const std::string_view key{name.GetString(), name.GetStringLength()};
    const auto known = std::find_if(std::begin(fields), std::end(fields),
                                    [&](const field& one) { return one.name == key; });
    if (known == std::end(fields))
      fail("does not know \"" + std::string{key} + '"');
    known->read(target, content);
  }
  return assemble(std::move(target));
}

} // namespace

fault_plan::fault_plan(std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == text.npos)
    return;
  if (has_long_exponent(text))
    throw bad_plan{"a fault plan is JSON: a number is out of range"};
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(
      text.data(), text.size());
  if (document.HasParseError())
    throw bad_plan{"a fault plan is JSON: "
                   + std::string{rapidjson::GetParseError_En(document.GetParseError())}
                   + " (at byte " + std::to_string(document.GetErrorOffset()) + ')'};
  if (!document.IsArray())
    throw bad_plan{"a fault plan is a list of rules"};
  for (const auto& value : document.GetArray())
    try {
      rules_.push_back(read_rule(value));
    } catch (const bad_plan& problem) {
      throw bad_plan{"rule " + std::to_string(rules_.size() + 1) + ": " + problem.what()};
    }
}

} // namespace meme::sketch
