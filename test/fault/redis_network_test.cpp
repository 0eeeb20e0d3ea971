// What lies between the service and Redis, and what stands behind its address: a failover behind a
// name that stays, a balancer that forgets silent connections, values of any size, and servers that
// are no single Redis. A hit stays a hit, nothing is read that does not fit, and the log says what
// is the matter.
#define BOOST_TEST_MODULE redis_network
#include <boost/test/unit_test.hpp>

#include <fstream>

#include "actors/io/http/listener.hpp"
#include "test/support/certificates.hpp"
#include "test/support/fault_proxy.hpp"
#include "test/support/sanitized.hpp"
#include "test/support/secured.hpp"
#include "test/support/standing_rule.hpp"

using namespace meme::test;
using namespace std::chrono_literals;

namespace {

using clock = std::chrono::steady_clock;

const std::string unusable = "Redis cannot be used, requests go on without it";
const std::string no_reads = "Redis does not look up, requests go on without it";
const std::string no_writes = "Redis does not store, requests go on without it";

world_settings without_own_tier() {
  world_settings settings;
  settings.model_arguments = {"--fixed-bytes", "5000"};
  settings.variables = {{"MEME_CACHE_LOCAL_BYTES", "0"}};
  return settings;
}

std::string port_of(const std::string& url) {
  return url.substr(url.rfind(':') + 1);
}

/// Starts the service again with another Redis.
void use_redis(world& here, const std::string& url) {
  here.settings.variables["REDIS_URL"] = url;
  here.restart_service();
}

/// Asks for the picture of `prompt`; whether it came from a cache.
bool is_hit(world& here, const std::string& prompt) {
  static int number = 0;
  here.ask(request(prompt + '-' + std::to_string(++number), prompt));
  return json{here.next_result().data}.flag("/cached");
}

/// Has the picture of `prompt` drawn, and waits until Redis has it.
void have_stored(world& here, const std::string& prompt) {
  const auto before = here.redis.run({"DBSIZE"});
  BOOST_TEST(!is_hit(here, prompt));
  BOOST_TEST_REQUIRE(eventually([&] { return here.redis.run({"DBSIZE"}) != before; }));
}

bool gauge_is(const world& here, double value) {
  return eventually([&] { return here.memes->metric("meme_generator_redis_connected") == value; });
}

/// The most memory that the service has ever had, in MiB.
double peak_mib(const world& here) {
  std::ifstream status{"/proc/" + std::to_string(here.memes->process().pid()) + "/status"};
  for (std::string line; std::getline(status, line);)
    if (line.rfind("VmHWM:", 0) == 0)
      return std::stod(line.substr(6)) / 1'024;
  throw std::runtime_error{"no VmHWM"};
}

} // namespace

// The Service's endpoints change: connections that are open stay with the old primary, new ones
// reach the new primary. Here, the old one leaves its port (which keeps its connections) and the
// new one takes it.
BOOST_AUTO_TEST_CASE(a_failover_behind_an_address_that_stays_is_followed) {
  world here{without_own_tier()};
  have_stored(here, "before");
  BOOST_TEST(is_hit(here, "before"));
  redis_server other{here.folder.path() / "other"};
  BOOST_TEST(here.redis.run({"REPLICAOF", "127.0.0.1", "1"}) == "OK");
  BOOST_TEST(here.redis.run({"CONFIG", "SET", "port", "0"}) == "OK");
  BOOST_TEST_REQUIRE(eventually([&] {
    return other.run({"CONFIG", "SET", "port", port_of(here.redis.url())}) == "OK";
  }));
  const auto begun = clock::now();
  auto asked = 0;
  BOOST_TEST(eventually([&] {
    const auto prompt = "after-" + std::to_string(asked++);
    is_hit(here, prompt);
    return is_hit(here, prompt);
  }));
  const std::chrono::duration<double> took = clock::now() - begun;
  BOOST_TEST(here.redis.run({"DBSIZE"}) != "0"); // the new one, by now
  BOOST_TEST(gauge_is(here, 1));
  BOOST_TEST(secured::logged(*here.memes, no_writes, "it is a replica"));
  BOOST_TEST_MESSAGE("failover behind an address that stays: used again after "
                     << took.count() << " s and " << asked << " pictures");
}

