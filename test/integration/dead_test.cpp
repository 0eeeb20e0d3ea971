// Requests that ran out of attempts: looked at, queued again, removed.
#define BOOST_TEST_MODULE dead
#include <boost/test/unit_test.hpp>

#include <sys/socket.h>

#include <set>

#include "test/support/fault_proxy_sockets.hpp"
#include "test/support/world.hpp"

using namespace meme::test;

namespace {

const std::string broken = R"([{"status": 500}])";

world_settings no_patience() {
  world_settings settings;
  settings.model_arguments = {"--fault-plan", broken};
  settings.variables = {{"MEME_INGRESS_MAX_DELIVERIES", "1"}, {"MEME_GENERATOR_MAX_CALLS", "1"}};
  return settings;
}

struct fixture : world {
  fixture() : world{no_patience()} {}

  finished_run dead(std::vector<std::string> words) {
    words.insert(words.begin(), "dead");
    return run_meme_generator(folder.path(), std::move(words), {{"NATS_URL", nats.url()}});
  }

  void kill_request(const std::string& json) {
    ask(json);
    next_error();
    BOOST_TEST_REQUIRE(drained());
  }

  /// Puts a letter with these header lines, as no library would write them.
  void forge(const std::string& header_lines, const std::string& data) {
    const auto url = nats.url();
    const auto port = static_cast<std::uint16_t>(std::stoul(url.substr(url.rfind(':') + 1)));
    const auto socket = connect_to(port);
    const auto sizes = std::to_string(header_lines.size()) + ' '
                       + std::to_string(header_lines.size() + data.size());
    const auto before = client.messages_in("MEMES_DEAD");
    const auto words = "CONNECT {\"headers\":true}\r\nHPUB meme.dead " + sizes + "\r\n"
                       + header_lines + data + "\r\n";
    BOOST_TEST_REQUIRE(eventually([&] { // it may still be connecting
      return ::send(socket.get(), words.data(), words.size(), MSG_NOSIGNAL)
             == static_cast<ssize_t>(words.size());
    }));
    BOOST_TEST_REQUIRE(eventually([&] { return client.messages_in("MEMES_DEAD") > before; }));
  }

