#include "config/settings/dump.hpp"

#include <algorithm>
#include <string_view>

#include "config/address/url.hpp"
#include "config/settings/spelling.hpp"

namespace meme::config {

namespace {

/// Of a list of NATS servers, which commas separate: there no user has one.
std::string each_without_secrets(std::string_view list) {
  std::string result;
  while (!list.empty()) {
    const auto one = list.substr(0, list.find(','));
    list.remove_prefix(std::min(one.size() + 1, list.size()));
    result += (result.empty() ? "" : ",") + without_secrets(one, hidden);
  }
  return result;
}

/// Whether a setting is spelled as a file spells it, under its key or a former one.
bool is_key_of(const setting& row, const std::string& spelled) {
  return spelled == row.key
         || std::any_of(row.former_names.begin(), row.former_names.end(),
                        [&](const former_name& old) { return spelled == old.key; });
}

/// The value as it may be seen; the same as `file_text` where nothing needs hiding.
std::string shown_text(const setting& row, const origin& from) {
  const auto text = plain_text(row);
  if (!text || text->empty())
    return file_text(row);
  auto shown = *text;
  if (row.hides == secrecy::everything || from.is_secret_file)
    shown = hidden;
  else if (row.hides == secrecy::user)
    shown = without_secrets(shown, hidden);
  else if (row.hides == secrecy::users)
    shown = each_without_secrets(shown);
  auto shown_row = row;
  shown_row.target = &shown;
  return file_text(shown_row);
}

} // namespace

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
      result += " ; from " + (is_key_of(row, source) ? "the file" : source);
    result += '\n';
  }
  return result;
}

} // namespace meme::config