BOOST_AUTO_TEST_CASE(a_silent_connection_is_kept_alive) {
  world here{without_own_tier()};
  fault_proxy path{here.redis.url()};
  faults forgetful;
  forgetful.forgets_idle_after = 4s;
  path.set(forgetful);
  here.settings.variables["MEME_CACHE_PING_INTERVAL"] = "100ms";
  use_redis(here, path.url());
  BOOST_TEST_REQUIRE(gauge_is(here, 1));
  have_stored(here, "a cat");
  // Longer than the balancer remembers a connection on which nothing passes.
  const auto quiet_since = clock::now();
  const auto before = path.seen().bytes_to_client;
  BOOST_TEST_REQUIRE(eventually([&] { return clock::now() - quiet_since > 5s; }));
  BOOST_TEST(path.seen().bytes_to_client > before);
  BOOST_TEST(is_hit(here, "a cat"));
  BOOST_TEST(path.seen().silenced == 0u);
  BOOST_TEST(here.model.calls() == 1);
}

BOOST_AUTO_TEST_CASE(a_connection_that_was_forgotten_is_found_before_it_is_needed) {
  world here{without_own_tier()};
  fault_proxy path{here.redis.url()};
  here.settings.variables["MEME_CACHE_PING_INTERVAL"] = "100ms";
  use_redis(here, path.url());
  BOOST_TEST_REQUIRE(gauge_is(here, 1));
  have_stored(here, "a cat");
  path.silence();
  const auto begun = clock::now();
  BOOST_TEST(secured::logged(*here.memes, unusable, "no answer in time"));
  BOOST_TEST(gauge_is(here, 1));
  const std::chrono::duration<double> took = clock::now() - begun;
  BOOST_TEST(is_hit(here, "a cat"));
  BOOST_TEST(here.model.calls() == 1);
  BOOST_TEST_MESSAGE("a connection that was forgotten: replaced after " << took.count() << " s");
}

// The system's resolver waits for a silent name server for tens of seconds, and cannot be stopped.
BOOST_AUTO_TEST_CASE(a_silent_name_server_holds_nothing_up) {
  constexpr std::int64_t cache_timeout_ms = 500;
  constexpr std::int64_t slack_ms = 300;
  world here{without_own_tier()};
  const auto names = here.folder.path() / "names";
  const auto say = [&](const std::string& address) {
    std::ofstream{names} << "redis.test " << address << '\n';
  };
  say("silent");
  here.settings.variables["LD_PRELOAD"] = MEME_TEST_NAMES_LIBRARY;
  here.settings.variables["TEST_NAMES_FILE"] = names;
  use_redis(here, "redis://redis.test:" + port_of(here.redis.url()));
  std::int64_t slowest_ms = 0;
  const auto begun = clock::now();
  for (auto i = 0; clock::now() - begun < 3s; ++i) { // longer than one try at connecting
    here.ask(request(std::to_string(i), "picture " + std::to_string(i)));
    slowest_ms = std::max(slowest_ms, json{here.next_result().data}.integer("/duration_ms"));
  }
  BOOST_TEST(slowest_ms < cache_timeout_ms + slack_ms);
  BOOST_TEST(secured::logged(*here.memes, unusable, "the name server does not answer in time"));
  BOOST_TEST(gauge_is(here, 0));
  const auto stopped = clock::now();
  BOOST_TEST(here.memes->terminate() == 0);
  const std::chrono::duration<double> exit = clock::now() - stopped;
  BOOST_TEST(exit.count() < 5);
  here.restart_service();
  say("127.0.0.1"); // it answers
  BOOST_TEST(gauge_is(here, 1));
  have_stored(here, "a cat");
  BOOST_TEST(is_hit(here, "a cat"));
  BOOST_TEST_MESSAGE("a silent name server: slowest request " << slowest_ms << " ms, exit after "
                                                              << exit.count() << " s");
}

BOOST_AUTO_TEST_CASE(a_redis_that_never_speaks_is_left_after_the_connect_timeout) {
  const auto silent = meme::io::listen_on("127.0.0.1", 0); // the kernel connects
  world here{without_own_tier()};
  here.settings.variables["MEME_CACHE_CONNECT_TIMEOUT"] = "300ms";
  use_redis(here, "redis://" + meme::io::local_address(silent));
  BOOST_TEST(secured::logged(*here.memes, unusable, "no connection in time"));
  BOOST_TEST(!is_hit(here, "a cat"));
  BOOST_TEST(gauge_is(here, 0));
}

