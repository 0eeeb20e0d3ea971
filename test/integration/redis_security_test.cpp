// Who the service says it is to Redis, and whom it takes for Redis. Whatever Redis makes of it,
// requests are answered.
#define BOOST_TEST_MODULE redis_security
#include <boost/test/unit_test.hpp>

#include "config/settings/check.hpp"
#include "test/support/certificates.hpp"
#include "test/support/secured.hpp"
#include "test/support/world.hpp"

using namespace meme::test;

namespace {

const std::string unusable = "Redis cannot be used, requests go on without it";

/// Asks for a picture of its own.
void check_answered(world& here, const std::string& prompt) {
  here.ask(request(prompt, prompt));
  BOOST_TEST(json{here.next_result().data}.text("/request_id") == prompt);
}

bool redis_is_used(const world& here) {
  return eventually([&] { return here.memes->metric("meme_generator_redis_connected") == 1; });
}

/// Starts the service again with another Redis.
void use_redis(world& here, const std::string& url, const std::string& ca_file = "") {
  here.settings.variables["REDIS_URL"] = url;
  if (!ca_file.empty())
    here.settings.variables["MEME_CACHE_CA_FILE"] = ca_file;
  here.restart_service();
}

std::string with_user(const world& here, const std::string& user) {
  return "redis://" + user + "@" + here.redis.url().substr(std::string{"redis://"}.size());
}

world_settings with_users() {
  world_settings settings;
  settings.redis_arguments = {"--user", "me", "on", ">pass/word", "~*", "&*", "+@all"};
  return settings;
}

} // namespace

BOOST_AUTO_TEST_CASE(user_password_and_database_are_used) {
  world here{with_users()};
  use_redis(here, with_user(here, "me:pass%2Fword") + "/3");
  BOOST_TEST(redis_is_used(here));
  check_answered(here, "a cat");
  BOOST_TEST(eventually([&] {
    return contains(here.redis.run({"INFO", "keyspace"}), "db3:keys=1");
  }));
  BOOST_TEST(contains(here.redis.run({"CLIENT", "LIST"}), "user=me"));
}

BOOST_AUTO_TEST_CASE(a_wrong_password_costs_the_cache_and_nothing_else) {
  world here{with_users()};
  use_redis(here, with_user(here, "me:wrong"));
  BOOST_TEST(secured::logged(*here.memes, unusable, "WRONGPASS"));
  check_answered(here, "a cat");
  BOOST_TEST(here.redis.run({"DBSIZE"}) == "0");
  here.redis.run({"ACL", "SETUSER", "me", ">wrong"}); // no longer
  BOOST_TEST(redis_is_used(here));
  check_answered(here, "a dog");
  BOOST_TEST(eventually([&] { return here.redis.run({"DBSIZE"}) == "1"; }));
}

BOOST_AUTO_TEST_CASE(a_password_of_all_users_is_used) {
  world here;
  here.redis.run({"CONFIG", "SET", "requirepass", "pass-word"});
  use_redis(here, with_user(here, ":pass-word"));
  BOOST_TEST(redis_is_used(here));
  use_redis(here, here.redis.url());
  BOOST_TEST(secured::logged(*here.memes, unusable, "NOAUTH"));
  check_answered(here, "a cat");
}

BOOST_AUTO_TEST_CASE(a_database_that_is_not_there_costs_the_cache_and_nothing_else) {
  world here;
  use_redis(here, here.redis.url() + "/99");
  BOOST_TEST(secured::logged(*here.memes, unusable, "out of range"));
  check_answered(here, "a cat");
}

namespace {

struct encrypted {
  boost::test_tools::assertion_result operator()(boost::unit_test::test_unit_id) const {
    return meme::config::redis_tls_available;
  }
};

/// A Redis that speaks TLS on a second port, with a certificate for `names`.
struct tls_world {
  explicit tls_world(const std::string& names) : own{ca.issue("redis", names)}, here{settings()} {}

