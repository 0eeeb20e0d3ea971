#pragma once

#include <string>

#include "messages/interfaces.hpp"

namespace meme {

/// The headers of a result or an error; a stream may keep both, and the copy for reply_to too.
inline header_list answer_headers(const answer& what, bool is_error, bool is_copy) {
  header_list result{{"Nats-Msg-Id", what.message_key + (is_error ? ":error" : ":result")
                                         + (is_copy ? ":reply" : "")}};
  if (!what.traceparent.empty())
    result.emplace_back("traceparent", what.traceparent);
  return result;
}

/// The headers of a dead letter: why and when it died, and what is needed to requeue it. Its data
/// are those of the request. The answer is a failure and has the request.
inline header_list dead_letter_headers(const answer& what) {
  auto& why = std::get<failure>(what.result);
  header_list result{{"Nats-Msg-Id", what.message_key + ":dead"},
                     {"Meme-Request-Id", what.header.request_id},
                     {"Meme-Error-Code", std::string{to_string(why.code)}},
                     {"Meme-Reason", why.text},
                     {"Meme-Attempts", std::to_string(what.header.attempts)},
                     {"Meme-Subject", std::string{what.dead_letter->subject()}},
                     {"Meme-Message-Key", what.message_key},
                     {"Meme-Died-At", std::to_string(what.header.timestamp_s)}};
  if (!what.traceparent.empty())
    result.emplace_back("traceparent", what.traceparent);
  if (!what.reply_to.empty())
    result.emplace_back("Meme-Reply-To", what.reply_to);
  return result;
}

} // namespace meme
