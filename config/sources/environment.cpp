#include "config/sources/environment.hpp"

#include <algorithm>
#include <regex>
#include <string_view>

#include "config/settings/suggestion.hpp"

namespace meme::config {

namespace {

/// A shorter name is near to too many others.
constexpr std::size_t least_length = 8;

bool is_service_link(const std::string& name) {
  static const std::regex link{
      ".+_(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)"};
  return std::regex_match(name, link);
}

} // namespace

std::vector<std::string> doubtful_variables(const std::vector<std::string>& set,
                                            const std::vector<std::string>& known) {
  std::vector<std::string> lines;
  for (const auto& name : set) {
    const auto is_known = std::find(known.begin(), known.end(), name) != known.end();
    const auto is_ours = name.rfind("MEME_", 0) == 0;
    if (is_known || is_service_link(name) || (!is_ours && name.size() < least_length))
      continue;
    auto nearest = suggestion(name, known);
    if (is_ours && nearest.empty()) // the contract's names have no prefix: CACHE_TTL
      nearest = suggestion(name.substr(5), known);
    if (is_ours || !nearest.empty())
      lines.push_back(name + ": is no setting" + nearest);
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

} // namespace meme::config
