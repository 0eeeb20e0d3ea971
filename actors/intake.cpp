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

intake read_intake(const io::bus_message& message, std::uint64_t stream_sequence,
                   const config::options& options) {
  auto& limits = options.ingress.limits;
  intake result;
  if (auto trace = message.header("traceparent"); trace.size() <= max_traceparent)
    result.traceparent = std::move(trace);
  auto allowed = [&](const std::string& subject) {
    return valid_reply_subject(subject) && !is_own(subject, options.nats);
  };
  auto id_or_derived = [&](std::string& own) {
    if (!own.empty())
      return std::move(own);
    // A dead letter that was queued again without an id of its own keeps the one it had.
    auto header = message.header("Meme-Request-Id");
    return valid_request_id(header, limits)
               ? header
               : options.nats.stream + "-" + std::to_string(stream_sequence);
  };
  auto reply_header = message.header("Meme-Reply-To");
  auto parsed = parse_request(message.data(), limits);
  if (auto* bad = std::get_if<bad_request>(&parsed)) {
    result.request_id = id_or_derived(bad->id);
    auto& reply = bad->reply_to.empty() ? reply_header : bad->reply_to;
    if (allowed(reply))
      result.reply_to = std::move(reply);
    result.request = failure{bad->code, std::move(bad->error)};
    return result;
  }
  auto& wanted = std::get<meme_request>(parsed);
  result.request_id = id_or_derived(wanted.id);
  result.prompt = wanted.prompt;
  auto& reply = wanted.reply_to.empty() ? reply_header : wanted.reply_to;
  if (!reply.empty() && !allowed(reply)) {
    result.request = failure{error_code::bad_request,
                             "reply_to must be a subject without wildcards and without $, and none "
                             "of the service's own"};
    return result;
  }
  result.reply_to = std::move(reply);
  result.request = std::move(wanted);
  return result;
}

} // namespace meme
