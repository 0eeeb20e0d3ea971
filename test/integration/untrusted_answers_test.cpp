// What others may send to the commands: answers to other requests, bytes that are no picture, names
// and texts that are commands to a terminal.
#define BOOST_TEST_MODULE untrusted_answers
#include <boost/test/unit_test.hpp>

#include <ctime>
#include <future>
#include <sstream>

#include "client/commands/load.hpp"
#include "client/commands/request.hpp"
#include "client/commands/watch.hpp"
#include "client/exit_status.hpp"
#include "client/picture_file.hpp"
#include "messages/text/printable.hpp"
#include "test/integration/client_fixture.hpp"
#include "test/support/port_lease.hpp"
#include "test/support/read_file.hpp"
#include "test/support/service.hpp"

using namespace meme::test;
using namespace meme::client;

namespace {

/// 18 bytes of a shell script, in Base64.
const std::string script_base64 = "IyEvYmluL3NoCnRvdWNoIHgK";

/// ESC, a C1 control, a bidi control and an invalid byte.
const std::string hostile = "a\x1b[31mb\xc2\x9b"
                            "31mc\xe2\x80\xae"
                            "d\xff";

std::string hostile_error(const std::string& id) {
  const auto text = json_string(hostile);
  return "{\"request_id\": " + json_string(id) + ", \"error\": " + text + ", \"code\": " + text
         + "}";
}

struct fixture : client_fixture {
  fixture() {
    wanted.request.prompt = "a cat";
    wanted.output = folder.path() / "out.png";
  }

  /// Starts `request`, and returns what it has queued.
  message start_request() {
    make_queue();
    auto queue = client.subscribe("meme.request");
    status = std::async(std::launch::async, [this] { return run_request(options, wanted); });
    return queue.next();
  }

  finished_run run(std::vector<std::string> words) {
    return run_meme_generator(folder.path(), std::move(words), {{"NATS_URL", nats.url()}});
  }

