// Bad values of each setting, from each source, and settings that do not go together.
#define BOOST_TEST_MODULE config_values
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <set>

#include "config/settings/check.hpp"
#include "test/unit/config/config_samples.hpp"

using namespace meme::config;
using namespace meme::test;

namespace {

struct bad_value {
  std::string key;
  std::string text;  ///< as the environment and the command line have it
  std::string words; ///< of the error
};

const std::string no_name = "is not such a name";
const std::string no_subject = "is not such a subject";
const std::string no_file = "cannot be read";
const std::string range = "is out of range";
const std::string no_scheme = "has no scheme";
const std::string no_word = "is no such word";

const std::vector<bad_value> bad_values = {
    {"nats.url", "host:4222", no_scheme},
    {"nats.url", "ws://host:8080", "asks for WebSocket"},
    {"nats.url", "nats://a:1,nats://b:99999", "has a port outside 1..65535"},
    {"nats.stream", "ME.MES", no_name},
    {"nats.consumer", "meme generator", no_name},
    {"nats.consumer-group", "more than 16 signs", no_name},
    {"nats.request-subject", "meme.*", no_subject},
    {"nats.response-subject", "meme..response", no_subject},
    {"nats.response-subject", "$JS.API", no_subject},
    {"nats.dead-subject", "meme.>", no_subject},
    {"nats.dead-stream", "DEAD*", no_name},
    {"nats.reply-subjects", "_INBOX.>,$JS.>", "is not a list of such subjects"},
    {"nats.reply-subjects", "_INBOX.>.x", "is not a list of such subjects"},
    {"nats.inbox-prefix", "_INBOX.>", no_subject},
    {"nats.connect-timeout", "9ms", range},
    {"nats.ping-interval", "2h", range},
    {"nats.write-deadline", "11min", range},
    {"nats.io-buffer", "4095", range},
    {"nats.ca-file", "/nowhere/ca.pem", no_file},
    {"nats.certificate-file", "/nowhere/cert.pem", no_file},
    {"nats.key-file", "/nowhere/key.pem", no_file},
    {"nats.credentials-file", "/nowhere/me.creds", no_file},
    {"nats.nkey", "UABC", "is not a user's public NKey"},
    {"nats.nkey-seed-file", "/nowhere/seed", no_file},
    {"ingress.max-in-flight", "0", range},
    {"ingress.max-in-flight", "100001", range},
    {"ingress.max-in-flight", "-1", range},
    {"ingress.max-in-flight", "9.5", "is not a whole number"},
    {"ingress.max-bytes-in-flight", "-1", range},
    {"ingress.max-deliveries", "0", range},
    {"ingress.pull-expiry", "1ms", range},
    {"ingress.ack-wait", "30", "has no unit"},
    {"ingress.drain-timeout", "-1", range},
    {"ingress.drain-timeout", "100000", range},
    {"ingress.retry-base", "1us", range},
    {"ingress.retry-cap", "25h", range},
    {"limits.max-bytes", "1", range},
    {"limits.max-depth", "0", range},
    {"limits.max-prompt-chars", "0", range},
    {"limits.max-id-chars", "0", range},
    {"limits.min-side", "4294967296", range},
    {"limits.max-side", "0", range},
    {"limits.max-steps", "0", range},
    {"limits.max-guidance", "-0.5", range},
    {"cache.redis-url", "http://host", "has a scheme other than redis:// and rediss://"},
    {"cache.ttl", "-1", range},
    {"cache.ttl", "1500ms", "is not a number of whole seconds"},
    {"cache.ttl", "87601h", range},
    {"cache.local-bytes", "-1", range},
    {"cache.timeout", "0s", range},
    {"cache.connect-timeout", "61s", range},
    {"cache.ping-interval", "99ms", range},
    {"cache.ca-file", "/nowhere/ca.pem", no_file},
    {"cache.key-file", "/nowhere/keys", no_file},
    {"generator.url", "models/x", no_scheme},
    {"generator.url", "https://me:word@host/x", "has a user or password"},
    {"generator.token", "hf_two words", "contains a space"},
    {"generator.fast-url", "ftp://host", "has a scheme other than http:// and https://"},
    {"generator.fast-steps", "0", range},
    {"generator.prompt-template", "a cat", "does not contain {prompt}"},
    {"generator.accept", "image/*", no_word},
    {"generator.replaced-models", "old/model", "holds an entry that is not of this form"},
    {"generator.workers", "0", range},
    {"generator.max-connections", "100001", range},
    {"generator.max-body-bytes", "1", range},
    {"generator.max-pixels", "0", range},
    {"generator.max-decoders", "0", range},
    {"generator.decode-timeout", "1ms", range},
    {"generator.decoder", "/nowhere/decoder", no_file},
    {"generator.timeout", "1500us", range},
    {"generator.stall-timeout", "2h", range},
    {"generator.connect-timeout", "1h", range},
    {"generator.max-calls", "0", range},
    {"generator.deadline", "25h", range},
    {"generator.give-up-after", "25h", range},
    {"generator.retry-base", "2h", range},
    {"generator.retry-cap", "25h", range},
    {"metrics.address", "9090", "has no port"},
    {"metrics.address", "0.0.0.0:65536", "has a port outside 0..65535"},
    {"log.level", "loud", no_word},
    {"log.format", "xml", no_word},
    {"log.answers-per-second", "1000001", range},
    {"supervisor.max-restarts", "-1", range},
    {"supervisor.restart-period", "25h", range},
    {"supervisor.backoff-base", "2h", range},
    {"supervisor.backoff-cap", "2h", range},
    {"supervisor.healthy-after", "25h", range},
    {"supervisor.escalation-grace", "2h", range},
    {"generator.allow-insecure-token", "1", "is neither true nor false"},
    {"supervisor.stall-after", "0s", range},
    {"supervisor.chaos", "5", "is neither true nor false"},
    {"scheduler.policy", "fair", no_word},
    {"scheduler.max-threads", "0", range},
    {"scheduler.batch", "1", "is neither true nor false"},
    {"scheduler.max-throughput", "0", range},
};

/// Only the environment and the command line can hold these: a file would not even be read.
const std::vector<bad_value> bad_texts = {
    {"cache.ttl", "-9223372036854775808s", range},
    {"ingress.max-in-flight", "many", "is not a whole number"},
    {"ingress.max-in-flight", "1x", "is not a whole number"},
    {"ingress.max-in-flight", " 1", "is not a whole number"},
    {"ingress.max-in-flight", "99999999999999999999", range},
    {"limits.max-guidance", "nan", "is not a number"},
    {"cache.ttl", "soon", "is not a time"},
    {"cache.ttl", "1d", "is not a time"},
    {"cache.ttl", "9999999999999h", range},
    {"cache.ttl", "99999999999999999999", range},
    {"generator.token", "hf_\r\nEvil: yes", "contains a line break"},
    {"generator.token", "<hidden>", "is what a dump shows in its place"},
};

struct table {
  options values;
  std::vector<setting> rows = table_of(values);

