#include "messages/child.hpp"

#include <array>
#include <charconv>

namespace meme {

namespace {

constexpr std::array<std::string_view, child_kind_count> names{
    "status-server", "redis-cache", "recompressor", "model-client", "generator",
    "cache",         "publisher",   "provisioner",  "ingress"};

} // namespace

std::string to_string(const child_id& id) {
  std::string name{names.at(static_cast<std::size_t>(id.kind))};
  return id.kind == child_kind::model_client ? name + '-' + std::to_string(id.number) : name;
}

std::optional<child_id> parse_child(std::string_view name) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto kind = static_cast<child_kind>(i);
    if (kind != child_kind::model_client && name == names[i])
      return child_id{kind, 0};
  }
  const auto dash = name.rfind('-');
  child_id client{child_kind::model_client, 0};
  if (dash != name.npos)
    std::from_chars(name.data() + dash + 1, name.data() + name.size(), client.number);
  return name == to_string(client) ? std::optional{client} : std::nullopt;
}

} // namespace meme
