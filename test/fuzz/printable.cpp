#include "messages/text/printable.hpp"

#include "test/fuzz/target.hpp"

namespace {

using meme::fuzz::require;

bool is_one_printable_line(std::string_view text) {
  while (!text.empty())
    if (!meme::is_printable(meme::take_code_point(text)))
      return false;
  return true;
}

/// Reads a field as a reader of text logs does: up to a space, or a quoted string. Returns whether
/// nothing is left of `text` behind it.
bool is_one_field(std::string_view text) {
  if (text.empty())
    return false;
  if (text.front() != '"')
    return text.find_first_of(" \"=\\") == std::string_view::npos;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == '"')
      return i + 1 == text.size();
  }
  return false;
}

} // namespace

/// Any bytes, as they might come in an error, a header or an id.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = meme::fuzz::text_of(data, size);
  const auto text = meme::printable(bytes);
  require(is_one_printable_line(text), "the text is one printable line");
  require(meme::printable(text) == text, "cleaning twice changes nothing");
  if (is_one_printable_line(bytes))
    require(text == bytes, "printable text stays as it is");
  const auto field = meme::printable_field(bytes);
  require(is_one_printable_line(field), "a field is one printable line");
  require(is_one_field(field), "a field ends where it ends");
  return 0;
}
