// Who the service says it is to NATS, what becomes of it when it is not believed, and which of
// several servers it uses. It needs neither Redis nor the model to be ready, so there are none.
#define BOOST_TEST_MODULE nats_identity
#include <boost/test/unit_test.hpp>

#include <fstream>

#include "test/support/nats_client.hpp"
#include "test/support/nats_server.hpp"
#include "test/support/read_file.hpp"
#include "test/support/secured.hpp"

using namespace meme::test;

namespace {

const std::string fixtures = MEME_FIXTURES;

/// Both made for these tests; the seeds are in the fixtures.
const std::string nkey = "UBHCTHAWHFLZ6YUI3OYAOFFTOCP547WILVQQXOHSTSAVSD6EEBX23RRL";
const std::string strange_nkey = "UCBNJSI3YNSPNJ4TOLK5DAWAXJIYWJVIB2B5WGDA55RMAXIVQ6SESVX3";

const std::string refused = "Authorization Violation";

const std::string closed_for_good =
    "the connection to NATS is closed for good and opened anew until it lasts";

std::string with_user(const nats_server& nats, const std::string& user) {
  return "nats://" + user + "@" + nats.url().substr(std::string{"nats://"}.size());
}

struct fixture : secured {
  void check_served(const environment& variables) {
    service memes{folder.path(), serving(variables)};
    const auto ready = memes.wait_ready(); // the message is made before the check
    BOOST_TEST(ready, memes.page("/readyz").body << memes.process().err());
    BOOST_TEST(memes.terminate() == 0);
  }

  /// Refused for long enough that the library has given the connection up, and still trying.
  void check_refused(const environment& variables) {
    service memes{folder.path(), serving(variables)};
    BOOST_TEST(says_not_ready(memes, refused));
    BOOST_TEST(logged(memes, closed_for_good, refused));
    BOOST_TEST(memes.page("/livez").status == 200);
    BOOST_TEST(memes.terminate() == 0);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_service, fixture)

BOOST_AUTO_TEST_CASE(has_a_user_and_a_password) {
  const nats_server nats{folder.path(), R"(authorization: {user: me, password: "pass-word"})"};
  check_served({{"NATS_URL", with_user(nats, "me:pass-word")}});
  check_refused({{"NATS_URL", with_user(nats, "me:wrong")}});
  check_refused({{"NATS_URL", nats.url()}});
}

BOOST_AUTO_TEST_CASE(has_a_password_with_anything_in_it) {
  const nats_server nats{folder.path(),
                         R"(authorization: {user: "m:e", password: "p@ss/w\"o\\rd%"})"};
  check_served({{"NATS_URL", with_user(nats, "m%3Ae:p%40ss%2Fw%22o%5Crd%25")}});
}

BOOST_AUTO_TEST_CASE(has_a_token) {
  const nats_server nats{folder.path(), R"(authorization: {token: "to+ken"})"};
  check_served({{"NATS_URL", with_user(nats, "to+ken")}});
  check_served({{"NATS_URL", with_user(nats, "to%2Bken")}});
  check_refused({{"NATS_URL", with_user(nats, "wrong")}});
}

BOOST_AUTO_TEST_CASE(has_an_nkey) {
  const nats_server nats{folder.path(), "authorization: {users: [{nkey: " + nkey + "}]}"};
  check_served({{"NATS_URL", nats.url()},
                {"MEME_NATS_NKEY", nkey},
                {"MEME_NATS_NKEY_SEED_FILE", fixtures + "/nkey.seed"}});
  check_refused({{"NATS_URL", nats.url()},
                 {"MEME_NATS_NKEY", strange_nkey},
                 {"MEME_NATS_NKEY_SEED_FILE", fixtures + "/stranger.seed"}});
}

BOOST_AUTO_TEST_CASE(has_credentials) {
  const nats_server nats{folder.path(), read_file(fixtures + "/operator.conf", 0)};
  check_served(
      {{"NATS_URL", nats.url()}, {"MEME_NATS_CREDENTIALS_FILE", fixtures + "/user.creds"}});
  check_refused(
      {{"NATS_URL", nats.url()}, {"MEME_NATS_CREDENTIALS_FILE", fixtures + "/stranger.creds"}});
}

// Refused in the middle of its work: it is not given up, and serves as soon as it may again.
BOOST_AUTO_TEST_CASE(is_locked_out_and_let_in_again) {
  std::filesystem::create_directories(folder.path() / "nats");
  const auto let_in = [&](const std::string& password) {
    std::ofstream{folder.path() / "nats" / "auth.conf"} << "authorization: {user: me, password: \""
                                                        << password << "\"}\n";
  };
  let_in("pass-word");
  nats_server nats{folder.path(), "include \"auth.conf\""};
  service memes{folder.path(), serving({{"NATS_URL", with_user(nats, "me:pass-word")}})};
  BOOST_TEST_REQUIRE(memes.wait_ready());
  nats.kill9();
  let_in("another");
  nats.start();
  BOOST_TEST(says_not_ready(memes, refused));
  BOOST_TEST(logged(memes, closed_for_good, refused));
  nats.kill9();
  let_in("pass-word");
  nats.start();
  BOOST_TEST(memes.wait_ready());
  BOOST_TEST(memes.metric("meme_generator_actor_restarts_total") == 0);
  BOOST_TEST(memes.terminate() == 0);
}

// No restart of the service: who mends the secret need not know who uses it.
BOOST_AUTO_TEST_CASE(is_let_in_as_soon_as_its_credentials_are_right) {
  const auto file = folder.path() / "mine.creds";
  std::filesystem::copy_file(fixtures + "/stranger.creds", file);
  const nats_server nats{folder.path(), read_file(fixtures + "/operator.conf", 0)};
  service memes{folder.path(),
                serving({{"NATS_URL", nats.url()}, {"MEME_NATS_CREDENTIALS_FILE", file}})};
  BOOST_TEST(logged(memes, closed_for_good, refused));
  std::filesystem::remove(file); // as a mounted secret that is being replaced
  std::filesystem::copy_file(fixtures + "/user.creds", file);
  BOOST_TEST(memes.wait_ready());
  BOOST_TEST(memes.metric("meme_generator_actor_restarts_total") == 0);
  BOOST_TEST(memes.terminate() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(of_several_servers, fixture)

BOOST_AUTO_TEST_CASE(a_dead_one_is_passed_over) {
  const nats_server nats{folder.path()};
  const port_lease dead;
  check_served({{"NATS_URL", "nats://" + dead.address() + ", " + nats.url()}});
}

BOOST_AUTO_TEST_CASE(another_one_is_used_when_the_first_dies) {
  nats_server first{folder.path() / "1"};
  nats_server second{folder.path() / "2"};
  service memes{folder.path(), serving({{"NATS_URL", first.url() + "," + second.url()}})};
  BOOST_TEST_REQUIRE(memes.wait_ready());
  // The library shuffles the list; the stream is where the service is.
  const auto is_bound = [](const nats_server& server) {
    return nats_client{server.url()}.consumer("MEMES", "meme-generator").has("/config");
  };
  auto& used = is_bound(first) ? first : second;
  auto& other = is_bound(first) ? second : first;
  used.kill9();
  const auto begun = std::chrono::steady_clock::now();
  BOOST_TEST(eventually([&] { return is_bound(other); }));
  BOOST_TEST(memes.wait_ready());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  BOOST_TEST_MESSAGE("bound on the other server after " << took.count() << " s");
  BOOST_TEST(memes.terminate() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
