// What NATS does not permit it drops without failing anything: a message must not be acknowledged
// whose answer was refused.
#define BOOST_TEST_MODULE permission
#include <boost/test/unit_test.hpp>

#include "test/support/standing_rule.hpp"
#include "test/support/stopwatch.hpp"

using namespace meme::test;

namespace {

/// Who says no name may do everything, and `worker` all but publish on `denied`.
std::unique_ptr<world> world_that_denies(const std::string& denied) {
  world_settings settings;
  settings.nats_config = R"(
max_payload: 8388608
no_auth_user: anybody
authorization: {users: [
  {user: anybody, password: "a"},
  {user: worker, password: "w", permissions: {publish: {deny: [")"
                         + denied + R"("]}}}
]})";
  settings.variables = {{"MEME_SUPERVISOR_ESCALATION_GRACE", "4s"}};
  return std::make_unique<world>(settings);
}

void become_worker(world& here) {
  auto url = here.nats.url();
  here.settings.variables["NATS_URL"] = url.insert(url.find("//") + 2, "worker:w@");
  here.restart_service();
}

/// The service says why it cannot go on, ends with an error and has acknowledged nothing; with
/// the permission it answers all.
void check_gives_up(world& here, const std::string& denied, const std::set<std::string>& ids) {
  const stopwatch since_request;
  BOOST_TEST(eventually([&] {
    const auto page = here.memes->page("/readyz");
    return page.status == 503 && page.body.find(denied) != std::string::npos;
  }));
  BOOST_TEST_MESSAGE("permission: not ready " << since_request.seconds() << " s after the request");
  BOOST_TEST(here.memes->page("/livez").status == 200);
  BOOST_TEST(here.memes->metric("meme_generator_nats_errors_total") >= 1);
  BOOST_TEST(here.memes->process().wait_exit().value_or(-1) == 1);
  BOOST_TEST(here.client.messages_in("MEMES") == static_cast<std::int64_t>(ids.size()));
  here.settings.variables.erase("NATS_URL");
  here.restart_service();
  BOOST_TEST(check_all_ended(here, ids).duplicates == 0u);
}

} // namespace

BOOST_AUTO_TEST_CASE(results_are_refused) {
  const auto here = world_that_denies("meme.response");
  become_worker(*here);
  here->client.enqueue_all("meme.request", requests(3, "refused"));
  check_gives_up(*here, "meme.response", ids_of(3, "refused"));
}

BOOST_AUTO_TEST_CASE(errors_are_refused) {
  const auto here = world_that_denies("meme.response.error");
  become_worker(*here);
  here->ask(request("wrong-0", ""));
  check_gives_up(*here, "meme.response.error", ids_of(1, "wrong"));
}

BOOST_AUTO_TEST_CASE(acknowledgements_are_refused) {
  const auto here = world_that_denies("$JS.ACK.>");
  become_worker(*here);
  here->ask(request("unsaid-0", "unsaid-0"));
  BOOST_TEST(here->memes->process().wait_exit().value_or(-1) == 1);
  BOOST_TEST(here->client.messages_in("MEMES") == 1);
}

BOOST_AUTO_TEST_CASE(a_refused_reply_to_keeps_nobody_from_the_answer) {
  const auto here = world_that_denies("_INBOX.private.>");
  become_worker(*here);
  auto box = here->client.subscribe("_INBOX.box");
  here->ask(request("both-0", "both-0", R"("reply_to": "_INBOX.private.box")"));
  here->ask(request("both-1", "both-1", R"("reply_to": "_INBOX.box")"));
  BOOST_TEST(check_all_ended(*here, ids_of(2, "both")).duplicates == 0u);
  BOOST_TEST(json{box.next().data}.text("/request_id") == "both-1");
  BOOST_TEST(
      eventually([&] { return here->memes->metric("meme_generator_nats_errors_total") == 1; }));
  BOOST_TEST(here->memes->process().err().find("_INBOX.private.box") != std::string::npos);
  BOOST_TEST(here->memes->page("/readyz").status == 200);
}
