// The configuration file's format, and the files that are shipped.
#define BOOST_TEST_MODULE config_file
#include <boost/test/unit_test.hpp>

#include <random>

#include "config/sources/file.hpp"
#include "test/unit/config/config_samples.hpp"

using namespace meme::config;
using namespace meme::test;

namespace {

std::string shipped(const std::string& name) {
  const auto text = read_file(MEME_SOURCE_DIR "/config/" + name, 1 << 20);
  BOOST_TEST_REQUIRE(static_cast<bool>(text), name);
  return *text;
}

/// Provisioning needs no token.
loaded load_file(const std::string& text) {
  return load({{"provision"}, {}, text});
}

void check_refused(const std::string& text, const std::string& error) {
  const auto result = load_file(text);
  BOOST_TEST(result.status() == 2, text);
  BOOST_TEST(result.problems() == 1u, result.err());
  BOOST_TEST(contains(result.err(), "test.conf:" + error), result.err());
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_file)

BOOST_AUTO_TEST_CASE(may_have_sections_and_blocks) {
  for (const auto* text : {"[cache]\nttl = 7s\n[nats]\nstream = \"S\"\n[cache]\ntimeout = 9ms",
                           "cache {\n  ttl = 7s ; comment\n  timeout = 9ms\n}\n"
                           "nats {\n  stream = \"S\"\n}\n",
                           "nats {\r\n  stream = \"S\"\r\n}\r\n"
                           "[cache]\r\nttl = 7s\r\ntimeout = 9ms\r\n",
                           "cache { ttl = 7s, timeout = 9ms }\nnats = { stream = \"S\" }"}) {
    auto result = load_file(text);
    BOOST_TEST(result.runs(), result.err());
    BOOST_TEST(result.value("cache.ttl") == "7s");
    BOOST_TEST(result.value("cache.timeout") == "9ms");
    BOOST_TEST(result.value("nats.stream") == "\"S\"");
  }
}

BOOST_AUTO_TEST_CASE(may_have_atoms_for_words_lists_and_plain_seconds) {
  auto result = load_file("[scheduler]\npolicy = 'stealing'\n[log]\nlevel = 'debug'\n"
                          "[generator]\nreplaced-models = [\n  \"a/b=c/d\", ; comment\n]\n"
                          "[cache]\nttl = 60\n[limits]\nmax-guidance = 7\n");
  BOOST_TEST(result.runs(), result.err());
  BOOST_TEST(result.value("scheduler.policy") == "\"stealing\"");
  BOOST_TEST(result.value("log.level") == "\"debug\"");
  BOOST_TEST(result.value("generator.replaced-models") == "[\"a/b=c/d\"]");
  BOOST_TEST(result.value("cache.ttl") == "60s");
  BOOST_TEST(
      load_file("[generator]\nreplaced-models = []").values.generator.replaced_models.empty());
}

BOOST_AUTO_TEST_CASE(that_says_nothing_is_fine) {
  for (const auto* text : {"\n", "; comment\n", "[cache]\n", "cache {\n}\n"})
    BOOST_TEST(load_file(text).runs(), text);
}

BOOST_AUTO_TEST_CASE(with_an_unknown_key_is_refused) {
  check_refused("[cache]\n\nttk = 7s\n", "3: cache.ttk: is no setting; did you mean cache.ttl?");
  check_refused("cache {\n  ttl {\n    x = 1\n  }\n}\n", "3: cache.ttl.x: is no setting");
  check_refused("ttl = 7s\n", "1: ttl: is no setting");
  check_refused("nats = 5\n", "1: nats: is no setting");
  check_refused("[middleman]\nworkers = 5\n", "2: middleman.workers: is no setting");
  check_refused("[scheduler]\nenable-profiling = true\n",
                "2: scheduler.enable-profiling: is no setting");
}

BOOST_AUTO_TEST_CASE(with_a_value_of_another_type_is_refused) {
  check_refused("[cache]\nttl = \"7s\"\n", "2: cache.ttl: \"7s\" is not a time");
  check_refused("[cache]\ntimeout = 7\n", "2: cache.timeout: 7 has no unit");
  check_refused("[ingress]\nmax-in-flight = 7s\n", "2: ingress.max-in-flight: 7s is not a whole");
  check_refused("[ingress]\nmax-in-flight = 7.5\n", "2: ingress.max-in-flight: 7.5 is not a whole");
  check_refused("[nats]\nstream = 'S'\n", "2: nats.stream: 'S' is not text in double quotes");
  check_refused("[nats]\nstream = true\n", "2: nats.stream: true is not text");
  check_refused("[metrics]\naddress = <http://x>\n", "2: metrics.address: a <URI> is not text");
  check_refused("[generator]\nreplaced-models = [1]\n",
                "2: generator.replaced-models: a list holds something other than text");
  check_refused("[generator]\nreplaced-models = [{ a = \"b=c\" }]\n",
                "2: generator.replaced-models: a list holds something other than text");
  check_refused("[generator]\nreplaced-models = [\"a=b\", \"a=c\"]\n",
                "2: generator.replaced-models: a list names a model twice");
}

BOOST_AUTO_TEST_CASE(with_a_key_that_stands_twice_is_refused) {
  check_refused("[cache]\nttl = 1s\nttl = 2s\n", "3: cache.ttl stands in line 2 already");
  check_refused("cache {\n  ttl = 1s\n}\n[cache]\nttl = 2s\n",
                "5: cache.ttl stands in line 2 already");
}

BOOST_AUTO_TEST_CASE(that_cannot_be_read_to_its_end_is_refused_with_the_place) {
  check_refused("# comment\n", "1:1: comments start with ; and not with #");
  check_refused("[nats]\nstream = MEMES\n", "2:10: cannot be read from here");
  check_refused("[nats]\nstream = \"MEMES\n", "2:16: cannot be read from here");
  check_refused("cache {\n  ttl = 7s\n", "3:1: ends within a block, a list or a value");
  check_refused("[generator]\nreplaced-models = [\"a=b\"", "2:25: ends within a block");
  check_refused("[cache]\nttl = 30m\n", "2:10: cannot be read from here");
  check_refused("[cache]\n; 9999999h\nttl = 9999999h\n", "3:7: no time may be so long");
  check_refused("cache.ttl = 7s\n", "1:6: cannot be read from here");
  check_refused("[generator]\nreplaced-models = " + std::string(100'000, '['),
                "2:35: nests more than 16 levels deep");
  std::string blocks;
  for (int i = 0; i < 100'000; ++i)
    blocks += "a{";
  check_refused(blocks, "1:33: nests more than 16 levels deep");
}

BOOST_AUTO_TEST_CASE(that_is_named_and_cannot_be_used_is_refused) {
  const config_folder folder;
  const auto missing = folder.path("missing.conf");
  const auto named = load({{"--config-file", missing}, {}, ""});
  BOOST_TEST(named.problems() == 1u, named.err());
  BOOST_TEST(contains(named.err(), "--config-file: \"" + missing + "\" cannot be read"));
  const auto variable = load({{}, {{"MEME_CONFIG_FILE", missing}}, ""});
  BOOST_TEST(contains(variable.err(), "MEME_CONFIG_FILE: \"" + missing + "\" cannot be read"));
  BOOST_TEST(
      contains(load({{"--config-file=" + folder.path("")}, {}, ""}).err(), "cannot be read"));
  const auto large = folder.write("large.conf", std::string((1 << 20) + 1, '\n'));
  BOOST_TEST(contains(load({{"--config-file", large}, {}, ""}).err(), "more than a mebibyte"));
  BOOST_TEST(contains(load({{"--config-file=/dev/zero"}, {}, ""}).err(), "more than a mebibyte"));
}

BOOST_AUTO_TEST_CASE(that_is_named_replaces_the_one_in_the_folder) {
  const config_folder folder;
  const auto one = folder.write("one.conf", "[cache]\nttl = 1s\n");
  const auto two = folder.write("two.conf", "[cache]\nttl = 2s\n");
  const std::string local = "[cache]\nttl = 9s\n[nats]\nstream = \"LOCAL\"\n";
  auto by_variable = load({{"provision"}, {{"MEME_CONFIG_FILE", one}}, local});
  BOOST_TEST(by_variable.value("cache.ttl") == "1s");
  BOOST_TEST(by_variable.value("nats.stream") == "\"MEMES\"");
  auto by_option =
      load({{"--config-file=" + two, "provision"}, {{"MEME_CONFIG_FILE", one}}, local});
  BOOST_TEST(by_option.value("cache.ttl") == "2s");
  BOOST_TEST(std::get<run>(by_option.what).config_file == two);
}

BOOST_AUTO_TEST_CASE(of_the_current_folder_is_refused_where_others_may_have_written_it) {
  namespace fs = std::filesystem;
  const config_folder folder;
  const auto file = folder.write("here.conf", "[cache]\nttl = 7s\n");
  sources from;
  from.arguments = {"provision"};
  from.variables = [](const std::string&) { return std::nullopt; };
  const auto load_from = [&](const std::string& path) {
    from.default_files = {path};
    options values;
    return load_options(values, from, sample_commands());
  };
  BOOST_TEST(std::holds_alternative<run>(load_from(fs::relative(file))));
  fs::permissions(file, fs::perms::others_write, fs::perm_options::add);
  const auto refused = load_from(fs::relative(file));
  BOOST_TEST_REQUIRE(std::holds_alternative<stop>(refused));
  BOOST_TEST(contains(std::get<stop>(refused).err, "can be written by all"));
  BOOST_TEST(std::holds_alternative<run>(load_from(file))); // as in /etc
}

BOOST_AUTO_TEST_CASE(of_any_bytes_does_no_harm) {
  std::minstd_rand random{7};
  const std::string alphabet = "[]{}<>=,;:'\"\\.-+ \n\t\r09afsmhx#\0\xff";
  const auto text = shipped("small-pod.conf");
  for (int round = 0; round < 3'000; ++round) {
    auto damaged = text.substr(random() % text.size(), random() % 200);
    for (auto& c : damaged)
      if (random() % 8 == 0)
        c = alphabet[random() % alphabet.size()];
    parse_file(damaged);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_shipped_file)

BOOST_AUTO_TEST_CASE(has_every_setting_at_its_default) {
  const auto text = shipped("meme-generator.conf");
  const auto content = parse_file(text);
  BOOST_TEST(content.problems.empty());
  std::map<std::string, int> lines;
  for (const auto& entry : content.entries)
    lines[entry.key] = entry.line;
  auto result = load_file(text);
  BOOST_TEST_REQUIRE(result.runs(), result.err());
  options defaults;
  for (const auto& row : table_of(defaults)) {
    BOOST_TEST(result.value(row.key) == file_text(row), row.key);
    BOOST_TEST((lines.count(row.key) == 1 || row.key == "generator.token"), row.key);
  }
}

BOOST_AUTO_TEST_CASE(says_of_every_setting_what_it_takes_and_how_else_it_is_called) {
  const auto text = shipped("meme-generator.conf");
  options defaults;
  for (const auto& row : table_of(defaults)) {
    const auto commented = row.key == "generator.token" ? "; " : "";
    const auto expected =
        "\n; Takes " + row.takes() + ".\n; " + row.names() + "\n" + commented + row.name() + " = ";
    BOOST_TEST(contains(text, expected), expected);
  }
}

BOOST_AUTO_TEST_CASE(has_tuned_ones_beside_it) {
  for (const auto* name : {"small-pod.conf", "high-throughput.conf", "interactive.conf"}) {
    const auto result = load_file(shipped(name));
    BOOST_TEST(result.runs(), result.err());
  }
  BOOST_TEST(load_file(shipped("small-pod.conf")).values.ingress.max_in_flight == 5u);
  BOOST_TEST(load_file(shipped("high-throughput.conf")).values.ingress.max_in_flight == 2'000u);
  const auto interactive = load_file(shipped("interactive.conf")).values.generator;
  BOOST_TEST((interactive.give_up_after + interactive.timeout <= std::chrono::seconds{40}));
}

BOOST_AUTO_TEST_SUITE_END()
