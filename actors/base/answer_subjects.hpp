#pragma once

#include <string>
#include <string_view>

#include "config/options.hpp"
#include "messages/subjects/refusal.hpp"

namespace meme {

/// Where errors are published.
inline std::string error_subject(const config::nats_options& nats) {
  return nats.response_subject + ".error";
}

/// Whether the server's `refusal` is of something without which no request can be answered. A
/// request's reply_to is not, nor is what only provisioning needs.
inline bool is_vital(const config::nats_options& nats, std::string_view refusal) {
  const auto subject = refused_subject(refusal);
  const auto begins = [&](std::string_view prefix) {
    return subject.substr(0, prefix.size()) == prefix;
  };
  return subject == nats.response_subject || subject == error_subject(nats)
         || subject == nats.dead_subject || begins("$JS.ACK.")
         || begins("$JS.API.CONSUMER.MSG.NEXT.");
}

/// Whether the refusal is of what the publisher tries out when a connection comes up.
inline bool is_probe(std::string_view refusal) {
  const auto subject = refused_subject(refusal);
  const auto at = subject.rfind(".probe.");
  return at != subject.npos && at + std::string_view{".probe.0"}.size() == subject.size();
}

} // namespace meme
