// What may stand as a setting's value: the first line is the setting's key, the rest the value.
// What is taken is spelled the same after another round; a refusal hides what is secret.

#include "config/settings/spelling.hpp"
#include "config/settings/value.hpp"
#include "config/table.hpp"
#include "test/fuzz/target.hpp"

namespace meme::fuzz {

namespace {

/// These look at files, which is no business of a fuzzer.
bool names_a_file(const config::setting& row) {
  return row.text_words.rfind("a file", 0) == 0;
}

void check_value(const config::setting& row, std::string_view value) {
  const auto before = config::file_text(row);
  const auto refused = config::assign(row, value);
  const auto spelled = config::file_text(row);
  if (!refused) {
    require(!config::assign(row, value) && config::file_text(row) == spelled,
            "the same value is taken again");
    return;
  }
  require(spelled == before, "a refused value changes nothing");
  const auto line = config::refusal(row.key, row, config::in_quotes(value), refused);
  require(is_line(line, 2'000), "a refusal is a line");
  // The reason may hold any words of ours, which a value may happen to be: what is compared is
  // whether the line depends on the value.
  require(row.hides == config::secrecy::nothing
              || line == config::refusal(row.key, row, config::in_quotes("another"), refused),
          "a refusal does not quote a secret");
}

} // namespace

} // namespace meme::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meme;
  auto text = fuzz::text_of(data, size);
  const auto first = fuzz::take_line(text);
  config::options values;
  for (const auto& row : config::table_of(values))
    if (row.key == first && !fuzz::names_a_file(row))
      fuzz::check_value(row, text);
  return 0;
}