  void mend_model() { model.set_faults("[]"); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(dead_letters, fixture)

BOOST_AUTO_TEST_CASE(are_listed_and_shown) {
  BOOST_TEST(dead({"list"}).out.find("no dead letters") != std::string::npos);
  kill_request(request("first", "a cat"));
  kill_request(request("second", "a dog"));
  const auto list = dead({"list"});
  BOOST_TEST(list.status == 0, list.err);
  BOOST_TEST(list.out.find("first: ") != std::string::npos, list.out);
  BOOST_TEST(list.out.find("model_unavailable") != std::string::npos, list.out);
  BOOST_TEST(dead({"list", "--count", "1"}).out.find("second") == std::string::npos);
  const auto letter = dead({"show", "2"});
  BOOST_TEST(letter.status == 0, letter.err);
  BOOST_TEST(letter.out.find("Meme-Subject: meme.request") != std::string::npos, letter.out);
  BOOST_TEST(letter.out.find(request("second", "a dog")) != std::string::npos, letter.out);
}

BOOST_AUTO_TEST_CASE(are_queued_again_with_their_id_and_another_message_id) {
  const auto mine = client.subscribe("_INBOX.my.answers");
  kill_request(request("named", "a cat", R"("reply_to": "_INBOX.my.answers")"));
  kill_request(R"({"prompt": "nameless"})");
  const auto id = json{errors.messages().at(1).data}.text("/request_id");
  mend_model();
  const auto run = dead({"requeue", "all"});
  BOOST_TEST(run.status == 0, run.err);
  const auto first = next_result();
  const auto second = next_result();
  std::set<std::string> ids{json{first.data}.text("/request_id"),
                            json{second.data}.text("/request_id")};
  BOOST_TEST(ids == (std::set<std::string>{"named", id}), boost::test_tools::per_element());
  for (const auto& error : errors.messages())
    for (const auto* result : {&first, &second})
      BOOST_TEST(error.header.at("Nats-Msg-Id").substr(0, 10)
                 != result->header.at("Nats-Msg-Id").substr(0, 10));
  BOOST_TEST(client.messages_in("MEMES_DEAD") == 0);
  BOOST_TEST(drained());
}

BOOST_AUTO_TEST_CASE(keep_the_reply_subject_of_a_header) {
  auto mine = client.subscribe("_INBOX.my.answers");
  client.enqueue("meme.request", request("header", "a cat"),
                 {{"Meme-Reply-To", "_INBOX.my.answers"}});
  BOOST_TEST(json{mine.next().data}.text("/code") == "model_unavailable");
  mend_model();
  BOOST_TEST(dead({"requeue", "1"}).status == 0);
  BOOST_TEST(json{mine.next().data}.text("/request_id") == "header");
}

BOOST_AUTO_TEST_CASE(are_purged) {
  kill_request(request("first", "a cat"));
  kill_request(request("second", "a dog"));
  BOOST_TEST(dead({"purge", "1"}).status == 0);
  BOOST_TEST(client.messages_in("MEMES_DEAD") == 1);
  BOOST_TEST(dead({"purge", "all"}).status == 0);
  BOOST_TEST(client.messages_in("MEMES_DEAD") == 0);
}

// Whoever may publish on meme.dead would otherwise have the operator publish anywhere.
BOOST_AUTO_TEST_CASE(are_queued_again_only_where_requests_come_from) {
  client.api("STREAM.CREATE.SCRATCH", R"({"name": "SCRATCH", "subjects": ["scratch.>"]})");
  client.enqueue("scratch.x", "precious");
  for (const auto* subject : {"scratch.y", "$JS.API.STREAM.DELETE.SCRATCH", "meme.response"})
    client.enqueue("meme.dead", "{}", {{"Meme-Subject", subject}, {"Meme-Request-Id", "innocent"}});
  const auto one = dead({"requeue", "2"});
  BOOST_TEST(one.status == 1);
  BOOST_TEST(one.err.find("$JS.API.STREAM.DELETE.SCRATCH") != std::string::npos, one.err);
  BOOST_TEST(one.out.empty(), one.out);
  const auto all = dead({"requeue", "all"});
  BOOST_TEST(all.status == 1);
  BOOST_TEST(all.err.find("scratch.y is neither meme.request nor below it") != std::string::npos,
             all.err);
  BOOST_TEST(client.messages_in("SCRATCH") == 1);
  BOOST_TEST(client.messages_in("MEMES_DEAD") == 3);
}

// Their headers are what somebody has chosen: none keeps the commands from the letters beside it.
BOOST_AUTO_TEST_CASE(with_any_headers_are_listed_shown_and_purged) {
  forge("NATS/1.0 100 Idle Heartbeat\r\n\r\n", "");
  forge("NATS/1.0 409 Consumer Deleted\r\n\r\n", "");
  forge("not headers\r\n\r\n", "first payload");
  client.enqueue("meme.dead", "second payload");
  client.enqueue("meme.dead", "{}",
                 {{"Meme-Error-Code", std::string(300, 'x')}, {"Meme-Request-Id", "innocent"}});
  const auto list = dead({"list"});
  BOOST_TEST(list.status == 0, list.err);
  BOOST_TEST(list.out.find("innocent: ") != std::string::npos, list.out);
  BOOST_TEST(list.out.find(std::string(20, 'x')) == std::string::npos, list.out);
  for (const auto& [number, payload] :
       {std::pair{"1", ""}, {"3", "first payload"}, {"4", "second payload"}}) {
    const auto letter = dead({"show", number});
    BOOST_TEST(letter.status == 0, letter.err);
    BOOST_TEST(letter.out.find(payload) != std::string::npos, letter.out);
  }
  BOOST_TEST(dead({"requeue", "all"}).status == 1);
  BOOST_TEST(dead({"purge", "all"}).status == 0);
  BOOST_TEST(client.messages_in("MEMES_DEAD") == 0);
}

// A stream that takes a part of the request subjects is not the queue.
BOOST_AUTO_TEST_CASE(are_queued_again_only_in_the_stream_of_requests) {
  client.api("STREAM.UPDATE.MEMES", R"({"name": "MEMES", "subjects": ["meme.request"],
                                        "retention": "workqueue", "storage": "file"})");
  client.api("STREAM.CREATE.OTHER", R"({"name": "OTHER", "subjects": ["meme.request.>"]})");
  client.enqueue("meme.dead", request("stray", "a cat"), {{"Meme-Subject", "meme.request.x"}});
  const auto run = dead({"requeue", "1"});
  BOOST_TEST(run.status == 1);
  BOOST_TEST(run.err.find("another stream than MEMES") != std::string::npos, run.err);
  BOOST_TEST(client.messages_in("OTHER") == 0);
  BOOST_TEST(client.messages_in("MEMES_DEAD") == 1);
}

// Such a queue takes no messages on subjects of its own.
BOOST_AUTO_TEST_CASE(are_queued_again_in_the_stream_that_feeds_the_queue) {
  client.api("STREAM.UPDATE.MEMES", R"({"name": "MEMES", "subjects": ["meme.request"],
                                        "retention": "workqueue", "storage": "file"})");
  client.api("STREAM.CREATE.FEED", R"({"name": "FEED", "subjects": ["meme.request.>"]})");
  const auto fed = client.api("STREAM.UPDATE.MEMES",
                              R"({"name": "MEMES", "subjects": ["meme.request"],
                                  "retention": "workqueue", "storage": "file",
                                  "sources": [{"name": "FEED"}]})");
  BOOST_TEST_REQUIRE(!fed.has("/error"), fed.source());
  client.enqueue("meme.dead", request("fed", "a cat"), {{"Meme-Subject", "meme.request.x"}});
  mend_model();
  const auto run = dead({"requeue", "1"});
  BOOST_TEST(run.status == 0, run.err);
  BOOST_TEST(json{next_result().data}.text("/request_id") == "fed");
}

