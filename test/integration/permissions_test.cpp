// Each command with exactly the NATS permissions that docs/permissions.md lists, and without each
// of them: then the command, or /readyz, names the subject that was refused.
#define BOOST_TEST_MODULE permissions
#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "test/support/read_file.hpp"
#include "test/support/stopwatch.hpp"
#include "test/support/world.hpp"

using namespace meme::test;

namespace {

using subjects = std::vector<std::string>;

const std::string source = MEME_SOURCE_DIR;

/// Without these the service is not ready, and says which.
const subjects to_pull = {"$JS.API.STREAM.INFO.MEMES", "$JS.API.STREAM.NAMES",
                          "$JS.API.CONSUMER.INFO.MEMES.meme-generator",
                          "$JS.API.CONSUMER.MSG.NEXT.MEMES.meme-generator"};
const subjects to_answer = {"meme.response", "meme.response.error", "meme.dead",
                            "$JS.ACK.MEMES.meme-generator.>"};
const subjects to_make = {"$JS.API.STREAM.INFO.MEMES_DEAD", "$JS.API.STREAM.CREATE.MEMES",
                          "$JS.API.STREAM.CREATE.MEMES_DEAD",
                          "$JS.API.CONSUMER.DURABLE.CREATE.MEMES.meme-generator"};
const subjects to_requeue = {"meme.request", "$JS.API.STREAM.NAMES",
                             "$JS.API.STREAM.MSG.GET.MEMES_DEAD",
                             "$JS.API.STREAM.MSG.DELETE.MEMES_DEAD"};

subjects joined(subjects first, const subjects& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

subjects without(subjects list, const std::string& one) {
  list.erase(std::remove(list.begin(), list.end(), one), list.end());
  return list;
}

std::string quoted(const subjects& list) {
  std::string result;
  for (const auto& each : list)
    result += (result.empty() ? "" : ", ") + json_string(each);
  return result;
}

/// Who gives no name may do everything; `limited` may publish and subscribe as listed.
std::string users(const subjects& publish, const subjects& subscribe) {
  return "max_payload: 8388608\nno_auth_user: anybody\nauthorization: {users: [\n"
         "  {user: anybody, password: a}\n"
         "  {user: limited, password: l, permissions: {publish: {allow: ["
         + quoted(publish) + "]}, subscribe: {allow: [" + quoted(subscribe) + "]}}}\n]}";
}

std::string as(const std::string& user, std::string url) {
  return url.insert(url.find("//") + 2, user + "@");
}

/// NATS with these permissions; stream and consumer are there.
struct stage {
  stage(const subjects& publish, const subjects& subscribe)
      : nats{folder.path(), users(publish, subscribe)}, client{nats.url()} {
    run_meme_generator(folder.path(), {"provision"}, {{"NATS_URL", nats.url()}});
  }

  finished_run run(std::vector<std::string> arguments) {
    return run_meme_generator(folder.path(), std::move(arguments),
                              {{"NATS_URL", as("limited:l", nats.url())}});
  }

  /// Redis is not there, and the model neither: an answer is an error.
  environment serving() const {
    return {{"NATS_URL", as("limited:l", nats.url())},
            {"REDIS_URL", "redis://127.0.0.1:1"},
            {"HF_API_URL", "http://127.0.0.1:1/models/none"},
            {"HF_API_TOKEN", "hf_test_token"},
            {"MEME_INGRESS_MAX_ATTEMPTS", "1"},
            {"MEME_GENERATOR_MAX_ATTEMPTS", "1"}};
  }

  temporary_folder folder;
  nats_server nats;
  nats_client client;
};

/// What is refused stands literally in the words, a wildcard's part not.
std::string literal(std::string subject) {
  if (subject.back() == '>')
    subject.pop_back();
  return subject;
}

bool names(const service& memes, const std::string& subject) {
  const auto page = memes.page("/readyz");
  return page.status == 503 && page.body.find(literal(subject)) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_table_lists_them) {
  const auto table = read_file(source + "/docs/permissions.md");
  for (const auto& list : {to_pull, to_answer, to_make, to_requeue})
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

BOOST_AUTO_TEST_CASE(provision_names_what_it_lacks) {
  const auto all = joined(without(to_pull, to_pull.back()), to_make);
  for (const auto& missing : without(all, "$JS.API.STREAM.INFO.MEMES_DEAD")) {
    temporary_folder folder;
    nats_server nats{folder.path(), users(without(all, missing), {"_INBOX.>"})};
    const stopwatch since_start;
    const auto run = run_meme_generator(folder.path(), {"provision"},
                                        {{"NATS_URL", as("limited:l", nats.url())}});
    BOOST_TEST(run.status == 1, missing);
    BOOST_TEST(run.err.find(missing) != std::string::npos, run.err);
    BOOST_TEST_MESSAGE(missing << " named after " << since_start.seconds() << " s");
  }
  temporary_folder folder;
  nats_server nats{folder.path(), users(all, {"_INBOX.>"})};
  const auto run =
      run_meme_generator(folder.path(), {"provision"}, {{"NATS_URL", as("limited:l", nats.url())}});
  BOOST_TEST(run.status == 0, run.err);
}

BOOST_AUTO_TEST_CASE(the_client_s_commands_name_what_they_lack) {
  stage here{{"other"}, {"_INBOX.>", "meme.response"}};
  const stopwatch since_start;
  for (const auto& arguments :
       {std::vector<std::string>{"request", "--prompt", "a cat"}, {"load", "--count", "1"}}) {
    const auto run = here.run(arguments);
    BOOST_TEST(run.status != 0);
    BOOST_TEST(run.err.find("publish on meme.request") != std::string::npos, run.err);
  }
  const auto watch = here.run({"watch", "--count", "1"});
  BOOST_TEST(watch.status == 1);
  BOOST_TEST(watch.err.find("subscribe to meme.response.error") != std::string::npos, watch.err);
  BOOST_TEST_MESSAGE("three commands named it after " << since_start.seconds() << " s");
}

BOOST_AUTO_TEST_CASE(a_command_names_the_inbox_that_it_may_not_subscribe_to) {
  stage here{{"meme.request"}, {"other"}};
  const auto run = here.run({"request", "--prompt", "a cat"});
  BOOST_TEST(run.status != 0);
  BOOST_TEST(run.err.find("subscribe to _INBOX.") != std::string::npos, run.err);
  BOOST_TEST(here.client.messages_in("MEMES") == 0); // it would have waited in vain
}

BOOST_AUTO_TEST_CASE(requeue_names_what_it_lacks) {
  const auto put = [](stage& here) {
    here.client.enqueue("meme.dead", request("x", "a cat"), {{"Meme-Subject", "meme.request"}});
  };
  for (const auto& missing : to_requeue) {
    stage here{without(to_requeue, missing), {"_INBOX.>"}};
    put(here);
    const auto run = here.run({"dead", "requeue", "1"});
    BOOST_TEST(run.status == 1, missing);
    BOOST_TEST(run.err.find(missing) != std::string::npos, run.err);
  }
  stage here{to_requeue, {"_INBOX.>"}};
  put(here);
  const auto run = here.run({"dead", "requeue", "1"});
  BOOST_TEST(run.status == 0, run.err);
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
