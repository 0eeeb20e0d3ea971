// A model behind https://: its certificate is checked, and one that is wrong never sees the token.
#define BOOST_TEST_MODULE model_tls
#include <boost/test/unit_test.hpp>

#include "test/support/certificates.hpp"
#include "test/support/secured.hpp"
#include "test/support/world.hpp"

using namespace meme::test;

namespace {

/// Ends the handshake and answers each line with itself, reversed: no HTTP, but TLS.
struct tls_server {
  tls_server(const std::filesystem::path& folder, const certificate& own)
      : process{folder / "tls", "openssl"} {
    process.launch(
        {"openssl",
         {"s_server", "-accept", port.address(), "-cert", own.file, "-key", own.key_file, "-rev"},
         {}},
        [this] { return contains(process.process().out(), "ACCEPT"); });
  }

  port_lease port;
  server process;
};

struct fixture {
  /// What a client is told when the model is asked at this address.
  std::string error_from(const std::string& host, const std::string& ca_file) {
    here.settings.variables["HF_API_URL"] =
        "https://" + host + ":" + std::to_string(model->port.port()) + "/model";
    here.settings.variables["MEME_GENERATOR_MAX_CALLS"] = "1";
    here.settings.variables["MEME_INGRESS_MAX_DELIVERIES"] = "1";
    here.settings.variables["SSL_CERT_FILE"] = ca_file;
    here.restart_service();
    here.ask(request("cat", "a cat"));
    return json{here.next_error().data}.text("/error");
  }

  void serve(const std::string& names) {
    model.emplace(here.folder.path(), ca.issue("model", names));
  }

  world here;
  certificate_authority ca{here.folder.path() / "ca", "ours"};
  certificate_authority other_ca{here.folder.path() / "other", "theirs"};
  std::optional<tls_server> model;
};

const std::string insecure = "no secure connection to the model";

} // namespace

BOOST_FIXTURE_TEST_CASE(a_trusted_certificate_is_accepted, fixture) {
  serve("DNS:localhost,IP:127.0.0.1");
  for (const auto* host : {"localhost", "127.0.0.1"}) {
    const auto error = error_from(host, ca.file());
    BOOST_TEST(!contains(error, insecure), error); // it has spoken, though no HTTP
  }
}

BOOST_FIXTURE_TEST_CASE(somebody_elses_authority_is_refused, fixture) {
  serve("DNS:localhost");
  const auto error = error_from("localhost", other_ca.file());
  BOOST_TEST(contains(error, insecure), error);
  BOOST_TEST(!contains(error, "localhost"), error);
  BOOST_TEST(contains(here.memes->process().err(), "certificate"));
  BOOST_TEST(!contains(here.memes->process().err() + error, "hf_test_token"));
}

BOOST_FIXTURE_TEST_CASE(another_name_is_refused, fixture) {
  serve("DNS:model.example.com");
  const auto error = error_from("localhost", ca.file());
  BOOST_TEST(contains(error, insecure), error);
}
