// A cluster of three NATS servers with a replicated stream and consumer: their leader is killed, or
// two of three servers, so that nobody leads.
#define BOOST_TEST_MODULE cluster
#include <boost/test/unit_test.hpp>

#include <map>
#include <memory>
#include <set>

#include "test/support/nats_cluster.hpp"
#include "test/support/redis_server.hpp"
#include "test/support/request_feed.hpp"
#include "test/support/service.hpp"
#include "test/support/sketch_server.hpp"
#include "test/support/stopwatch.hpp"
#include "test/support/temporary_folder.hpp"
#include "test/support/world.hpp"

using namespace meme::test;
using std::chrono::minutes;

namespace {

constexpr double requests_per_second = 20;

/// ingress.pull-expiry of 6 s makes a heartbeat of 2 s. Not ready after two pulls that were not
/// heard of for three heartbeats each; each is noticed up to a second later.
constexpr auto pull_expiry = "6s";
constexpr double not_ready_after_s = 2 * (3 * 2 + 1);

std::string numbered_request(std::uint64_t number) {
  return request(std::to_string(number), "picture " + std::to_string(number));
}

/// The cluster, all else that a request meets, and a witness of the answers, which is connected to
/// a server that no test kills. The service is not started.
class stage {
public:
  stage() {
    nats_client maker{nats.at("n0").url()};
    make(maker, "STREAM.CREATE.MEMES",
         R"({"name": "MEMES", "subjects": ["meme.request", "meme.request.>"],
             "retention": "workqueue", "storage": "file", "num_replicas": 3})");
    make(maker, "STREAM.CREATE.MEMES_DEAD",
         R"({"name": "MEMES_DEAD", "subjects": ["meme.dead"], "storage": "file",
             "num_replicas": 3})");
    make(maker, "CONSUMER.DURABLE.CREATE.MEMES.meme-generator",
         R"({"stream_name": "MEMES", "config": {"durable_name": "meme-generator",
             "ack_policy": "explicit", "ack_wait": 5000000000, "max_ack_pending": 20000}})");
    BOOST_TEST_REQUIRE(eventually([&] {
      lead = leaders_of(maker, "MEMES", "meme-generator");
      return !lead.stream.empty() && !lead.consumer.empty();
    }));
  }

  /// Starts service, witness and requests. The service is connected to `first`, and hears from it
  /// of the others; `survivor` is not killed.
  void start(const std::string& first, const std::string& survivor) {
    witness = std::make_unique<nats_client>(nats.at(survivor).url());
    results = std::make_unique<mailbox>(witness->subscribe("meme.response"));
    errors = std::make_unique<mailbox>(witness->subscribe("meme.response.error"));
    memes = std::make_unique<service>(folder.path(),
                                      environment{{"NATS_URL", nats.at(first).url()},
                                                  {"REDIS_URL", redis.url()},
                                                  {"HF_API_URL", model.model_url()},
                                                  {"HF_API_TOKEN", "hf_test_token"},
                                                  {"MEME_INGRESS_PULL_EXPIRY", pull_expiry}});
    BOOST_TEST_REQUIRE(memes->wait_ready(), memes->page("/readyz").body);
    feed = std::make_unique<request_feed>(nats.at(survivor).url(), requests_per_second,
                                          numbered_request, minutes{2});
    BOOST_TEST_REQUIRE(results->wait_for(20));
  }

  /// Waits until a request is answered that is queued after now.
  void wait_for_new_answer() {
    const auto before = feed->stored();
    BOOST_TEST_REQUIRE(eventually([&] { return newest_answered() > before; }, minutes{2}));
  }

  /// Each request that the stream has confirmed has one answer, a result, however often that was
  /// repeated. Returns how many repeats there were.
  std::size_t check_each_is_answered_once() {
    feed->stop();
    BOOST_TEST(eventually([&] { return answers().size() >= feed->stored(); }, minutes{2}));
    BOOST_TEST(errors->messages().empty());
    std::size_t distinct = 0;
    for (const auto& [number, message_ids] : answers()) {
      BOOST_TEST((number >= 1 && number <= feed->stored()));
      distinct += message_ids.size();
    }
    BOOST_TEST(answers().size() == feed->stored());
    // A request that was sent twice may have been stored twice.
    BOOST_TEST(distinct <= feed->stored() + feed->retries());
    BOOST_TEST(memes->process().running());
    BOOST_TEST(memes->page("/readyz").status == 200);
    return results->messages().size() - distinct;
  }

  /// Two servers; without them nobody leads.
  std::vector<std::string> leading_two() const {
    if (lead.stream != lead.consumer)
      return {lead.stream, lead.consumer};
    return {lead.stream, nats.others({lead.stream}).front()};
  }

  temporary_folder folder;
  nats_cluster nats{folder.path()};
  redis_server redis{folder.path()};
  sketch_server model{folder.path(), {"--latency", "200", "--fixed-bytes", "2000"}};
  leaders lead; ///< before anything is killed
  std::unique_ptr<nats_client> witness;
  std::unique_ptr<mailbox> results;
  std::unique_ptr<mailbox> errors;
  std::unique_ptr<service> memes;
  std::unique_ptr<request_feed> feed;

