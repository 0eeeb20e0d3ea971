#include "actors/io/http/server_connections.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace meme::io {

void server_connections::add(id connection, std::string address, clock::time_point time) {
  remove(connection);
  ++by_address_[address];
  connections_[connection] = {std::move(address), time, time + limits_.request_time, false};
}

void server_connections::request_complete(id connection, clock::time_point time) {
  const auto found = connections_.find(connection);
  if (found == connections_.end())
    return;
  found->second.is_complete = true;
  found->second.deadline = time + limits_.answer_time;
}

void server_connections::remove(id connection) {
  const auto found = connections_.find(connection);
  if (found == connections_.end())
    return;
  const auto count = by_address_.find(found->second.address);
  if (--count->second == 0)
    by_address_.erase(count);
  connections_.erase(found);
}

std::optional<server_connections::id>
server_connections::victim_for(const std::string& address) const {
  const auto count = by_address_.find(address);
  if (count != by_address_.end() && count->second >= limits_.per_address)
    return oldest([&](const record& each) { return each.address == address; });
  if (connections_.size() >= limits_.total)
    return victim();
  return std::nullopt;
}

std::optional<server_connections::id> server_connections::victim() const {
  return oldest([](const record&) { return true; });
}

std::vector<server_connections::id> server_connections::overdue(clock::time_point time) const {
  std::vector<id> result;
  for (const auto& [connection, state] : connections_)
    if (state.deadline <= time)
      result.push_back(connection);
  return result;
}

std::optional<server_connections::clock::time_point> server_connections::next_deadline() const {
  std::optional<clock::time_point> result;
  for (const auto& [ignored, state] : connections_)
    result = std::min(result.value_or(state.deadline), state.deadline);
  return result;
}

/// Incomplete ones first.
template <class Predicate>
std::optional<server_connections::id> server_connections::oldest(Predicate&& counts) const {
  const auto rank = [](const record& each) { return std::tuple{each.is_complete, each.begin}; };
  auto best = connections_.end();
  for (auto i = connections_.begin(); i != connections_.end(); ++i)
    if (counts(i->second) && (best == connections_.end() || rank(i->second) < rank(best->second)))
      best = i;
  if (best == connections_.end())
    return std::nullopt;
  return best->first;
}

} // namespace meme::io
