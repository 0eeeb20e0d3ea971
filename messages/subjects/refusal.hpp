#pragma once

#include <string>
#include <string_view>

namespace meme {

/// What a NATS server does not permit.
struct refusal {
  bool to_subscribe = false; ///< else to publish
  std::string_view subject;  ///< empty: the words are no refusal
};

/// Reads a server's words `Permissions Violation for Publish to "subject"`, or `… for Subscription
/// to "subject"`. The library cuts long words: then the last quote is missing.
inline refusal read_refusal(std::string_view words) {
  refusal result;
  for (std::string_view begin : {"Permissions Violation for Publish to \"",
                                 "Permissions Violation for Subscription to \""}) {
    if (auto at = words.find(begin); at != std::string_view::npos) {
      auto subject = words.substr(at + begin.size());
      result.subject = subject.substr(0, subject.find('"'));
      return result;
    }
    result.to_subscribe = true;
  }
  return {};
}

/// The subject that the server does not permit to publish on; empty where the words are others.
inline std::string_view refused_subject(std::string_view words) {
  auto result = read_refusal(words);
  return result.to_subscribe ? std::string_view{} : result.subject;
}

/// The refusal in words of ours; empty where the words are others.
inline std::string describe_refusal(std::string_view words) {
  auto [to_subscribe, subject] = read_refusal(words);
  if (subject.empty())
    return {};
  return std::string{"the NATS server does not permit to "}
         + (to_subscribe ? "subscribe to " : "publish on ") + std::string{subject};
}

} // namespace meme