private:
  static void make(nats_client& maker, const std::string& what, const std::string& how) {
    const auto reply = maker.api(what, how);
    BOOST_TEST_REQUIRE(!reply.has("/error"), reply.source());
  }

  /// By the request's number, the different Nats-Msg-Ids of its results.
  std::map<std::uint64_t, std::set<std::string>> answers() {
    std::map<std::uint64_t, std::set<std::string>> result;
    for (const auto& each : results->messages())
      result[std::stoull(json{each.data}.text("/request_id"))].insert(
          each.header.at("Nats-Msg-Id"));
    return result;
  }

  std::uint64_t newest_answered() {
    const auto all = answers();
    return all.empty() ? 0 : all.rbegin()->first;
  }
};

/// In the words of the service that has looked at the stream, of the server that cannot say what it
/// is like, or of the service that gets no answer to its pulls.
bool says_nobody_leads(const std::string& reasons) {
  for (const auto* words :
       {"has no leader", "JetStream system temporarily unavailable", "does not answer pulls"})
    if (reasons.find(words) != std::string::npos)
      return true;
  return false;
}

void check_leader_is_replaced(stage& here, const std::string& killed, const std::string& first) {
  here.start(first, here.nats.others({killed, first}).front());
  here.nats.at(killed).kill9();
  const stopwatch since_kill;
  here.wait_for_new_answer();
  const auto answered_s = since_kill.seconds();
  here.nats.start_all();
  here.wait_for_new_answer();
  const auto repeated = here.check_each_is_answered_once();
  BOOST_TEST_MESSAGE("a leader is killed: answers again after "
                     << answered_s << " s, " << here.feed->stored() << " requests, " << repeated
                     << " answers repeated, " << here.feed->retries() << " requests sent again");
}

/// Waits for /readyz to say no, and then for it to say that nobody leads: the servers themselves
/// know that only after a while.
void check_becomes_not_ready(stage& here, const stopwatch& since_kill) {
  BOOST_TEST_REQUIRE(eventually([&] { return here.memes->page("/readyz").status == 503; }));
  const auto noticed_s = since_kill.seconds();
  std::string reasons;
  BOOST_TEST(eventually([&] {
               reasons = here.memes->page("/readyz").body;
               return says_nobody_leads(reasons);
             }),
             reasons);
  BOOST_TEST_MESSAGE("nobody leads: not ready after " << noticed_s << " s; after "
                                                      << since_kill.seconds() << " s " << reasons);
  BOOST_TEST(noticed_s < not_ready_after_s);
}

/// Kills two servers, those that lead among them, and brings them back. `first` is the server that
/// the service is connected to.
void check_majority_is_awaited(stage& here, const std::vector<std::string>& killed,
                               const std::string& first) {
  here.start(first, here.nats.others(killed).front());
  for (const auto& each : killed)
    here.nats.at(each).kill9();
  const stopwatch since_kill;
  check_becomes_not_ready(here, since_kill);
  BOOST_TEST(here.memes->page("/livez").status == 200);
  here.nats.start_all();
  const stopwatch since_return;
  BOOST_TEST(here.memes->wait_ready());
  const auto ready_s = since_return.seconds();
  here.wait_for_new_answer();
  const auto answered_s = since_return.seconds();
  const auto repeated = here.check_each_is_answered_once();
  BOOST_TEST_MESSAGE("all three are healthy again: ready after "
                     << ready_s << " s, answers after " << answered_s << " s, "
                     << here.feed->stored() << " requests, " << repeated << " answers repeated, "
                     << here.feed->retries() << " requests sent again");
}

} // namespace

BOOST_FIXTURE_TEST_CASE(the_stream_s_leader_is_killed_and_the_service_connected_to_it, stage) {
  check_leader_is_replaced(*this, lead.stream, lead.stream);
}

BOOST_FIXTURE_TEST_CASE(the_consumer_s_leader_is_killed_and_the_service_connected_elsewhere,
                        stage) {
  check_leader_is_replaced(*this, lead.consumer, nats.others({lead.consumer}).front());
}

BOOST_FIXTURE_TEST_CASE(nobody_leads_and_the_service_is_connected_to_the_one_that_is_left, stage) {
  const auto killed = leading_two();
  check_majority_is_awaited(*this, killed, nats.others(killed).front());
  BOOST_TEST(memes->metric("meme_generator_pull_resets_total") >= 1);
}

BOOST_FIXTURE_TEST_CASE(nobody_leads_and_the_service_s_server_is_gone_too, stage) {
  const auto killed = leading_two();
  check_majority_is_awaited(*this, killed, killed.front());
  BOOST_TEST(memes->metric("meme_generator_nats_connections_total") >= 2);
}