  const setting& operator[](const std::string& key) const {
    for (const auto& row : rows)
      if (row.key == key)
        return row;
    throw std::out_of_range{key};
  }
};

std::string file_literal(const setting& row, const std::string& text) {
  if (plain_text(row))
    return "\"" + text + "\"";
  return std::holds_alternative<model_map*>(row.target) ? "[\"" + text + "\"]" : text;
}

/// One line, that names the setting as its source does, says what is wrong and what would be right.
void check_refused(const given& with, const setting& row, const bad_value& bad,
                   const std::string& spelled) {
  BOOST_TEST_CONTEXT(spelled << " = " << bad.text) {
    auto sources = with;
    if (row.key != "generator.token")
      sources.variables.emplace("HF_API_TOKEN", "hf_token");
    const auto result = load(sources);
    BOOST_TEST(result.status() == 2);
    BOOST_TEST(result.problems() == 1u, result.err());
    BOOST_TEST(contains(result.err(), spelled + ": "), result.err());
    BOOST_TEST(contains(result.err(), bad.words), result.err());
    BOOST_TEST(contains(result.err(), "; it takes " + row.takes()), result.err());
    BOOST_TEST((row.hides == secrecy::nothing || !contains(result.err(), bad.text)), result.err());
  }
}

void check_refused_as_text(const bad_value& bad) {
  const table settings;
  const auto& row = settings[bad.key];
  check_refused({{}, {{row.environment, bad.text}}, ""}, row, bad, row.environment);
  check_refused({{"--" + row.key + "=" + bad.text}, {}, ""}, row, bad, "--" + row.key);
  if (!row.alias.empty() && !row.is_flag())
    check_refused({{"--" + row.alias, bad.text}, {}, ""}, row, bad, "--" + row.alias);
}

/// Values with which nothing but the conflict is wrong.
void check_conflict(given with, const std::string& first, const std::string& second,
                    const std::string& words) {
  BOOST_TEST_CONTEXT(first << " and " << second) {
    with.variables.emplace("HF_API_TOKEN", "hf_token");
    const auto result = load(with);
    BOOST_TEST(result.status() == 2);
    BOOST_TEST(result.problems() == 1u, result.err());
    BOOST_TEST(contains(result.err(), first + " and " + second + ": "), result.err());
    BOOST_TEST(contains(result.err(), words), result.err());
  }
}

} // namespace

