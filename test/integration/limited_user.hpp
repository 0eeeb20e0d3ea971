#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "test/support/json.hpp"

namespace meme::test {

using subjects = std::vector<std::string>;

/// A user of a NATS server who may publish and subscribe as listed.
struct limited_user {
  std::string name;
  subjects publish;
  subjects subscribe;
};

inline subjects joined(subjects first, const subjects& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

inline subjects without(subjects list, const std::string& one) {
  list.erase(std::remove(list.begin(), list.end(), one), list.end());
  return list;
}

/// For a server's configuration. An empty list would permit everything.
inline std::string allow(const subjects& list) {
  std::string result = "{allow: [";
  for (const auto& each : list)
    result += (result.back() == '[' ? "" : ", ") + json_string(each);
  return result + (list.empty() ? "\"nothing\"]}" : "]}");
}

/// Lines of a server's configuration: who gives no name may do everything, the others what they
/// are listed with.
inline std::string users(const std::vector<limited_user>& all) {
  std::string result = "max_payload: 8388608\nno_auth_user: anybody\nauthorization: {users: [\n"
                       "  {user: anybody, password: a}\n";
  for (const auto& each : all)
    result += "  {user: " + each.name + ", password: p, permissions: {publish: "
              + allow(each.publish) + ", subscribe: " + allow(each.subscribe) + "}}\n";
  return result + "]}";
}

/// The server's address for a user of `users`, or another one with a password: `name:password`.
inline std::string as(const std::string& user, std::string url) {
  const auto password = user.find(':') == std::string::npos ? ":p@" : "@";
  return url.insert(url.find("//") + 2, user + password);
}

/// What is refused stands literally in the words, a wildcard's part not.
inline std::string literal(std::string subject) {
  if (subject.back() == '>')
    subject.pop_back();
  return subject;
}

} // namespace meme::test
