#pragma once

#include <string_view>

#include "actors/io/bus.hpp"
#include "messages/outcome.hpp"

namespace meme {

/// The headers of a dead letter: why and when it died, and what is needed to requeue it. Its data
/// are those of the request.
inline io::header_list dead_letter_headers(const answer_header& header, const failure& why,
                                           const std::string& message_key,
                                           std::string_view subject) {
  return {{"Nats-Msg-Id", message_key + ":dead"},
          {"Meme-Request-Id", header.request_id},
          {"Meme-Error-Code", std::string{to_string(why.code)}},
          {"Meme-Reason", why.text},
          {"Meme-Attempts", std::to_string(header.attempts)},
          {"Meme-Subject", std::string{subject}},
          {"Meme-Message-Key", message_key},
          {"Meme-Died-At", std::to_string(header.timestamp_s)}};
}

} // namespace meme
