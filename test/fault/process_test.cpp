// What the process does at its edges: signals, descriptors, a log that is not read, and what it
// says of itself at the start.
#define BOOST_TEST_MODULE process
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <csignal>

#include "actors/io/http/listener.hpp"
#include "test/support/stopwatch.hpp"
#include "test/support/world.hpp"

using namespace meme;
using namespace meme::test;
using std::chrono::seconds;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

/// The first line with this message; fails the test where there is none.
json line_with(service& memes, const std::string& message) {
  auto lines = memes.log_lines();
  for (auto& line : lines)
    if (line.text("/msg") == message)
      return std::move(line);
  BOOST_FAIL("no line says: " + message);
  return json{"{}"};
}

bool can_read(int descriptor, int timeout_ms) {
  pollfd watched{descriptor, POLLIN, 0};
  return ::poll(&watched, 1, timeout_ms) == 1;
}

/// Speaks just enough of NATS that a client believes to be connected, until `process` has ended.
/// Returns all that it was sent.
std::string serve_one_client(const io::unique_fd& listener, child_process& process) {
  const auto deadline = stopwatch{};
  std::string seen;
  io::unique_fd client;
  while (deadline.seconds() < 30 && (process.running() || can_read(client.get(), 0))) {
    if (!client) {
      if (!can_read(listener.get(), 20))
        continue;
      client = io::unique_fd{::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC)};
      const std::string hello = "INFO {\"server_id\":\"x\",\"version\":\"2.10.0\",\"headers\":true,"
                                "\"max_payload\":1048576,\"proto\":1}\r\n";
      ::send(client.get(), hello.data(), hello.size(), MSG_NOSIGNAL);
    }
    if (!can_read(client.get(), 20))
      continue;
    char buffer[4096];
    const auto size = ::recv(client.get(), buffer, sizeof buffer, 0);
    if (size <= 0)
      break;
    const std::string piece(buffer, static_cast<std::size_t>(size));
    seen += piece;
    if (contains(piece, "PING"))
      ::send(client.get(), "PONG\r\n", 6, MSG_NOSIGNAL);
  }
  return seen;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_command_without_stdout_and_stderr_sends_no_words_to_the_server) {
  const auto listener = io::listen_on("127.0.0.1", 0);
  temporary_folder folder;
  for (const auto* closed : {">&-", ">&- 2>&-", "<&- >&- 2>&-"}) {
    child_process watch{
        {"sh",
         {"-c", std::string{"exec \"$0\" watch --timeout 1 "} + closed, MEME_GENERATOR},
         {{"NATS_URL", "nats://" + io::local_address(listener)}}},
        folder.path(),
        "watch"};
    const auto seen = serve_one_client(listener, watch);
    BOOST_TEST(contains(seen, "SUB meme.response"), seen);
    BOOST_TEST(!contains(seen, "watching"), closed << ": " << seen);
  }
}

BOOST_AUTO_TEST_CASE(sighup_and_sigquit_drain_as_sigterm_does) {
  world_settings settings;
  settings.model_arguments = {"--latency", "500", "--fixed-bytes", "2000"};
  for (const int signal : {SIGHUP, SIGQUIT}) {
    world here{settings};
    here.client.enqueue_all("meme.request", requests(5, "drain"));
    BOOST_TEST_REQUIRE(eventually([&] { return here.model.stats().integer("/in_flight") == 5; }));
    here.memes->process().signal(signal);
    BOOST_TEST(here.memes->process().wait_exit().value_or(-1) == 0);
    BOOST_TEST(here.results.messages().size() == 5u);
    BOOST_TEST(here.client.messages_in("MEMES") == 0);
  }
}

BOOST_AUTO_TEST_CASE(under_nohup_the_end_of_the_terminal_is_no_reason_to_go) {
  temporary_folder folder;
  port_lease pages;
  child_process memes{{"sh",
                       {"-c", "trap '' HUP; exec \"$0\"", MEME_GENERATOR},
                       {{"HF_API_TOKEN", "hf_x"},
                        {"NATS_URL", "nats://127.0.0.1:1"},
                        {"METRICS_ADDR", pages.address()}}},
                      folder.path(),
                      "memes"};
  const auto live = [&] { return http_get("http://" + pages.address() + "/livez").status == 200; };
  BOOST_TEST_REQUIRE(eventually(live));
  memes.signal(SIGHUP);
  memes.signal(SIGHUP); // the second signal of a drain would end it at once
  BOOST_TEST(!memes.wait_exit(seconds{1}).has_value());
  BOOST_TEST(live());
}

