#include "actors/io/log.hpp"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <ctime>
#include <memory>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <spdlog/details/console_globals.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include "actors/io/line_writer.hpp"
#include "messages/text/printable.hpp"

namespace meme::log {

namespace {

constexpr spdlog::level::level_enum levels[] = {spdlog::level::trace, spdlog::level::debug,
                                                spdlog::level::info,  spdlog::level::warn,
                                                spdlog::level::err,   spdlog::level::off};

constexpr const char* names[] = {"trace", "debug", "info", "warning", "error", "off"};

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
  auto text = [&out](std::string_view bytes) {
    const auto clean = printable(bytes);
    out.String(clean.data(), static_cast<rapidjson::SizeType>(clean.size()));
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
  auto line =
      fmt::format("{} {:<7} {}", timestamp(), names[static_cast<int>(of)], printable(message));
  for (auto& each : more) {
    struct {
      std::string operator()(std::string_view v) const { return printable_field(v); }
      std::string operator()(std::int64_t v) const { return fmt::format("{}", v); }
      std::string operator()(std::uint64_t v) const { return fmt::format("{}", v); }
      std::string operator()(double v) const { return fmt::format("{}", v); }
      std::string operator()(bool v) const { return fmt::format("{}", v); }
    } visitor;
    line += fmt::format(" {}={}", each.key, std::visit(visitor, each.value));
  }
  return line;
}

/// Standard error, without waiting for its reader. The lock is spdlog's own.
class stderr_sink final : public spdlog::sinks::base_sink<spdlog::details::console_mutex::mutex_t> {
public:
  explicit stderr_sink(io::line_writer::notice notice)
      : writer_(STDERR_FILENO, std::move(notice)) {}

  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    line_.assign(message.payload.data(), message.payload.size());
    line_ += '\n';
    writer_.write(line_);
    dropped_.store(writer_.dropped(), std::memory_order_relaxed);
  }
  void flush_() override {}

  io::line_writer writer_;
  std::string line_;
  std::atomic<std::uint64_t> dropped_{0};
};

struct state {
  std::shared_ptr<stderr_sink> sink;
  spdlog::logger logger{"meme", sink};
  bool json = true;
};

std::string format(level of, std::string_view message, fields more);

state& global() {
  static state instance{std::make_shared<stderr_sink>([](std::uint64_t count) {
    return format(level::warning, "log lines were dropped, their reader was too slow",
                  {{"lines", count}})
           + '\n';
  })};
  return instance;
}

std::string format(level of, std::string_view message, fields more) {
  return global().json ? as_json(of, message, more) : as_text(of, message, more);
}

} // namespace

void start(level least, bool json) {
  global().json = json;
  global().logger.set_level(levels[static_cast<int>(least)]);
}

bool enabled(level of) {
  return global().logger.should_log(levels[static_cast<int>(of)]);
}

void write(level of, std::string_view message, fields more) {
  if (enabled(of))
    global().logger.log(levels[static_cast<int>(of)], "{}", format(of, message, more));
}

std::uint64_t dropped_lines() {
  return global().sink->dropped();
}

} // namespace meme::log