// An operator may have one stream for many things.
BOOST_AUTO_TEST_CASE(are_found_in_the_stream_that_keeps_them_and_nothing_else_is_touched) {
  client.api("STREAM.DELETE.MEMES_DEAD");
  client.api("STREAM.CREATE.KEEPER", R"({"name": "KEEPER", "subjects": ["meme.dead", "other"]})");
  client.enqueue("other", "mine");
  kill_request(request("first", "a cat"));
  client.enqueue("other", "mine, too");
  const auto list = dead({"list"});
  BOOST_TEST(list.out.find("first: ") != std::string::npos, list.out + list.err);
  const auto wrong = dead({"purge", "1"});
  BOOST_TEST(wrong.status == 1);
  BOOST_TEST(wrong.err.find("is no dead letter") != std::string::npos, wrong.err);
  BOOST_TEST(dead({"purge", "all"}).status == 0);
  BOOST_TEST(client.messages_in("KEEPER") == 2);
  BOOST_TEST(dead({"list"}).out.find("no dead letters in KEEPER") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(that_nobody_keeps_are_said_to_be_so) {
  memes->terminate();
  client.api("STREAM.DELETE.MEMES_DEAD");
  const auto list = dead({"list"});
  BOOST_TEST(list.status == 1);
  BOOST_TEST(list.err.find("no stream keeps meme.dead") != std::string::npos, list.err);
}

BOOST_AUTO_TEST_CASE(what_is_not_there_or_not_meant_is_said) {
  const auto missing = dead({"show", "7"});
  BOOST_TEST(missing.status == 1);
  BOOST_TEST(missing.err.find("no dead letter 7") != std::string::npos, missing.err);
  BOOST_TEST(dead({"requeue", "7"}).status == 1);
  for (const auto& words : std::vector<std::vector<std::string>>{
           {}, {"bury"}, {"show"}, {"purge"}, {"requeue", "seven"}, {"list", "1"}, {"show", "all"}})
    BOOST_TEST(dead(words).status == 2);
}

BOOST_AUTO_TEST_SUITE_END()