BOOST_AUTO_TEST_CASE(a_value_of_any_size_takes_no_more_memory_than_a_picture_may) {
  world here{without_own_tier()};
  have_stored(here, "a cat");
  const auto key = here.redis.run({"RANDOMKEY"});
  const auto whole = here.redis.run({"GET", key});
  const auto before = peak_mib(here);
  // 200 MiB.
  BOOST_TEST(here.redis.run({"SETRANGE", key, "209715199", "x"}) == "209715200");
  BOOST_TEST(!is_hit(here, "a cat"));
  BOOST_TEST(eventually([&] { return here.redis.run({"GET", key}) == whole; }));
  BOOST_TEST(is_hit(here, "a cat"));
  const auto grown = peak_mib(here) - before;
  BOOST_TEST(grown < 32);
  BOOST_TEST(secured::logged(*here.memes, "Redis holds a value that is no picture of ours",
                             "max-body-bytes"));
  BOOST_TEST_MESSAGE("200 MiB under one key: the process grew by " << grown << " MiB");
}

BOOST_AUTO_TEST_CASE(many_large_values_at_once_stay_within_the_byte_budget) {
  constexpr std::size_t count = 60;
  auto settings = without_own_tier();
  settings.variables["MEME_INGRESS_MAX_BYTES_IN_FLIGHT"] = std::to_string(32 << 20);
  settings.variables["MEME_GENERATOR_MAX_BODY_BYTES"] = std::to_string(8 << 20);
  settings.variables["MEME_CACHE_TIMEOUT"] = "10s"; // all of them are to be read
  world here{settings};
  here.client.enqueue_all("meme.request", requests(count, "large"));
  BOOST_TEST_REQUIRE(here.results.wait_for(count));
  BOOST_TEST_REQUIRE(
      eventually([&] { return here.redis.run({"DBSIZE"}) == std::to_string(count); }));
  BOOST_TEST(here.redis.run({"EVAL",
                             "for _, key in ipairs(redis.call('KEYS', '*')) do "
                             "redis.call('SETRANGE', key, 8000000, 'x') end return 1",
                             "0"})
             == "1");
  const auto before = peak_mib(here);
  here.client.enqueue_all("meme.request", requests(count, "large"));
  BOOST_TEST_REQUIRE(here.results.wait_for(2 * count));
  const auto grown = peak_mib(here) - before;
  BOOST_TEST((sanitized || grown < 120)); // all at once would be 457 MiB
  BOOST_TEST_MESSAGE(count << " values of 8 MB at once, a byte budget of 32 MiB: the process grew "
                              "by "
                           << grown << " MiB");
}

namespace {

/// A redis-server that is started with a configuration file, as a Sentinel must be.
struct special_redis {
  special_redis(const std::filesystem::path& folder, const std::string& name,
                const std::string& configuration, const std::vector<std::string>& arguments = {})
      : server_{folder / name, "redis-server"} {
    const auto file = std::filesystem::path{server_.folder()} / "redis.conf";
    std::ofstream{file} << "port " << port_.port() << "\nbind 127.0.0.1\nsave \"\"\ndir "
                        << server_.folder() << '\n'
                        << configuration;
    command start{"redis-server", {file.string()}, {}};
    start.arguments.insert(start.arguments.end(), arguments.begin(), arguments.end());
    server_.launch(start, [this] {
      return server_.process().out().find("eady to accept connections") != std::string::npos
             || server_.process().out().find("Sentinel ID is") != std::string::npos;
    });
  }

  std::string url() const { return "redis://" + port_.address(); }

  server server_;
  port_lease port_;
};

} // namespace

BOOST_AUTO_TEST_CASE(a_sentinel_is_recognised) {
  world here{without_own_tier()};
  special_redis sentinel{here.folder.path(), "sentinel", "", {"--sentinel"}};
  use_redis(here, sentinel.url());
  BOOST_TEST(!is_hit(here, "a cat"));
  BOOST_TEST(secured::logged(*here.memes, no_reads, "REDIS_URL must name the Redis that stores"));
  BOOST_TEST(gauge_is(here, 0));
}