BOOST_AUTO_TEST_CASE(every_setting_has_a_bad_value_here) {
  std::set<std::string> covered;
  for (const auto& bad : bad_values)
    covered.insert(bad.key);
  for (const auto& row : table{}.rows)
    BOOST_TEST(covered.count(row.key) == 1u, row.key);
}

BOOST_AUTO_TEST_CASE(a_bad_value_in_the_environment_or_on_the_command_line_is_refused) {
  for (const auto& bad : bad_values)
    check_refused_as_text(bad);
  for (const auto& bad : bad_texts)
    check_refused_as_text(bad);
}

BOOST_AUTO_TEST_CASE(a_bad_value_in_the_file_is_refused_with_its_line) {
  const table settings;
  for (const auto& bad : bad_values) {
    const auto& row = settings[bad.key];
    check_refused({{}, {}, file_with(row, file_literal(row, bad.text))}, row, bad,
                  "test.conf:2: " + row.key);
  }
}

BOOST_AUTO_TEST_CASE(a_value_of_another_type_in_the_file_is_refused) {
  for (const auto& row : table{}.rows) {
    const bool is_list = std::holds_alternative<model_map*>(row.target);
    const bad_value bad{row.key, is_list ? "5" : "[1]", is_list ? "is not a list" : " is n"};
    check_refused({{}, {}, file_with(row, bad.text)}, row, bad, "test.conf:2: " + row.key);
  }
}

BOOST_AUTO_TEST_CASE(every_default_is_within_its_range) {
  options values;
  for (const auto& row : table_of(values)) {
    if (row.key == "generator.token")
      continue;
    const auto spelled = file_text(row);
    const auto result = load({{}, {{"HF_API_TOKEN", "hf_token"}}, file_with(row, spelled)});
    BOOST_TEST(result.runs(), row.key << ": " << result.err());
  }
}

BOOST_AUTO_TEST_CASE(both_ends_of_a_range_are_in_it) {
  for (const auto* value : {"1", "100000"})
    BOOST_TEST(load({{"provision"}, {{"MAX_IN_FLIGHT", value}}, ""}).runs());
  for (const auto* value : {"0", "315360000", "0s", "87600h", "007"})
    BOOST_TEST(load({{"provision"}, {{"CACHE_TTL", value}}, ""}).runs(), value);
}

BOOST_AUTO_TEST_CASE(times_have_the_units_of_the_file) {
  for (const auto& [text, spelled] :
       {std::pair{"1500ms", "1500ms"}, std::pair{"2min", "2min"}, std::pair{"120s", "2min"},
        std::pair{"1h", "1h"}, std::pair{"3000000us", "3s"}, std::pair{"4000000000ns", "4s"}}) {
    auto result = load({{"provision", "--ingress.ack-wait", text}, {}, ""});
    BOOST_TEST(result.runs(), result.err());
    BOOST_TEST(result.value("ingress.ack-wait") == spelled);
  }
  auto plain = load({{"provision"}, {{"CACHE_TTL", "90"}, {"DRAIN_TIMEOUT", "110"}}, ""});
  BOOST_TEST(plain.value("cache.ttl") == "90s");
  BOOST_TEST(plain.value("ingress.drain-timeout") == "110s");
}

BOOST_AUTO_TEST_CASE(a_number_of_any_size_is_spelled_as_it_is_read) {
  for (const auto* text : {"0", "7.5", "0.1", "1e-200", "5e-324", "0.00002"}) {
    auto result = load({{"provision", "--limits.max-guidance", text}, {}, ""});
    const auto spelled = result.value("limits.max-guidance");
    auto again = load({{"provision", "--limits.max-guidance", spelled}, {}, ""});
    BOOST_TEST(again.runs(), again.err());
    BOOST_TEST(std::strtod(spelled.c_str(), nullptr) == std::strtod(text, nullptr), spelled);
    BOOST_TEST(again.value("limits.max-guidance") == spelled);
  }
}