  request_options wanted;
  std::future<int> status;
};

void check_printable(const finished_run& run, const std::string& command) {
  std::istringstream lines{run.out + run.err};
  for (std::string line; std::getline(lines, line);)
    BOOST_TEST(line == meme::printable(line), command << ": " << meme::printable(line));
}

/// CPU time of this process for `count` pictures that are saved under one id.
double cpu_s_of_saving(const std::filesystem::path& folder, int count) {
  const auto start = std::clock();
  for (int i = 0; i < count; ++i)
    save_new_file(folder, "same", png);
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(requests, fixture)

BOOST_AUTO_TEST_CASE(bear_an_id_and_take_only_the_answer_to_it) {
  const auto asked = start_request();
  const json sent{asked.data};
  const auto inbox = sent.text("/reply_to");
  BOOST_TEST(!sent.text("/id").empty());
  BOOST_TEST(asked.header.at("Meme-Request-Id") == sent.text("/id"));
  BOOST_TEST(asked.header.at("Meme-Reply-To") == inbox);
  client.publish(inbox, result_json("another", script_base64));
  client.publish(inbox, error_json("another"));
  client.publish(inbox, "nonsense");
  client.publish(inbox, result_json(sent.text("/id")));
  BOOST_TEST(status.get() == answered);
  BOOST_TEST(read_file(wanted.output) == png);
}

BOOST_AUTO_TEST_CASE(save_nothing_that_is_no_picture) {
  const json sent{start_request().data};
  client.publish(sent.text("/reply_to"), result_json(sent.text("/id"), script_base64));
  BOOST_TEST(status.get() == failed);
  BOOST_TEST(!std::filesystem::exists(wanted.output));
}

BOOST_AUTO_TEST_CASE(take_the_error_to_an_id_that_the_service_does_not_accept) {
  wanted.request.id = "two\nlines";
  const auto asked = start_request();
  const auto inbox = json{asked.data}.text("/reply_to");
  BOOST_TEST(asked.header.count("Meme-Request-Id") == 0u);
  client.publish(inbox, result_json("MEMES-1")); // only an error can have such an id
  client.publish(inbox, error_json("MEMES-1"));
  BOOST_TEST(status.get() == failed);
  BOOST_TEST(!std::filesystem::exists(wanted.output));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(watching, fixture)

BOOST_AUTO_TEST_CASE(saves_no_script_and_counts_only_answers) {
  watch_options settings;
  settings.output_folder = folder.path() / "pictures";
  settings.count = 1;
  status = std::async(std::launch::async, [&] { return run_watch(options, settings); });
  BOOST_TEST_REQUIRE(is_watched());
  client.publish("meme.response", result_json("script", script_base64));
  client.publish("meme.response", result_json("-rf"));
  BOOST_TEST(status.get() == answered);
  BOOST_TEST(files_in(settings.output_folder) == 1u);
  BOOST_TEST(read_file(folder.path() / "pictures" / "_-rf.png") == png);
}

BOOST_AUTO_TEST_CASE(ends_with_3_where_fewer_answers_came_than_were_counted_on) {
  const auto watched = run({"watch", "--count", "1", "--timeout", "1"});
  BOOST_TEST(watched.status == no_answer);
  BOOST_TEST(watched.err == "0 of 1 answers came\n");
  for (const auto* command : {"request", "watch", "load"}) {
    const auto help = run({command, "--help"}).out;
    BOOST_TEST(help.find("Exit status:\n  0  ") != help.npos, help);
    BOOST_TEST(help.find("\n  3  ") != help.npos, help);
  }
}

// The file's number was looked for from 1 on: n answers with one id cost n * n / 2 looks.
BOOST_AUTO_TEST_CASE(costs_the_same_for_the_first_and_the_last_picture_of_an_id) {
  const auto pictures = folder.path() / "pictures";
  cpu_s_of_saving(pictures, 100);
  const auto first = cpu_s_of_saving(pictures, 500);
  cpu_s_of_saving(pictures, 3'000);
  const auto last = cpu_s_of_saving(pictures, 500);
  BOOST_TEST_MESSAGE("500 pictures after 100: " << first * 1e3 << " ms of CPU time, after 3,600: "
                                                << last * 1e3 << " ms");
  BOOST_TEST(last < 5 * first);
  BOOST_TEST(files_in(pictures) == 4'100u);
  BOOST_TEST(std::filesystem::exists(pictures / "same-4100.png"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(loading, fixture)

BOOST_AUTO_TEST_CASE(counts_what_is_no_picture_as_an_error) {
  make_queue();
  auto queue = client.subscribe("meme.request");
  load_options settings;
  settings.count = 1;
  status = std::async(std::launch::async, [&] { return run_load(options, settings); });
  const json asked{queue.next().data};
  client.publish(asked.text("/reply_to"), result_json(asked.text("/id"), script_base64));
  BOOST_TEST(status.get() == failed);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(terminals, fixture)

BOOST_AUTO_TEST_CASE(get_no_commands_from_answers) {
  auto watched = std::async(std::launch::async, [&] {
    return run({"watch", "--count", "2", "--output-dir", folder.path() / "pictures"});
  });
  BOOST_TEST_REQUIRE(is_watched());
  client.publish("meme.response", "no answer");
  client.publish("meme.response", result_json(hostile, script_base64));
  client.publish("meme.response", result_json(hostile));
  client.publish("meme.response.error", hostile_error(hostile));
  client.publish("meme.response.error", error_json("last"));
  const auto seen = watched.get();
  BOOST_TEST(seen.status == answered);
  check_printable(seen, "watch");
}

BOOST_AUTO_TEST_CASE(get_no_commands_from_the_answer_to_a_request) {
  make_queue();
  auto queue = client.subscribe("meme.request");
  auto asking = std::async(std::launch::async, [&] {
    return run({"request", "--prompt", "a cat", "--output", folder.path() / "out.png"});
  });
  const json sent{queue.next().data};
  client.publish(sent.text("/reply_to"), result_json(hostile));
  client.publish(sent.text("/reply_to"), hostile_error(sent.text("/id")));
  const auto seen = asking.get();
  BOOST_TEST(seen.status == failed);
  check_printable(seen, "request");
}

BOOST_AUTO_TEST_CASE(get_no_commands_from_dead_letters) {
  client.api("STREAM.CREATE.MEMES_DEAD", R"({"name": "MEMES_DEAD", "subjects": ["meme.dead"]})");
  const headers forged = {{"X-" + hostile, hostile},      {"Meme-Subject", "no\x1b[31m.such"},
                          {"Meme-Request-Id", hostile},   {"Meme-Reason", hostile},
                          {"Meme-Error-Code", hostile},   {"Meme-Attempts", hostile},
                          {"Meme-Died-At", "1" + hostile}};
  client.enqueue("meme.dead", hostile, forged);
  for (const auto* action : {"list", "show", "requeue", "purge"}) {
    auto words = std::vector<std::string>{"dead", action};
    if (words.back() != "list")
      words.emplace_back("1");
    check_printable(run(words), action);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(connecting, fixture)

BOOST_AUTO_TEST_CASE(names_the_server_and_never_its_password) {
  const port_lease nothing_listens;
  const auto server = "127.0.0.1:" + std::to_string(nothing_listens.port());
  const auto url = "nats://someone:verysecret@" + server;
  for (auto words : std::vector<std::vector<std::string>>{{"provision"},
                                                          {"request", "--prompt", "a cat"},
                                                          {"watch"},
                                                          {"dead", "list"},
                                                          {"load"}}) {
    const auto command = words.front();
    words.insert(words.end(), {"--nats-url", url});
    const auto end = run(words);
    BOOST_TEST(end.status == failed, command);
    BOOST_TEST(end.err.find("cannot connect to NATS at nats://" + server + ": ") == 0u,
               command << ": " << end.err);
    BOOST_TEST(end.err.find("verysecret") == end.err.npos, command);
  }
}

BOOST_AUTO_TEST_CASE(says_which_setting_names_another_server_than_the_default) {
  const auto text = connect_error({}, "No server available for connection");
  BOOST_TEST(text.find("nats.messaging.svc.cluster.local:4222") != text.npos, text);
  BOOST_TEST(text.find("NATS_URL") != text.npos, text);
  BOOST_TEST(connect_error(options, "x").find("NATS_URL") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
