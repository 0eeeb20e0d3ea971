#include "config/settings/dump.hpp"

#include <algorithm>
#include <string_view>

#include "config/settings/value.hpp"

namespace meme::config {

namespace {

const std::string hidden = "<hidden>";

/// The value as it may be seen; the same as `file_text` where nothing needs hiding.
std::string shown_text(const setting& row, const origin& from) {
  auto* target = std::get_if<std::string*>(&row.target);
  if (target == nullptr || (*target)->empty())
    return file_text(row);
  std::string shown = **target;
  if (row.hides == secrecy::everything || from.is_secret_file)
    shown = hidden;
  else if (row.hides == secrecy::user)
    shown = without_user(shown);
  else if (row.hides == secrecy::users)
    shown = each_without_user(shown);
  auto shown_row = row;
  shown_row.target = &shown;
  return file_text(shown_row);
}

} // namespace

std::string without_user(std::string_view url) {
  const auto mark = url.find("://");
  if (mark == url.npos)
    return hidden;
  const auto host = mark + 3;
  const auto end = std::min(url.find_first_of("/?#", host), url.size());
  const auto query = std::min(url.find_first_of("?#", end), url.size());
  const auto at = url.substr(0, end).rfind('@');
  std::string result{url.substr(0, host)};
  if (at == url.npos)
    result += url.substr(host, query - host);
  else
    result.append(hidden).append(url.substr(at, query - at));
  return query < url.size() ? result + url[query] + hidden : result;
}

std::string each_without_user(std::string_view list) {
  std::string result;
  while (!list.empty()) {
    const auto url = list.substr(0, list.find(','));
    list.remove_prefix(std::min(url.size() + 1, list.size()));
    result += (result.empty() ? "" : ",") + without_user(url);
  }
  return result;
}

std::string dump(const std::vector<setting>& table, const std::vector<origin>& origins) {
  std::string result;
  std::string section;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto& row = table[i];
    if (row.section() != section) {
      result += (section.empty() ? "[" : "\n[") + row.section() + "]\n";
      section = row.section();
    }
    const auto text = file_text(row);
    const auto shown = shown_text(row, origins[i]);
    // Not an empty token either: a file that holds one is refused.
    const bool absent = row.hides == secrecy::everything && text == "\"\"";
    result += shown == text && !absent ? "" : "; ";
    result += row.name() + " = " + shown;
    if (const auto& source = origins[i].spelled; !source.empty())
      result += " ; from " + (source == row.key ? "the file" : source);
    result += '\n';
  }
  return result;
}

} // namespace meme::config
