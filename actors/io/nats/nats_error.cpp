#include "actors/io/nats/nats_error.hpp"

#include <string_view>

namespace meme::io {

std::string detail_of(natsStatus status, bool of_any_status) {
  auto other = NATS_OK;
  auto* text = nats_GetLastError(&other);
  std::string_view words = text != nullptr && (of_any_status || other == status) ? text : "";
  // The library puts its source file and line before the text: "(conn.c:2088): text".
  if (auto end = words.find("): "); words.substr(0, 1) == "(" && end != words.npos)
    words.remove_prefix(end + 3);
  return words == natsStatus_GetText(status) ? std::string{} : std::string{words};
}

void check(natsStatus status, const char* what) {
  if (status == NATS_OK)
    return;
  std::string text = what;
  text += ": ";
  text += natsStatus_GetText(status);
  if (auto detail = detail_of(status); !detail.empty())
    text.append(" (").append(detail).append(")");
  nats_ReleaseThreadMemory(); // so that this text does not appear in a later failure
  throw nats_error(text, status);
}

} // namespace meme::io
