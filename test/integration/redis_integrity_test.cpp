// With cache.key-file only values that one of its keys verifies are published; without it anybody
// who writes to Redis chooses the pictures.
#define BOOST_TEST_MODULE redis_integrity
#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

#include <fstream>

#include "test/support/secured.hpp"
#include "test/support/world.hpp"

using namespace meme::test;

namespace {

const std::string first(64, 'a');
const std::string second(64, 'b');

struct signed_world {
  signed_world() : here{settings()} { use_keys(first); }

  static world_settings settings() {
    world_settings result;
    result.model_arguments = {"--fixed-bytes", "5000"};
    result.variables = {{"MEME_CACHE_LOCAL_BYTES", "0"}};
    return result;
  }

  void use_keys(const std::string& text) {
    const auto file = here.folder.path() / "keys";
    std::ofstream{file} << text << '\n';
    ::chmod(file.c_str(), 0600);
    here.settings.variables["MEME_CACHE_KEY_FILE"] = file;
    here.restart_service();
  }

  void use_no_keys() {
    here.settings.variables.erase("MEME_CACHE_KEY_FILE");
    here.restart_service();
  }

  json ask(const std::string& prompt) {
    here.ask(request(std::to_string(++number), prompt));
    return json{here.next_result().data};
  }
  bool is_hit(const std::string& prompt) { return ask(prompt).flag("/cached"); }

  /// Has the picture of `prompt` drawn; its key.
  std::string stored_key(const std::string& prompt) {
    here.redis.run({"FLUSHALL"});
    BOOST_TEST(!is_hit(prompt));
    BOOST_TEST_REQUIRE(eventually([&] { return here.redis.run({"DBSIZE"}) == "1"; }));
    return here.redis.run({"RANDOMKEY"});
  }

  double unverified() { return here.memes->metric("meme_generator_redis_unverified_total"); }

  world here;
  int number = 0;
};

} // namespace

BOOST_AUTO_TEST_CASE(a_picture_that_somebody_else_stored_is_not_published) {
  signed_world with;
  auto& redis = with.here.redis;
  const auto dog = with.stored_key("a dog");
  const auto dogs_value = redis.run({"GET", dog});
  const auto cat = with.stored_key("a cat");
  const auto cats_value = redis.run({"GET", cat});
  BOOST_TEST(with.is_hit("a cat"));
  BOOST_TEST(with.unverified() == 0);

  auto flipped = cats_value;
  flipped.back() = static_cast<char>(flipped.back() ^ 1);
  const std::vector<std::string> foreign{
      dogs_value,                                  // signed, for another key
      flipped,                                     // one bit of the picture
      cats_value.substr(cats_value.size() - 5000), // the picture alone
      "nonsense",
  };
  for (std::size_t i = 0; i < foreign.size(); ++i) {
    redis.run({"SET", cat, foreign[i]});
    const auto answer = with.ask("a cat");
    BOOST_TEST(!answer.flag("/cached"), i);
    BOOST_TEST(with.unverified() == static_cast<double>(i + 1));
    BOOST_TEST(eventually([&] { return redis.run({"GET", cat}) == cats_value; }), i);
  }
  BOOST_TEST(with.is_hit("a cat"));
  auto lines = 0;
  for (const auto& line : with.here.memes->log_lines())
    lines += line.text("/msg") == "Redis holds a value that is not used";
  BOOST_TEST(lines == 1);
}

BOOST_AUTO_TEST_CASE(keys_are_rotated_without_losing_a_picture) {
  signed_world with;
  with.stored_key("a cat");
  with.use_keys(second + '\n' + first); // signs with the second, knows the first
  BOOST_TEST(with.is_hit("a cat"));
  with.stored_key("a dog");
  with.use_keys(second);
  BOOST_TEST(with.is_hit("a dog"));
  with.use_keys(first);
  BOOST_TEST(!with.is_hit("a dog"));
  BOOST_TEST(with.unverified() == 1);
}

BOOST_AUTO_TEST_CASE(without_the_file_values_are_as_ever) {
  signed_world with;
  with.stored_key("a cat");
  with.use_no_keys();
  BOOST_TEST(!with.is_hit("a cat")); // a signed value is no picture to it
  const auto key = with.stored_key("a dog");
  BOOST_TEST(with.here.redis.run({"GET", key}).size() == 5000u);
  BOOST_TEST(with.is_hit("a dog"));
  with.use_keys(first);
  BOOST_TEST(!with.is_hit("a dog")); // and one that is not signed, none to this
}

BOOST_AUTO_TEST_CASE(a_key_file_that_cannot_be_used_ends_the_program) {
  temporary_folder folder;
  const auto run = [&](const std::string& text, mode_t mode) {
    const auto file = folder.path() / "keys";
    std::ofstream{file} << text;
    ::chmod(file.c_str(), mode);
    const auto ended =
        run_meme_generator(folder.path(), {}, secured::serving({{"MEME_CACHE_KEY_FILE", file}}));
    BOOST_TEST(ended.status == 2);
    BOOST_TEST(!contains(ended.err, text), ended.err);
    return ended.err;
  };
  BOOST_TEST(contains(run("too-short", 0600), "cache.key-file: line 1 has 9 characters"));
  BOOST_TEST(contains(run(first, 0644), "cache.key-file: is open to all users"));
}
