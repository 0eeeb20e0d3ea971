// docs/limits.md is made of the settings and of limit_rows.hpp. After a change:
//
//     MEME_UPDATE_DOCS=1 build/test/unit/unit_limits_page
#define BOOST_TEST_MODULE limits_page
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "actors/io/http/server_connections.hpp"
#include "config/settings/spelling.hpp"
#include "config/table.hpp"
#include "test/unit/limit_rows.hpp"

using namespace meme;
using meme::test::limit_row;
using meme::test::limit_rows;

namespace {

const std::filesystem::path source = MEME_SOURCE_DIR;

const config::setting* find(const std::vector<config::setting>& table, const std::string& key) {
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const config::setting& row) { return row.key == key; });
  return found == table.end() ? nullptr : &*found;
}

/// Numbers of bytes as people read them, where they are round.
std::string in_units(const std::string& bytes) {
  auto value = std::stoull(bytes);
  for (const auto* unit : {" bytes", " KiB", " MiB", " GiB"}) {
    if (value == 0 || value % 1'024 != 0)
      return std::to_string(value) + unit;
    value /= 1'024;
  }
  return std::to_string(value) + " TiB";
}

std::string content_of(const std::filesystem::path& file) {
  std::ostringstream content;
  content << std::ifstream{file}.rdbuf();
  return content.str();
}

std::string render() {
  config::options defaults;
  const auto table = config::table_of(defaults);
  std::string page =
      "# Bounds on what comes in\n\n"
      "Made of the settings and of `test/unit/limit_rows.hpp` by `unit_limits_page`, which fails "
      "where they differ; do not edit.\n"
      "Everything that reaches the service from elsewhere has a bound in bytes, in number or in "
      "time. Values are the defaults; ranges\n"
      "and reasons stand in `config/meme-generator.conf`.\n";
  std::string section;
  for (const auto& row : limit_rows) {
    if (row.source != section) {
      section = row.source;
      page += "\n## " + section + "\n\n| Bound | Default | Beyond it | Test |\n|---|---|---|---|\n";
    }
    const auto* setting = find(table, row.setting);
    const auto name = setting == nullptr ? std::string{row.setting}
                                         : "`" + setting->key + "` (" + setting->help + ")";
    const auto value = setting == nullptr ? std::string{row.fixed}
                       : setting->is_size ? in_units(config::file_text(*setting))
                                          : config::file_text(*setting);
    page += "| " + name + " | " + value + " | " + row.beyond + " | `" + row.test + "`: `"
            + row.test_case + "` |\n";
  }
  return page;
}

} // namespace

BOOST_AUTO_TEST_SUITE(limits_page)

BOOST_AUTO_TEST_CASE(names_settings_and_tests_that_exist) {
  config::options defaults;
  const auto table = config::table_of(defaults);
  for (const auto& row : limit_rows) {
    const auto is_fixed = *row.fixed != '\0';
    BOOST_TEST((find(table, row.setting) == nullptr) == is_fixed, row.setting);
    const auto test = content_of(source / "test" / (std::string{row.test} + ".cpp"));
    BOOST_TEST(test.find("_CASE(" + std::string{row.test_case}) != test.npos, row.test_case);
  }
}

BOOST_AUTO_TEST_CASE(has_the_status_ports_bounds) {
  const io::server_connection_limits limits;
  BOOST_TEST(limits.total == 512u);
  BOOST_TEST(limits.per_address == limits.total / 2);
  BOOST_TEST((limits.request_time == std::chrono::seconds{5}));
  BOOST_TEST((limits.answer_time == std::chrono::seconds{10}));
}

BOOST_AUTO_TEST_CASE(is_as_the_settings_are) {
  const auto file = source / "docs" / "limits.md";
  const auto page = render();
  if (std::getenv("MEME_UPDATE_DOCS") != nullptr)
    std::ofstream{file} << page;
  BOOST_TEST(content_of(file) == page, "docs/limits.md is not made of the settings: run "
                                       "MEME_UPDATE_DOCS=1 build/test/unit/unit_limits_page");
}

BOOST_AUTO_TEST_SUITE_END()
