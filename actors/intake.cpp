#include "actors/intake.hpp"

namespace meme {

namespace {

/// W3C Trace Context's has 55 characters; a later version's may have more.
constexpr std::size_t max_traceparent = 128;

/// Whether answers on `subject` would go to the service itself, or to what others listen on.
bool is_own(const std::string& subject, const config::nats_options& nats) {
  auto inside = [&](const std::string& parent) {
    return subject == parent || subject.rfind(parent + ".", 0) == 0;
  };
  return inside(nats.request_subject) || inside(nats.response_subject) || inside(nats.dead_subject);
}

} // namespace

intake read_intake(const io::bus_message& message, std::string derived_id,
                   const config::options& options) {
  auto& limits = options.ingress.limits;
  intake result;
  if (auto trace = message.header("traceparent"); trace.size() <= max_traceparent)
    result.traceparent = std::move(trace);
  auto allowed = [&](const std::string& subject) {
    return valid_reply_subject(subject) && !is_own(subject, options.nats);
  };
  // A dead letter that was queued again without an id of its own keeps the one it had.
  if (auto header = message.header("Meme-Request-Id"); valid_request_id(header, limits))
    derived_id = std::move(header);
  auto reply_header = message.header("Meme-Reply-To");
  auto parsed = parse_request(message.data(), limits);
  if (auto* bad = std::get_if<bad_request>(&parsed)) {
    result.request_id = bad->id.empty() ? std::move(derived_id) : std::move(bad->id);
    auto& reply = bad->reply_to.empty() ? reply_header : bad->reply_to;
    if (allowed(reply))
      result.reply_to = std::move(reply);
    result.request = failure{bad->code, std::move(bad->error)};
    return result;
  }
  auto& wanted = std::get<meme_request>(parsed);
  result.request_id = wanted.id.empty() ? std::move(derived_id) : wanted.id;
  result.prompt = wanted.prompt;
  auto& reply = wanted.reply_to.empty() ? reply_header : wanted.reply_to;
  if (!reply.empty() && !allowed(reply)) {
    result.request = failure{error_code::bad_request,
                             "reply_to must be a subject without wildcards and without $, and none "
                             "of the service's own"};
    return result;
  }
  result.reply_to = reply;
  result.request = std::move(wanted);
  return result;
}

std::string derived_request_id(const std::string& stream, std::uint64_t stream_sequence) {
  return stream + "-" + std::to_string(stream_sequence);
}

} // namespace meme
