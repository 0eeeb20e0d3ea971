// Encrypted connections to NATS: who is trusted, who is not, and what the service says of it. It
// needs neither Redis nor the model to be ready, so there are none.
#define BOOST_TEST_MODULE nats_tls
#include <boost/test/unit_test.hpp>

#include "test/support/certificates.hpp"
#include "test/support/nats_server.hpp"
#include "test/support/secured.hpp"

using namespace meme::test;

namespace {

struct fixture : secured {
  std::string tls(const certificate& with, const std::string& more = "") const {
    return "tls: {cert_file: \"" + with.file + "\", key_file: \"" + with.key_file + "\"" + more
           + "}";
  }

  /// Asks clients for a certificate of `ca`.
  std::string mutual() const {
    return tls(server, ", ca_file: \"" + ca.file() + "\", verify: true");
  }

  std::string url(const nats_server& nats, const std::string& scheme = "tls",
                  const std::string& host = "127.0.0.1") const {
    return scheme + "://" + host + nats.url().substr(nats.url().rfind(':'));
  }

  void check_refused(const environment& variables, const std::string& reason) {
    service memes{folder.path(), serving(variables)};
    const auto said = says_not_ready(memes, reason)
                      && logged(memes, "NATS connection rejected, retrying", reason);
    BOOST_TEST(said, memes.page("/readyz").body << memes.process().err());
    BOOST_TEST(memes.terminate() == 0);
  }

  void check_served(const environment& variables) {
    service memes{folder.path(), serving(variables)};
    const auto ready = memes.wait_ready(); // the message is made before the check
    BOOST_TEST(ready, memes.page("/readyz").body << memes.process().err());
    BOOST_TEST(memes.terminate() == 0);
  }

  certificate_authority ca{folder.path() / "ca", "ours"};
  certificate_authority other_ca{folder.path() / "other", "theirs"};
  certificate server = ca.issue("server", "DNS:localhost,IP:127.0.0.1,IP:::1");
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_server_with_a_certificate, fixture)

BOOST_AUTO_TEST_CASE(is_served_where_its_authority_is_trusted) {
  const nats_server nats{folder.path(), tls(server)};
  check_served({{"NATS_URL", url(nats)}, {"MEME_NATS_CA_FILE", ca.file()}});
  check_served({{"NATS_URL", url(nats, "tls", "localhost")}, {"MEME_NATS_CA_FILE", ca.file()}});
  // Its demand for TLS is enough.
  check_served({{"NATS_URL", url(nats, "nats")}, {"MEME_NATS_CA_FILE", ca.file()}});
  // Without a setting of ours the system's authorities are trusted; OpenSSL lets a test add one.
  check_served({{"NATS_URL", url(nats)}, {"SSL_CERT_FILE", ca.file()}});
}

BOOST_AUTO_TEST_CASE(is_reached_by_the_commands_too) {
  const nats_server nats{folder.path(), tls(server)};
  const auto good = run_meme_generator(folder.path(), {"provision"},
                                       {{"NATS_URL", url(nats)}, {"MEME_NATS_CA_FILE", ca.file()}});
  BOOST_TEST(good.status == 0, good.err);
  const auto bad =
      run_meme_generator(folder.path(), {"provision"},
                         {{"NATS_URL", url(nats)}, {"MEME_NATS_CA_FILE", other_ca.file()}});
  BOOST_TEST(bad.status == 1);
  BOOST_TEST(contains(bad.err, "certificate"), bad.err);
}

BOOST_AUTO_TEST_CASE(is_refused_where_somebody_else_has_signed_it) {
  const nats_server nats{folder.path(), tls(server)};
  check_refused({{"NATS_URL", url(nats)}, {"MEME_NATS_CA_FILE", other_ca.file()}}, "certificate");
  check_refused({{"NATS_URL", url(nats)}}, "certificate");
}

BOOST_AUTO_TEST_CASE(is_refused_under_another_name) {
  const auto elsewhere = ca.issue("elsewhere", "DNS:nats.example.com");
  const nats_server nats{folder.path(), tls(elsewhere)};
  check_refused({{"NATS_URL", url(nats)}, {"MEME_NATS_CA_FILE", ca.file()}}, "mismatch");
  check_refused({{"NATS_URL", url(nats, "tls", "localhost")}, {"MEME_NATS_CA_FILE", ca.file()}},
                "mismatch");
}

BOOST_AUTO_TEST_CASE(may_ask_us_for_ours) {
  const auto client = ca.issue("client", "DNS:meme-generator");
  const auto stranger = other_ca.issue("stranger", "DNS:meme-generator");
  const nats_server nats{folder.path(), mutual()};
  environment variables{{"NATS_URL", url(nats)}, {"MEME_NATS_CA_FILE", ca.file()}};
  check_refused(variables, "");
  variables["MEME_NATS_CERTIFICATE_FILE"] = client.file;
  variables["MEME_NATS_KEY_FILE"] = client.key_file;
  check_served(variables);
  variables["MEME_NATS_CERTIFICATE_FILE"] = stranger.file;
  variables["MEME_NATS_KEY_FILE"] = stranger.key_file;
  check_refused(variables, "");
}

BOOST_AUTO_TEST_SUITE_END()

// Whoever sits between us and the server could otherwise have the password sent in the clear.
BOOST_FIXTURE_TEST_CASE(a_server_without_tls_is_refused_where_the_address_says_tls, fixture) {
  const nats_server nats{folder.path()};
  check_refused({{"NATS_URL", url(nats, "tls", "me:password@127.0.0.1")}}, "ecure");
}

BOOST_FIXTURE_TEST_CASE(a_key_that_is_not_the_certificates_own_ends_the_program, fixture) {
  const auto one = ca.issue("one", "DNS:one");
  const auto two = ca.issue("two", "DNS:two");
  const auto run = run_meme_generator(folder.path(), {},
                                      serving({{"NATS_URL", "tls://127.0.0.1:1"},
                                               {"MEME_NATS_CERTIFICATE_FILE", one.file},
                                               {"MEME_NATS_KEY_FILE", two.key_file}}));
  BOOST_TEST(run.status == 2);
  BOOST_TEST(contains(run.err, "nats.certificate-file"), run.err);
}
