#include "actors/ingress/request_decoder.hpp"

#include "config/own_subjects.hpp"
#include "messages/trace_context.hpp"

namespace meme {

publish_rules make_publish_rules(const config::nats_options& nats) {
  return {config::own_subjects_of(nats), reply_filters(nats.reply_subjects, nats.inbox_prefix)};
}

intake read_intake(const bus_message& message, std::uint64_t stream_sequence,
                   const std::string& stream, const request_limits& limits,
                   const publish_rules& rules) {
  intake result;
  if (auto trace = message.header("traceparent"); is_traceparent(trace))
    result.traceparent = std::move(trace);
  auto id_or_derived = [&](std::string& own) {
    if (!own.empty())
      return std::move(own);
    // A dead letter that was queued again without an id of its own keeps the one it had.
    auto header = message.header("Meme-Request-Id");
    return valid_request_id(header, limits) ? header
                                            : stream + "-" + std::to_string(stream_sequence);
  };
  auto reply_header = message.header("Meme-Reply-To");
  auto parsed = parse_request(message.data(), limits);
  if (auto* bad = std::get_if<bad_request>(&parsed)) {
    result.request_id = id_or_derived(bad->id);
    auto& reply = bad->reply_to.empty() ? reply_header : bad->reply_to;
    if (rules.reply_refusal(reply).empty())
      result.reply_to = std::move(reply);
    result.request = failure{bad->code, std::move(bad->error)};
    return result;
  }
  auto& wanted = std::get<meme_request>(parsed);
  result.request_id = id_or_derived(wanted.id);
  result.prompt = wanted.prompt;
  auto& reply = wanted.reply_to.empty() ? reply_header : wanted.reply_to;
  if (auto refusal = reply.empty() ? std::string{} : rules.reply_refusal(reply); !refusal.empty()) {
    result.request = failure{error_code::bad_request, "reply_to " + refusal};
    return result;
  }
  result.reply_to = std::move(reply);
  result.request = std::move(wanted);
  return result;
}

} // namespace meme
