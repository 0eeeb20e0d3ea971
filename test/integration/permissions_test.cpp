// The service with exactly the NATS permissions that docs/permissions.md lists, and without each of
// them: then /readyz names the subject that was refused.
#define BOOST_TEST_MODULE permissions
#include <boost/test/unit_test.hpp>

#include "test/integration/limited_user.hpp"
#include "test/support/read_file.hpp"
#include "test/support/stopwatch.hpp"
#include "test/support/world.hpp"

using namespace meme::test;

namespace {

const std::string source = MEME_SOURCE_DIR;

/// Without these the service is not ready, and says which.
const subjects to_pull = {"$JS.API.STREAM.INFO.MEMES", "$JS.API.STREAM.NAMES",
                          "$JS.API.CONSUMER.INFO.MEMES.meme-generator",
                          "$JS.API.CONSUMER.MSG.NEXT.MEMES.meme-generator"};
const subjects to_answer = {"meme.response", "meme.response.error", "meme.dead",
                            "$JS.ACK.MEMES.meme-generator.>"};

/// NATS with these permissions; stream and consumer are there.
struct stage {
  stage(const subjects& publish, const subjects& subscribe)
      : nats{folder.path(), users({{"limited", publish, subscribe}})}, client{nats.url()} {
    run_meme_generator(folder.path(), {"provision"}, {{"NATS_URL", nats.url()}});
  }

  /// Redis is not there, and the model neither: an answer is an error.
  environment serving() const {
    return {{"NATS_URL", as("limited", nats.url())},
            {"REDIS_URL", "redis://127.0.0.1:1"},
            {"HF_API_URL", "http://127.0.0.1:1/models/none"},
            {"HF_API_TOKEN", "hf_test_token"},
            {"MEME_INGRESS_MAX_DELIVERIES", "1"},
            {"MEME_GENERATOR_MAX_CALLS", "1"}};
  }

  temporary_folder folder;
  nats_server nats;
  nats_client client;
};

bool names(const service& memes, const std::string& subject) {
  const auto page = memes.page("/readyz");
  return page.status == 503 && page.body.find(literal(subject)) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_table_lists_them) {
  const auto table = read_file(source + "/docs/permissions.md");
  for (const auto& list : {to_pull, to_answer})
    for (const auto& each : list)
      BOOST_TEST(table.find('`' + each + '`') != std::string::npos, each);
}

// A user without publish on its own inbox can have no fence of the cheap kind.
BOOST_AUTO_TEST_CASE(the_service_answers_with_exactly_these) {
  stage here{joined(to_pull, to_answer), {"_INBOX.>"}};
  service memes{here.folder.path(), here.serving()};
  BOOST_TEST_REQUIRE(memes.wait_ready(), memes.page("/readyz").body);
  here.client.enqueue("meme.request", "nonsense");
  here.client.enqueue("meme.request", request("dead", "a cat"));
  const stopwatch since_request;
  BOOST_TEST(eventually([&] { return here.client.messages_in("MEMES") == 0; }));
  BOOST_TEST_MESSAGE("permissions: answered in " << since_request.seconds() << " s");
  BOOST_TEST(here.client.messages_in("MEMES_DEAD") == 1);
  BOOST_TEST(memes.page("/readyz").status == 200);
}

BOOST_AUTO_TEST_CASE(the_service_names_what_it_lacks_to_pull) {
  for (const auto& missing : to_pull) {
    stage here{without(joined(to_pull, to_answer), missing), {"_INBOX.>"}};
    service memes{here.folder.path(), here.serving()};
    const stopwatch since_start;
    BOOST_TEST(eventually([&] { return names(memes, missing); }),
               missing << ": " << memes.page("/readyz").body);
    BOOST_TEST_MESSAGE(missing << " named after " << since_start.seconds() << " s");
    BOOST_TEST(memes.page("/readyz").body.find("Timeout") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(the_service_names_what_it_lacks_to_answer) {
  for (const auto& missing : to_answer) {
    stage here{without(joined(to_pull, to_answer), missing), {"_INBOX.>"}};
    service memes{here.folder.path(), here.serving()};
    BOOST_TEST_REQUIRE(memes.wait_ready(), memes.page("/readyz").body);
    // An error and a dead letter; a result where there is a model, which the table's row says.
    if (missing == "meme.response")
      continue; // permission_test: results_are_refused
    here.client.enqueue("meme.request", request("dead", "a cat"));
    BOOST_TEST(eventually([&] { return names(memes, missing); }),
               missing << ": " << memes.page("/readyz").body);
    BOOST_TEST(here.client.messages_in("MEMES") == 1);
  }
}

BOOST_AUTO_TEST_CASE(the_service_names_the_inbox_that_it_may_not_subscribe_to) {
  stage here{joined(to_pull, to_answer), {"meme.nothing"}};
  service memes{here.folder.path(), here.serving()};
  BOOST_TEST(eventually([&] { return names(memes, "_INBOX."); }), memes.page("/readyz").body);
}

// A worker, a client and an operator, as docs/nats-accounts.conf has them. What it says of browsers
// and of `nats bench` is checked by test/k8s/demo.mjs.
BOOST_AUTO_TEST_CASE(the_documented_users_can_do_their_work_and_no_more) {
  temporary_folder folder;
  nats_server nats{folder.path(),
                   read_file(source + "/docs/nats-accounts.conf"),
                   {{"WORKER_PASSWORD", "w1"},
                    {"CLIENT_PASSWORD", "c1"},
                    {"OPERATOR_PASSWORD", "o1"},
                    {"BROWSER_PASSWORD", "b1"},
                    {"BENCH_PASSWORD", "n1"}}};
  const auto run_as = [&](const std::string& user, std::vector<std::string> arguments) {
    return run_meme_generator(folder.path(), std::move(arguments),
                              {{"NATS_URL", as(user + ":" + user.front() + "1", nats.url())},
                               {"MEME_NATS_INBOX_PREFIX", "_INBOX_" + user}});
  };
  sketch_server model{folder.path()};
  service memes{folder.path(),
                {{"NATS_URL", as("worker:w1", nats.url())},
                 {"MEME_NATS_INBOX_PREFIX", "_INBOX_worker"},
                 {"MEME_NATS_REPLY_SUBJECTS", "_INBOX_client.>,_INBOX_browser.>"},
                 {"REDIS_URL", "redis://127.0.0.1:1"},
                 {"HF_API_URL", model.model_url()},
                 {"HF_API_TOKEN", "hf_test_token"}}};
  BOOST_TEST_REQUIRE(memes.wait_ready(), memes.page("/readyz").body);
  const auto asked = run_as("client", {"request", "--prompt", "a cat", "--small", "--output",
                                       (folder.path() / "cat.png").string()});
  BOOST_TEST(asked.status == 0, asked.err);
  BOOST_TEST(memes.process().err().find("Permissions Violation") == std::string::npos);
  for (const auto& arguments : {std::vector<std::string>{"provision"}, {"dead", "list"}}) {
    const auto run = run_as("operator", arguments);
    BOOST_TEST(run.status == 0, run.err);
  }
  const auto purge = run_as("client", {"dead", "purge", "all"});
  BOOST_TEST(purge.status == 1);
  BOOST_TEST(purge.err.find("$JS.API.STREAM.NAMES") != std::string::npos, purge.err);
}