// The pipe takes 64 KiB; what the service says of 2,000 requests at level trace is far more.
BOOST_AUTO_TEST_CASE(a_log_that_is_not_read_costs_lines_and_no_work) {
  world here;
  here.memes->terminate();
  const auto fifo = (here.folder.path() / "log").string();
  BOOST_REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  const io::unique_fd reader{::open(fifo.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK)};
  port_lease pages;
  auto variables = here.variables();
  variables["METRICS_ADDR"] = pages.address();
  variables["LOG_LEVEL"] = "trace";
  const auto page = [&](const std::string& path) {
    return http_get("http://" + pages.address() + path);
  };
  child_process memes{{"sh", {"-c", "exec \"$0\" 2> \"$1\"", MEME_GENERATOR, fifo}, variables},
                      here.folder.path(),
                      "unread"};
  BOOST_TEST_REQUIRE(eventually([&] { return page("/readyz").status == 200; }));
  // Each answered with an error, which is a line.
  here.client.enqueue_all("meme.request", std::vector<std::string>(2'000, "nonsense"));
  BOOST_TEST(here.errors.wait_for(2'000));
  BOOST_TEST(here.drained());
  const auto metrics = page("/metrics").body;
  const std::string name = "\nmeme_generator_log_lines_dropped_total ";
  const auto place = metrics.find(name);
  BOOST_TEST_REQUIRE(place != metrics.npos);
  const auto dropped = std::stod(metrics.substr(place + name.size()));
  BOOST_TEST_MESSAGE("a log that is not read: 2,000 answered, " << dropped << " lines dropped");
  BOOST_TEST(dropped > 0);
  const stopwatch since_signal;
  memes.signal(SIGTERM);
  BOOST_TEST(memes.wait_exit().value_or(-1) == 0);
  BOOST_TEST_MESSAGE("ended " << since_signal.seconds() << " s after SIGTERM");
}

BOOST_AUTO_TEST_CASE(the_first_line_says_what_runs_with_what) {
  temporary_folder folder;
  service memes{folder.path(),
                {{"HF_API_TOKEN", "hf_s3cr3t"},
                 {"NATS_URL", "nats://me:s3cr3t@127.0.0.1:1"},
                 {"REDIS_URL", "redis://:s3cr3t@127.0.0.1:2/3"},
                 {"HF_API_URL", "http://127.0.0.1:3/models/a/b?key=s3cr3t"},
                 {"NATS_STREAM", "PICTURES"}}};
  const auto first = line_with(memes, "starting");
  BOOST_TEST(!first.text("/version").empty());
  BOOST_TEST(first.text("/config_file") == "none");
  BOOST_TEST(first.text("/nats") == "nats://<hidden>@127.0.0.1:1");
  BOOST_TEST(first.text("/redis") == "redis://<hidden>@127.0.0.1:2/3");
  BOOST_TEST(first.text("/model") == "http://127.0.0.1:3/models/a/b?<hidden>");
  BOOST_TEST(first.text("/stream") == "PICTURES");
  BOOST_TEST(!contains(memes.process().err(), "s3cr3t"));
  BOOST_TEST(!contains(memes.process().err(), "is no setting"));
}

BOOST_AUTO_TEST_CASE(slips_and_chaos_are_warned_of_at_the_start) {
  temporary_folder folder;
  service memes{folder.path(),
                {{"HF_API_TOKEN", "hf_x"},
                 {"NATS_URL", "nats://127.0.0.1:1"},
                 {"MEME_CACHE_TLL", "60"},
                 {"NATS_PORT_4222_TCP", "tcp://10.0.0.1:4222"},
                 {"MEME_SUPERVISOR_CHAOS", "true"}}};
  const auto slip = line_with(memes, "MEME_CACHE_TLL: is no setting; did you mean CACHE_TTL?");
  BOOST_TEST(slip.text("/level") == "warning");
  const auto log = memes.process().err();
  BOOST_TEST(contains(log, "supervisor.chaos is on"));
  BOOST_TEST(!contains(log, "NATS_PORT_4222_TCP"));
  const auto provision =
      run_meme_generator(folder.path(), {"--dump-config"}, {{"MEME_CACHE_TLL", "60"}});
  BOOST_TEST(provision.status == 0);
  BOOST_TEST(contains(provision.err, "MEME_CACHE_TLL: is no setting"), provision.err);
}

// Files in /proc/PID of a process that may not be dumped belong to root, and only root may read
// those that show its environment and memory. As root the test looks from another user's place.
BOOST_AUTO_TEST_CASE(its_environment_is_not_to_be_read_by_the_same_user) {
  temporary_folder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms{0755});
  const auto program = folder.path() / "program";
  std::filesystem::copy_file(MEME_GENERATOR, program);
  std::vector<std::string> arguments{program.string()};
  const auto is_root = ::geteuid() == 0;
  if (is_root)
    arguments.insert(arguments.begin(), {"--reuid=65534", "--regid=65534", "--clear-groups"});
  port_lease pages;
  child_process memes{{is_root ? "setpriv" : "env",
                       arguments,
                       {{"HF_API_TOKEN", "hf_x"},
                        {"NATS_URL", "nats://127.0.0.1:1"},
                        {"METRICS_ADDR", pages.address()}}},
                      folder.path(),
                      "memes"};
  http_response metrics;
  BOOST_TEST_REQUIRE(eventually([&] {
                       metrics = http_get("http://" + pages.address() + "/metrics");
                       return metrics.status == 200;
                     }),
                     memes.err());
  struct stat status {};
  const auto file = "/proc/" + std::to_string(memes.pid()) + "/environ";
  BOOST_REQUIRE(::stat(file.c_str(), &status) == 0);
  BOOST_TEST(status.st_uid == 0u);
  if (!is_root)
    BOOST_TEST(::open(file.c_str(), O_RDONLY | O_CLOEXEC) == -1);
  // It still sees what it tells of itself.
  for (const auto* name : {"process_open_fds ", "process_resident_memory_bytes ",
                           "process_start_time_seconds ", "process_cpu_seconds_total "})
    BOOST_TEST(contains(metrics.body, std::string{"\n"} + name), name);
}
