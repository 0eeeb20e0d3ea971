#include "config/address/nats_urls.hpp"

#include <algorithm>
#include <utility>

namespace meme::config {

expected<std::vector<nats_server>> parse_nats_urls(std::string_view list) {
  std::vector<nats_server> result;
  while (true) {
    const auto comma = std::min(list.find(','), list.size());
    auto item = list.substr(0, comma);
    item.remove_prefix(std::min(item.find_first_not_of(' '), item.size()));
    item = item.substr(0, item.find_last_not_of(' ') + 1);
    if (auto problem = check_password_encoding(item))
      return problem;
    auto read = parse_url(item);
    if (!read)
      return read.error();
    auto& parts = *read;
    if (parts.scheme == "ws" || parts.scheme == "wss")
      return malformed("asks for WebSocket, which this service does not speak");
    if (parts.scheme != "nats" && parts.scheme != "tls")
      return malformed("has a scheme other than nats:// and tls://");
    if (!parts.suffix.empty() || (!parts.path.empty() && parts.path != "/"))
      return malformed("has something behind its host and port");
    result.push_back({std::string{item}, std::move(parts)});
    if (comma == list.size())
      return result;
    list.remove_prefix(comma + 1);
  }
}

std::string describe(const std::vector<nats_server>& servers, std::string_view mark) {
  std::string result;
  for (const auto& server : servers)
    result += (result.empty() ? "" : ", ") + without_secrets(server.text, mark);
  return result;
}

} // namespace meme::config
