#include "actors/supervisor/memory_limit.hpp"

#include <algorithm>
#include <charconv>

namespace meme {

namespace {

/// Version 1 writes a number near 2^63 for "no limit".
constexpr std::uint64_t unlimited = std::uint64_t{1} << 60;

std::optional<std::uint64_t> parse_limit(const std::optional<std::string>& text) {
  std::uint64_t value = 0;
  if (!text)
    return std::nullopt;
  const auto* end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, value); // not of "max"
  const auto whole = stop == end || *stop == '\n';
  if (error != std::errc{} || !whole || value == 0 || value >= unlimited)
    return std::nullopt;
  return value;
}

void take_smaller(std::optional<std::uint64_t>& least, std::optional<std::uint64_t> other) {
  if (other && (!least || *other < *least))
    least = other;
}

/// The smallest limit of the group and those around it, up to the root.
std::optional<std::uint64_t> smallest_limit(const std::string& mount, std::string group,
                                            const char* file, const file_reader& read) {
  std::optional<std::uint64_t> least;
  while (!group.empty()) {
    if (group.back() == '/')
      group.pop_back();
    take_smaller(least, parse_limit(read(mount + group + "/" + file)));
    group.erase(std::min(group.rfind('/'), group.size()));
  }
  take_smaller(least, parse_limit(read(mount + "/" + file)));
  return least;
}

bool names_memory(std::string_view controllers) {
  while (!controllers.empty()) {
    const auto name = controllers.substr(0, controllers.find(','));
    if (name == "memory")
      return true;
    controllers.remove_prefix(std::min(name.size() + 1, controllers.size()));
  }
  return false;
}

} // namespace

std::optional<std::uint64_t> memory_limit(std::string_view membership, const file_reader& read) {
  std::optional<std::uint64_t> least;
  while (!membership.empty()) { // hierarchy:controllers:group
    const auto line = membership.substr(0, membership.find('\n'));
    membership.remove_prefix(std::min(line.size() + 1, membership.size()));
    const auto first = line.find(':');
    const auto second = first == line.npos ? line.npos : line.find(':', first + 1);
    if (second == line.npos)
      continue;
    const auto controllers = line.substr(first + 1, second - first - 1);
    const std::string group{line.substr(second + 1)};
    if (controllers.empty())
      take_smaller(least, smallest_limit("/sys/fs/cgroup", group, "memory.max", read));
    else if (names_memory(controllers))
      take_smaller(least,
                   smallest_limit("/sys/fs/cgroup/memory", group, "memory.limit_in_bytes", read));
  }
  return least;
}

std::size_t default_byte_budget(std::optional<std::uint64_t> limit, std::size_t max_body_bytes) {
  constexpr std::uint64_t manifest = std::uint64_t{256} << 20;
  const auto share = static_cast<std::size_t>(limit.value_or(manifest) / 8);
  return std::max(share, max_body_bytes);
}

} // namespace meme
