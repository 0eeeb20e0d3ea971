#pragma once

#include <string_view>

namespace meme::policy {

/// The subject in a NATS server's words `Permissions Violation for Publish to "subject"`; empty
/// where they are others.
inline std::string_view refused_subject(std::string_view words) {
  constexpr std::string_view begin = "Permissions Violation for Publish to \"";
  auto at = words.find(begin);
  if (at == std::string_view::npos)
    return {};
  auto subject = words.substr(at + begin.size());
  return subject.substr(0, subject.find('"'));
}

} // namespace meme::policy