/// However many parts it announces: none is read.
BOOST_AUTO_TEST_CASE(a_list_where_one_value_is_asked_for_ends_the_connection) {
  world here{without_own_tier()};
  special_redis odd{here.folder.path(), "odd",
                    "rename-command PING \"\"\nrename-command TIME PING\n"};
  use_redis(here, odd.url());
  BOOST_TEST(!is_hit(here, "a cat"));
  BOOST_TEST(secured::logged(*here.memes, "Redis cannot be used, requests go on without it",
                             "a list that nobody asked for"));
  BOOST_TEST(gauge_is(here, 0));
}

BOOST_AUTO_TEST_CASE(a_cluster_node_is_recognised_and_said_once) {
  world here{without_own_tier()};
  const auto port = [] { return std::make_unique<port_lease>(); };
  const auto bus_a = port();
  const auto bus_b = port();
  const auto clustered = [](const port_lease& bus) {
    return std::vector<std::string>{"--cluster-enabled",     "yes",
                                    "--cluster-port",        std::to_string(bus.port()),
                                    "--cluster-config-file", "nodes.conf"};
  };
  redis_server a{here.folder.path() / "a", clustered(*bus_a)};
  redis_server b{here.folder.path() / "b", clustered(*bus_b)};
  BOOST_TEST(a.run({"CLUSTER", "ADDSLOTSRANGE", "0", "8191"}) == "OK");
  BOOST_TEST(b.run({"CLUSTER", "ADDSLOTSRANGE", "8192", "16383"}) == "OK");
  BOOST_TEST(
      a.run({"CLUSTER", "MEET", "127.0.0.1", port_of(b.url()), std::to_string(bus_b->port())})
      == "OK");
  BOOST_TEST_REQUIRE(eventually([&] {
    return contains(a.run({"CLUSTER", "INFO"}), "cluster_state:ok")
           && contains(b.run({"CLUSTER", "INFO"}), "cluster_state:ok");
  }));
  use_redis(here, a.url());
  for (auto i = 0; i < 30; ++i) // of which about half belong to the other node
    is_hit(here, "picture " + std::to_string(i));
  const std::string line = "Redis is a node of a cluster, requests go on without it";
  BOOST_TEST(secured::logged(*here.memes, line, "speaks with a single Redis"));
  auto lines = 0;
  for (const auto& each : here.memes->log_lines())
    lines +=
        contains(each.text("/msg"), "Redis is a node") || contains(each.text("/msg"), "Redis does");
  BOOST_TEST(lines == 1);
  BOOST_TEST(gauge_is(here, 0));
}

BOOST_AUTO_TEST_CASE(a_port_that_speaks_tls_is_recognised) {
  temporary_folder folder;
  const certificate_authority ca{folder.path(), "ours"};
  const auto own = ca.issue("redis", "DNS:localhost,IP:127.0.0.1");
  const port_lease port;
  auto settings = without_own_tier();
  settings.redis_arguments = {"--tls-port",         std::to_string(port.port()),
                              "--tls-cert-file",    own.file,
                              "--tls-key-file",     own.key_file,
                              "--tls-ca-cert-file", ca.file(),
                              "--tls-auth-clients", "no"};
  world here{settings};
  use_redis(here, "redis://localhost:" + std::to_string(port.port()));
  BOOST_TEST(secured::logged(*here.memes, unusable, "rediss://"));
  BOOST_TEST(!is_hit(here, "a cat"));
  BOOST_TEST(gauge_is(here, 0));
}

BOOST_AUTO_TEST_CASE(lines_about_redis_name_it_without_its_password) {
  world here{without_own_tier()};
  here.redis.run({"CONFIG", "SET", "requirepass", "pass-word"});
  const auto place = here.redis.url().substr(std::string{"redis://"}.size());
  use_redis(here, "redis://:pass-word@" + place + "/3");
  BOOST_TEST_REQUIRE(gauge_is(here, 1));
  here.redis.kill9();
  BOOST_TEST(gauge_is(here, 0));
  auto named = 0;
  for (const auto& line : here.memes->log_lines())
    if (contains(line.text("/msg"), "Redis")) {
      BOOST_TEST(line.text("/server") == "redis://" + place + "/3");
      ++named;
    }
  BOOST_TEST(named >= 2);
  BOOST_TEST(!contains(here.memes->process().err(), "pass-word"));
}
