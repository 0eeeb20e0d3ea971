// The commands that docs/permissions.md names are enough, and each of them is needed: without it
// the service goes on without Redis, or with less, and the log names the command.
#define BOOST_TEST_MODULE redis_permission
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>

#include "test/support/secured.hpp"
#include "test/support/world.hpp"

using namespace meme::test;

namespace {

const std::string unusable = "Redis cannot be used, requests go on without it";
const std::string no_reads = "Redis does not look up, requests go on without it";
const std::string no_writes = "Redis does not store, requests go on without it";
const std::string no_lifetimes =
    "Redis does not tell how long it keeps a picture, requests go on without it";

const std::vector<std::string> needed{"getrange", "ping", "pttl", "select", "set"};

/// A world whose Redis has a user with the needed commands but `missing`, in database 3.
std::unique_ptr<world> restricted(const std::string& missing = "") {
  world_settings settings;
  settings.model_arguments = {"--fixed-bytes", "5000"};
  settings.variables = {{"MEME_CACHE_LOCAL_BYTES", "0"}};
  settings.redis_arguments = {"--user",    "memes",      "on",   ">pass-word",
                              "resetkeys", "~meme:v1:*", "-@all"};
  for (const auto& each : needed)
    if (each != missing)
      settings.redis_arguments.push_back('+' + each);
  auto here = std::make_unique<world>(settings);
  here->settings.variables["REDIS_URL"] =
      "redis://memes:pass-word@" + here->redis.url().substr(std::string{"redis://"}.size()) + "/3";
  here->restart_service();
  return here;
}

bool is_hit(world& here, const std::string& id) {
  here.ask(request(id, "a cat"));
  return json{here.next_result().data}.flag("/cached");
}

bool stored_one(world& here) {
  return eventually([&] { return contains(here.redis.run({"INFO", "keyspace"}), "db3:keys=1"); });
}

} // namespace

BOOST_AUTO_TEST_CASE(the_commands_of_the_table_are_enough) {
  auto here = restricted();
  BOOST_TEST(!is_hit(*here, "1"));
  BOOST_TEST(stored_one(*here));
  BOOST_TEST(is_hit(*here, "2"));
  BOOST_TEST(here->memes->metric("meme_generator_redis_failures_total") == 0);
  BOOST_TEST(here->memes->metric("meme_generator_redis_connected") == 1);
}

BOOST_AUTO_TEST_CASE(the_table_is_that_of_the_documentation) {
  std::ifstream file{MEME_SOURCE_DIR "/docs/permissions.md"};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  std::string rule = "resetkeys ~meme:v1:* -@all";
  for (const auto& each : needed)
    rule += " +" + each;
  BOOST_TEST(contains(text, rule), "docs/permissions.md lacks: " << rule);
}

BOOST_AUTO_TEST_CASE(without_getrange_nothing_is_found) {
  auto here = restricted("getrange");
  is_hit(*here, "1");
  BOOST_TEST(secured::logged(*here->memes, no_reads, "getrange"));
  BOOST_TEST(secured::logged(*here->memes, no_reads, "docs/permissions.md"));
  BOOST_TEST(here->memes->metric("meme_generator_redis_connected") == 0);
}

BOOST_AUTO_TEST_CASE(without_set_nothing_is_stored) {
  auto here = restricted("set");
  is_hit(*here, "1");
  BOOST_TEST(secured::logged(*here->memes, no_writes, "set"));
  BOOST_TEST(here->memes->metric("meme_generator_redis_connected") == 0);
}

BOOST_AUTO_TEST_CASE(without_pttl_pictures_are_found_all_the_same) {
  auto here = restricted("pttl");
  BOOST_TEST(!is_hit(*here, "1"));
  BOOST_TEST(stored_one(*here));
  BOOST_TEST(is_hit(*here, "2"));
  BOOST_TEST(secured::logged(*here->memes, no_lifetimes, "pttl"));
  BOOST_TEST(here->memes->metric("meme_generator_redis_connected") == 1);
}

BOOST_AUTO_TEST_CASE(without_ping_or_select_there_is_no_redis) {
  for (const std::string missing : {"ping", "select"}) {
    auto here = restricted(missing);
    BOOST_TEST(secured::logged(*here->memes, unusable, missing));
    is_hit(*here, "1");
    BOOST_TEST(here->memes->metric("meme_generator_redis_connected") == 0);
  }
}

BOOST_AUTO_TEST_CASE(keys_of_others_are_not_needed_and_ours_are) {
  auto here = restricted();
  here->redis.run({"ACL", "SETUSER", "memes", "resetkeys", "~other:*"});
  is_hit(*here, "1");
  BOOST_TEST(secured::logged(*here->memes, no_writes, "NOPERM"));
}
