// The parts that the other tests stand on: processes, servers and their ports.
#define BOOST_TEST_MODULE support
#include <boost/test/unit_test.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "test/support/http.hpp"
#include "test/support/nats_client.hpp"
#include "test/support/nats_server.hpp"
#include "test/support/redis_server.hpp"
#include "test/support/sketch_server.hpp"
#include "test/support/temporary_folder.hpp"

using namespace meme::test;

namespace {

bool exists(pid_t process) {
  return std::filesystem::exists("/proc/" + std::to_string(process));
}

} // namespace

BOOST_AUTO_TEST_SUITE(child_processes)

BOOST_AUTO_TEST_CASE(tell_their_output_and_exit_status) {
  temporary_folder folder;
  child_process child{
      {"sh", {"-c", "echo $GREETING; echo no >&2; exit 7"}, {{"GREETING", "hello"}}},
      folder.path(),
      "child"};
  BOOST_TEST(child.wait_exit().value() == 7);
  BOOST_TEST(child.out() == "hello\n");
  BOOST_TEST(child.err() == "no\n");
}

BOOST_AUTO_TEST_CASE(see_their_own_output_only_when_a_name_is_used_again) {
  temporary_folder folder;
  for (const std::string word : {"first", "second"}) {
    child_process child{{"echo", {word}, {}}, folder.path(), "child"};
    BOOST_TEST(child.wait_exit().value() == 0);
    BOOST_TEST(child.out() == word + "\n");
  }
}

BOOST_AUTO_TEST_CASE(are_gone_with_their_object) {
  temporary_folder folder;
  pid_t pid = 0;
  {
    child_process child{{"sleep", {"1000"}, {}}, folder.path(), "child"};
    pid = child.pid();
    BOOST_TEST(child.running());
    BOOST_TEST(child.thread_count() == 1u);
    // The loader opens files of its own before the program runs.
    BOOST_TEST(eventually([&] { return child.fd_count() == 3; }));
    BOOST_TEST(child.rss_bytes() > 0u);
  }
  BOOST_TEST(!exists(pid));
}

BOOST_AUTO_TEST_CASE(are_killed_by_the_kernel_when_the_test_dies) {
  temporary_folder folder;
  const auto pid_file = folder.path() / "pid";
  const auto dying_test = ::fork();
  if (dying_test == 0) {
    child_process child{{"sleep", {"1000"}, {}}, folder.path(), "child"};
    std::ofstream{pid_file} << child.pid();
    ::_exit(0); // no destructor runs
  }
  ::waitpid(dying_test, nullptr, 0);
  pid_t orphan = 0;
  std::ifstream{pid_file} >> orphan;
  BOOST_TEST_REQUIRE(orphan > 0);
  // A zombie is as good as gone: whoever adopted it has yet to look.
  BOOST_TEST(eventually([&] {
    std::string word;
    std::ifstream status{"/proc/" + std::to_string(orphan) + "/stat"};
    for (int field = 0; field < 3; ++field)
      status >> word;
    return !exists(orphan) || word == "Z";
  }));
}

BOOST_AUTO_TEST_CASE(say_why_they_cannot_start) {
  temporary_folder folder;
  BOOST_CHECK_THROW((child_process{{"/nowhere/nothing", {}, {}}, folder.path(), "child"}),
                    std::system_error);
}

BOOST_AUTO_TEST_CASE(can_be_stopped_and_continued) {
  temporary_folder folder;
  child_process child{{"sh", {"-c", "trap 'echo woken; exit' USR1; while :; do read x; done"}, {}},
                      folder.path(),
                      "child"};
  child.stop();
  child.signal(SIGUSR1);
  BOOST_TEST(child.running());
  child.cont();
  BOOST_TEST(child.wait_exit().has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(leased_ports_differ_and_can_be_leased_again) {
  const port_lease first;
  const port_lease second;
  BOOST_TEST(first.port() != second.port());
}

BOOST_AUTO_TEST_CASE(nats_comes_back_on_its_port_with_what_it_had_stored) {
  temporary_folder folder;
  nats_server nats{folder.path()};
  const auto url = nats.url();
  nats_client client{url};
  client.api("STREAM.CREATE.KEPT", R"({"name": "KEPT", "subjects": ["kept"]})");
  BOOST_TEST(client.enqueue("kept", "one").sequence == 1u);
  nats.kill9();
  nats.start();
  BOOST_TEST(nats.url() == url);
  nats_client again{url};
  BOOST_TEST(again.messages_in("KEPT") == 1);
}

BOOST_AUTO_TEST_CASE(mailboxes_collect_what_is_published_with_its_headers) {
  temporary_folder folder;
  nats_server nats{folder.path()};
  nats_client client{nats.url()};
  auto mail = client.subscribe("news.>");
  client.publish("news.first", "1", {{"Color", "red"}, {"Size", "big"}});
  client.publish("news.second", "2");
  BOOST_TEST(mail.wait_for(2));
  const auto& first = mail.next();
  BOOST_TEST(first.subject == "news.first");
  BOOST_TEST(first.header.at("Color") == "red");
  BOOST_TEST(first.header.at("Size") == "big");
  BOOST_TEST(mail.next().data == "2");
  BOOST_TEST(!mail.wait_for(3, std::chrono::milliseconds{1}));
}

BOOST_AUTO_TEST_CASE(many_messages_are_enqueued_at_once) {
  temporary_folder folder;
  nats_server nats{folder.path()};
  nats_client client{nats.url()};
  client.api("STREAM.CREATE.MANY", R"({"name": "MANY", "subjects": ["many"]})");
  client.enqueue_all("many", std::vector<std::string>(5'000, "x"));
  BOOST_TEST(client.messages_in("MANY") == 5'000);
}

BOOST_AUTO_TEST_CASE(redis_comes_back_on_its_port) {
  temporary_folder folder;
  redis_server redis{folder.path()};
  BOOST_TEST(redis.run({"SET", "key", "value"}) == "OK");
  BOOST_TEST(redis.run({"GET", "key"}) == "value");
  redis.kill9();
  BOOST_CHECK_THROW(redis.run({"PING"}), std::runtime_error);
  redis.start();
  BOOST_TEST(redis.run({"GET", "key"}) == "");
}

BOOST_AUTO_TEST_CASE(a_server_that_cannot_start_says_why) {
  temporary_folder folder;
  BOOST_CHECK_EXCEPTION((redis_server{folder.path(), {"--no-such-option", "1"}}),
                        std::runtime_error, [](const auto& problem) {
                          return std::string{problem.what()}.find("no-such-option")
                                 != std::string::npos;
                        });
}

BOOST_AUTO_TEST_CASE(the_model_counts_its_calls_and_takes_faults) {
  temporary_folder folder;
  sketch_server model{folder.path()};
  BOOST_TEST(model.calls() == 0);
  const std::string body = R"({"inputs": "a cat"})";
  BOOST_TEST(http_post(model.model_url(), body).status == 200);
  BOOST_TEST(model.calls() == 1);
  BOOST_TEST(model.calls("a cat") == 1);
  BOOST_TEST(model.calls("a dog") == 0);
  model.set_faults(R"([{"match": "cat", "status": 503}])");
  BOOST_TEST(http_post(model.model_url(), body).status == 503);
  model.reset();
  BOOST_TEST(http_post(model.model_url(), body).status == 200);
  BOOST_TEST(model.calls() == 1);
}
