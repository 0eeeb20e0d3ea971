#include "actors/io/log.hpp"

#include <chrono>
#include <ctime>
#include <memory>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace meme::log {

namespace {

constexpr spdlog::level::level_enum levels[] = {spdlog::level::trace, spdlog::level::debug,
                                                spdlog::level::info,  spdlog::level::warn,
                                                spdlog::level::err,   spdlog::level::off};

constexpr const char* names[] = {"trace", "debug", "info", "warning", "error", "off"};

struct state {
  std::shared_ptr<spdlog::logger> logger;
  bool json = true;
};

state& global() {
  static state instance{spdlog::stderr_logger_mt("meme"), true};
  return instance;
}

/// UTC with milliseconds, RFC 3339.
std::string timestamp() {
  auto now = std::chrono::system_clock::now();
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  auto seconds = static_cast<std::time_t>(ms / 1'000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  auto length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  return fmt::format("{}.{:03}Z", std::string_view{text, length}, ms % 1'000);
}

std::string as_json(level of, std::string_view message, fields more) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> out{buffer};
  auto text = [&out](std::string_view s) {
    out.String(s.data(), static_cast<rapidjson::SizeType>(s.size()));
  };
  out.StartObject();
  out.Key("time");
  text(timestamp());
  out.Key("level");
  text(names[static_cast<int>(of)]);
  out.Key("msg");
  text(message);
  for (auto& each : more) {
    out.Key(each.key.data(), static_cast<rapidjson::SizeType>(each.key.size()));
    struct {
      decltype(out)& to;
      decltype(text)& put;
      void operator()(std::string_view v) const { put(v); }
      void operator()(std::int64_t v) const { to.Int64(v); }
      void operator()(std::uint64_t v) const { to.Uint64(v); }
      void operator()(double v) const { to.Double(v); }
      void operator()(bool v) const { to.Bool(v); }
    } visitor{out, text};
    std::visit(visitor, each.value);
  }
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

std::string as_text(level of, std::string_view message, fields more) {
  auto line = fmt::format("{} {:<7} {}", timestamp(), names[static_cast<int>(of)], message);
  for (auto& each : more)
    std::visit([&](auto& v) { line += fmt::format(" {}={}", each.key, v); }, each.value);
  return line;
}

} // namespace

void start(level least, bool json) {
  global().json = json;
  global().logger->set_pattern("%v");
  global().logger->set_level(levels[static_cast<int>(least)]);
}

bool enabled(level of) {
  return global().logger->should_log(levels[static_cast<int>(of)]);
}

void write(level of, std::string_view message, fields more) {
  if (enabled(of))
    global().logger->log(levels[static_cast<int>(of)], "{}",
                         global().json ? as_json(of, message, more) : as_text(of, message, more));
}

} // namespace meme::log