BOOST_AUTO_TEST_CASE(a_value_is_quoted_readably_and_not_at_length) {
  const auto escape = load({{"provision"}, {{"LOG_LEVEL", "\x1b[31mred\n"}}, ""});
  BOOST_TEST(contains(escape.err(), R"(LOG_LEVEL: "\x1b[31mred\x0a" is no such word)"));
  const auto book = load({{"provision"}, {{"LOG_LEVEL", std::string(10'000, 'a')}}, ""});
  BOOST_TEST(book.err().size() < 250u);
}

BOOST_AUTO_TEST_CASE(redis_with_tls_is_refused_while_it_cannot_be_served) {
  const auto result = load({{"provision"}, {{"REDIS_URL", "rediss://:secret@host"}}, ""});
  BOOST_TEST(result.runs() == redis_tls_available);
  if (!redis_tls_available)
    BOOST_TEST(contains(result.err(), "REDIS_URL: asks for TLS"));
  BOOST_TEST(!contains(result.err(), "secret"));
}

BOOST_AUTO_TEST_SUITE(together)

BOOST_AUTO_TEST_CASE(requests_must_not_overlap_with_answers) {
  check_conflict({{}, {{"NATS_RESPONSE_SUBJECT", "meme.request"}}, ""},
                 "NATS_REQUEST_SUBJECT (default)", "NATS_RESPONSE_SUBJECT",
                 "must not overlap: \"meme.request\" and \"meme.request\"");
  check_conflict({{"--response-subject=meme.request.done"}, {}, ""},
                 "NATS_REQUEST_SUBJECT (default)", "--response-subject",
                 "\"meme.request.>\" and \"meme.request.done\"");
  check_conflict({{"--nats.response-subject=x.y"}, {{"NATS_REQUEST_SUBJECT", "x.y.error"}}, ""},
                 "NATS_REQUEST_SUBJECT", "--nats.response-subject",
                 "\"x.y.error\" and \"x.y.error\"");
}

BOOST_AUTO_TEST_CASE(dead_letters_must_not_overlap_with_anything) {
  check_conflict({{}, {}, "[nats]\ndead-subject = \"meme.request.dead\"\n"},
                 "NATS_REQUEST_SUBJECT (default)", "nats.dead-subject", "must not overlap");
  check_conflict({{}, {{"MEME_NATS_DEAD_SUBJECT", "meme.response.error"}}, ""},
                 "NATS_RESPONSE_SUBJECT (default)", "MEME_NATS_DEAD_SUBJECT", "must not overlap");
  check_conflict({{"--nats-stream=MEMES_DEAD"}, {}, ""}, "--nats-stream",
                 "MEME_NATS_DEAD_STREAM (default)", "must differ");
}

BOOST_AUTO_TEST_CASE(subjects_beside_each_other_are_fine) {
  for (const auto* response : {"meme.requests", "meme", "meme.answer", "request"})
    BOOST_TEST(load({{"provision", "--response-subject", response}, {}, ""}).runs(), response);
}

BOOST_AUTO_TEST_CASE(identities_are_complete_and_single) {
  const config_folder folder;
  const auto file = folder.write("pem", "x");
  const std::string nkey = "U" + std::string(55, 'A');
  check_conflict({{"--nats.certificate-file", file}, {}, ""}, "--nats.certificate-file",
                 "MEME_NATS_KEY_FILE (default)", "set both or neither");
  check_conflict({{"--nats.nkey", nkey}, {}, ""}, "--nats.nkey",
                 "MEME_NATS_NKEY_SEED_FILE (default)", "set both or neither");
  check_conflict({{"--nats.nkey", nkey, "--nats.nkey-seed-file", file},
                  {{"MEME_NATS_CREDENTIALS_FILE", file}},
                  ""},
                 "MEME_NATS_CREDENTIALS_FILE", "--nats.nkey", "exclude each other");
  check_conflict({{"--cache.ca-file", file}, {}, ""}, "--cache.ca-file", "REDIS_URL (default)",
                 "only rediss:// is encrypted");
}

BOOST_AUTO_TEST_CASE(the_smaller_of_two_must_not_be_larger) {
  const std::vector<std::vector<std::string>> pairs = {
      {"ingress.retry-base", "3min", "ingress.retry-cap"},
      {"generator.retry-base", "31s", "generator.retry-cap"},
      {"generator.timeout", "301s", "generator.deadline"},
      {"supervisor.backoff-base", "11s", "supervisor.backoff-cap"},
      {"limits.min-side", "2049", "limits.max-side"}};
  for (const auto& pair : pairs)
    check_conflict({{"--" + pair[0] + "=" + pair[1]}, {}, ""}, "--" + pair[0],
                   table{}[pair[2]].environment + " (default)", "the first must not be larger");
  check_conflict(
      {{"--generator.max-body-bytes=2097152", "--ingress.max-bytes-in-flight=1048576"}, {}, ""},
      "--generator.max-body-bytes", "--ingress.max-bytes-in-flight",
      "the first must not be larger");
}

BOOST_AUTO_TEST_CASE(a_value_that_was_refused_is_in_no_conflict) {
  const auto result = load({{"provision", "--request-subject", "meme.*"},
                            {{"NATS_RESPONSE_SUBJECT", "meme.request"}},
                            ""});
  BOOST_TEST(result.problems() == 1u, result.err());
}

BOOST_AUTO_TEST_SUITE_END()