  world_settings settings() const {
    world_settings result;
    result.redis_arguments = {"--tls-port",         std::to_string(port.port()),
                              "--tls-cert-file",    own.file,
                              "--tls-key-file",     own.key_file,
                              "--tls-ca-cert-file", ca.file(),
                              "--tls-auth-clients", "no"};
    return result;
  }

  std::string url(const std::string& host, const std::string& user = "") const {
    return "rediss://" + user + host + ":" + std::to_string(port.port());
  }

  void check_refused(const std::string& why) {
    BOOST_TEST(secured::logged(*here.memes, unusable, why), here.memes->process().err());
    check_answered(here, "a cat");
    BOOST_TEST(here.redis.run({"DBSIZE"}) == "0");
    BOOST_TEST(here.memes->metric("meme_generator_redis_connected") == 0);
  }

  temporary_folder folder;
  port_lease port;
  certificate_authority ca{folder.path() / "ca", "ours"};
  certificate_authority other_ca{folder.path() / "other", "theirs"};
  certificate own;
  world here;
};

const std::string right_names = "DNS:localhost,IP:127.0.0.1";

} // namespace

BOOST_AUTO_TEST_SUITE(with_tls, *boost::unit_test::precondition(encrypted{}))

BOOST_AUTO_TEST_CASE(pictures_are_kept) {
  tls_world tls{right_names};
  use_redis(tls.here, tls.url("localhost"), tls.ca.file());
  BOOST_TEST(redis_is_used(tls.here));
  check_answered(tls.here, "a cat");
  BOOST_TEST(eventually([&] { return tls.here.redis.run({"DBSIZE"}) == "1"; }));
  // Found again, larger than one record of TLS, by a process that remembers nothing.
  tls.here.restart_service();
  BOOST_TEST(redis_is_used(tls.here));
  tls.here.ask(request("again", "a cat"));
  BOOST_TEST(json{tls.here.next_result().data}.flag("/cached"));
}

BOOST_AUTO_TEST_CASE(the_systems_authorities_are_trusted_without_a_setting) {
  tls_world tls{right_names};
  tls.here.settings.variables["SSL_CERT_FILE"] = tls.ca.file();
  use_redis(tls.here, tls.url("localhost"));
  BOOST_TEST(redis_is_used(tls.here));
}

BOOST_AUTO_TEST_CASE(a_certificate_for_an_address_will_do) {
  tls_world tls{right_names};
  use_redis(tls.here, tls.url("127.0.0.1"), tls.ca.file());
  BOOST_TEST(redis_is_used(tls.here));
}

BOOST_AUTO_TEST_CASE(somebody_elses_authority_is_refused) {
  tls_world tls{right_names};
  use_redis(tls.here, tls.url("localhost", ":pass-word@"), tls.other_ca.file());
  tls.check_refused("its certificate is refused: ");
}

BOOST_AUTO_TEST_CASE(another_name_is_refused) {
  tls_world tls{"DNS:redis.example.com,IP:127.0.0.2"};
  use_redis(tls.here, tls.url("localhost"), tls.ca.file());
  tls.check_refused("its certificate is refused: hostname mismatch");
  use_redis(tls.here, tls.url("127.0.0.1"));
  tls.check_refused("its certificate is refused: IP address mismatch");
}

BOOST_AUTO_TEST_CASE(a_redis_without_tls_is_refused) {
  world here;
  use_redis(here, "rediss" + here.redis.url().substr(std::string{"redis"}.size()));
  BOOST_TEST(secured::logged(*here.memes, unusable, ""));
  check_answered(here, "a cat");
}

BOOST_AUTO_TEST_CASE(a_file_without_certificates_ends_the_program) {
  temporary_folder folder;
  certificate_authority ca{folder.path(), "ours"};
  const auto key = folder.path() / "ours.key";
  const auto run = run_meme_generator(
      folder.path(), {},
      secured::serving({{"REDIS_URL", "rediss://localhost"}, {"MEME_CACHE_CA_FILE", key}}));
  BOOST_TEST(run.status == 2);
  BOOST_TEST(contains(run.err, "cache.ca-file: holds no certificates"), run.err);
}

BOOST_AUTO_TEST_SUITE_END()
