#include "actors/metrics/status_server.hpp"

#include <fcntl.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <prometheus/text_serializer.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "actors/base/resilience.hpp"
#include "messages/text/printable.hpp"

namespace meme {

namespace {

/// The supervisor, on the scheduler that does all the work, is heard every few seconds. When it has
/// not been for so long, the process is stuck.
constexpr auto max_silence = std::chrono::seconds{60};

constexpr const char* json_type = "application/json";

/// Where descriptors are few, no more than a quarter of them are for the pages.
io::server_connection_limits limits_for_pages() {
  io::server_connection_limits limits;
  rlimit allowed{};
  if (::getrlimit(RLIMIT_NOFILE, &allowed) == 0)
    limits.total = std::clamp<std::size_t>(allowed.rlim_cur / 4, 8, limits.total);
  limits.per_address = limits.total / 2;
  return limits;
}

} // namespace

status_server::status_server(caf::actor_config& actor, status_server_config config)
    : loop_actor(actor), config_(std::move(config)) {
  install_handlers(this, name());
  parts_["nats"] = {"nats", false, "not connected to NATS yet"};
  parts_["consumer"] = {"consumer", false, "the consumer is not bound yet"};
  parts_["actors"] = {"actors", false, "starting"};
}

status_server::behavior_type status_server::make_behavior() {
  io::unique_fd own{::fcntl(config_.listener->get(), F_DUPFD_CLOEXEC, 0)};
  if (!own)
    throw std::system_error(errno, std::generic_category(), "the pages' socket");
  server_ = std::make_unique<io::http_server>(
      loop(), std::move(own), [this](const io::server_request& request) { return serve(request); },
      limits_for_pages());
  last_beat_ = clock().now();
  return {
      [this](peers_ptr& next) { peers_ = std::move(next); },
      [this](measure_mailbox order) { report_mailbox(this, order); },
      [this](health& part) {
        last_beat_ = clock().now();
        parts_[part.part] = std::move(part);
      },
  };
}

void status_server::on_exit() {
  server_.reset();
  peers_.reset(); // it holds a reference to this actor
}

io::server_response status_server::serve(const io::server_request& request) {
  auto is_get = request.method == "GET" || request.method == "HEAD";
  if (is_get && request.path == "/metrics")
    return metrics();
  if (is_get && request.path == "/livez")
    return liveness();
  if (is_get && (request.path == "/readyz" || request.path == "/healthz"))
    return readiness();
  if (request.method == "POST" && request.path == "/chaos/kill" && config_.chaos)
    return kill(request.argument);
  if (request.method == "POST" && request.path == "/chaos/mute" && config_.chaos)
    return mute(request.argument);
  return {404, json_type, R"({"error":"not found"})"};
}

io::server_response status_server::metrics() const {
  auto text = prometheus::TextSerializer{}.Serialize(config_.metrics->collect());
  return {200, "text/plain; version=0.0.4; charset=utf-8", std::move(text)};
}

io::server_response status_server::liveness() const {
  if (const_cast<status_server*>(this)->clock().now() - last_beat_ < max_silence)
    return {200, json_type, R"({"live":true})"};
  return {503, json_type, R"({"live":false,"reason":"the supervisor is silent"})"};
}

io::server_response status_server::readiness() const {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> out{buffer};
  auto ready = true;
  for (auto& [part, state] : parts_)
    ready = ready && state.well;
  out.StartObject();
  out.Key("ready");
  out.Bool(ready);
  if (!ready) {
    out.Key("reasons");
    out.StartObject();
    for (auto& [part, state] : parts_) {
      if (state.well)
        continue;
      out.Key(part.c_str());
      const auto reason = printable(state.reason); // may quote a server
      out.String(reason.data(), static_cast<rapidjson::SizeType>(reason.size()));
    }
    out.EndObject();
  }
  out.EndObject();
  return {ready ? 200U : 503U, json_type, {buffer.GetString(), buffer.GetSize()}};
}

io::server_response status_server::kill(const std::string& actor) {
  if (auto child = parse_child(actor); child && peers_->supervisor)
    send(peers_->supervisor, kill_child{*child});
  return {202, json_type, R"({"killed":true})"};
}

io::server_response status_server::mute(const std::string& actor) {
  if (auto child = parse_child(actor); child && peers_->supervisor)
    send(peers_->supervisor, mute_child{*child});
  return {202, json_type, R"({"muted":true})"};
}

status_server_actor spawn_status_server(caf::local_actor* parent, status_server_config config) {
  return parent->spawn<status_server, caf::detached>(std::move(config));
}

} // namespace meme
