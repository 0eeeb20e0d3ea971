// Row 5: Redis is down, hangs, talks nonsense, refuses to read or to write. Requests are served
// without it, none waits longer for it than cache.timeout, and it is used again within five
// seconds of being well.
#define BOOST_TEST_MODULE redis
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <functional>
#include <ostream>
#include <thread>

#include "actors/io/http/listener.hpp"
#include "test/support/port_lease.hpp"
#include "test/support/standing_rule.hpp"

using namespace meme::test;
using namespace std::chrono_literals;

namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t count = 60;
constexpr std::int64_t cache_timeout_ms = 500;
constexpr std::int64_t slack_ms = 1'500; ///< of a loaded machine
constexpr double back_within_s = 5;

/// A fault of Redis, and its end.
struct fault {
  const char* name;
  const char* said;
  std::chrono::seconds lasts; ///< at least; the pauses between attempts grow for some six seconds
  std::function<void(world&)> begin;
  std::function<void(world&)> end;
};

std::ostream& operator<<(std::ostream& out, const fault& what) {
  return out << what.name;
}

std::string port_of(const redis_server& redis) {
  return redis.url().substr(redis.url().rfind(':') + 1);
}

/// Says the same to all that connect, before it is asked.
class greeter {
public:
  greeter(std::uint16_t port, std::string words) : socket_{meme::io::listen_on("127.0.0.1", port)} {
    ::fcntl(socket_.get(), F_SETFL, 0); // to wait for a connection
    thread_ = std::thread{[this, words = std::move(words)] {
      for (int fd = 0; (fd = ::accept(socket_.get(), nullptr, nullptr)) >= 0;) {
        guests_.emplace_back(fd);
        ::send(fd, words.data(), words.size(), MSG_NOSIGNAL);
      }
    }};
  }

  ~greeter() {
    ::shutdown(socket_.get(), SHUT_RDWR);
    thread_.join();
  }

private:
  meme::io::unique_fd socket_;
  std::vector<meme::io::unique_fd> guests_;
  std::thread thread_;
};

/// Somebody else who listens where Redis did; one at a time.
std::unique_ptr<child_process> impostor;
std::unique_ptr<service> impostor_service;
std::unique_ptr<greeter> impostor_greeter;

/// Speaks first, as no Redis does.
void begin_nats(world& here) {
  here.redis.stop();
  impostor = std::make_unique<child_process>(
      command{"nats-server", {"-a", "127.0.0.1", "-p", port_of(here.redis)}, {}},
      here.folder.path(), "impostor");
}

/// Answers what it is told, in HTTP.
void begin_http(world& here) {
  here.redis.stop();
  impostor_service =
      std::make_unique<service>(here.folder.path(),
                                environment{{"METRICS_ADDR", "127.0.0.1:" + port_of(here.redis)},
                                            {"NATS_URL", "nats://127.0.0.1:1"},
                                            {"HF_API_TOKEN", "hf_test_token"}},
                                "impostor");
}

/// Speaks of what nobody asked for, in Redis' own protocol.
std::function<void(world&)> begin_greeter(const std::string& words) {
  return [words](world& here) {
    here.redis.stop();
    const auto port = static_cast<std::uint16_t>(std::stoul(port_of(here.redis)));
    BOOST_TEST_REQUIRE(eventually([&] { // its connections may linger
      try {
        impostor_greeter = std::make_unique<greeter>(port, words);
        return true;
      } catch (const std::system_error&) {
        return false;
      }
    }));
  };
}

void end_impostor(world& here) {
  impostor_greeter.reset();
  impostor.reset();
  impostor_service.reset();
  here.redis.start();
}

std::function<void(world&)> tell(std::vector<std::string> words) {
  return [words](world& here) { BOOST_TEST(here.redis.run(words) == "OK"); };
}

constexpr const char* lost = "Redis cannot be used, requests go on without it";
constexpr const char* no_writes = "Redis does not store, requests go on without it";
constexpr const char* no_reads = "Redis does not look up, requests go on without it";

const std::vector<fault> faults{
    {"down", lost, 8s, [](world& here) { here.redis.kill9(); },
     [](world& here) { here.redis.start(); }},
    {"hanging", lost, 8s, [](world& here) { here.redis.process().stop(); },
     [](world& here) { here.redis.process().cont(); }},
    {"nats-server in its place", lost, 0s, begin_nats, end_impostor},
    {"a web server in its place", lost, 0s, begin_http, end_impostor},
    {"an unasked truth", lost, 0s, begin_greeter("#t\r\n"), end_impostor},
    {"an unasked number", lost, 0s, begin_greeter(",1.5\r\n"), end_impostor},
    {"read-only", no_writes, 0s, tell({"REPLICAOF", "127.0.0.1", "1"}),
     tell({"REPLICAOF", "NO", "ONE"})},
    {"without its replicas", no_writes, 0s, tell({"CONFIG", "SET", "min-replicas-to-write", "1"}),
     tell({"CONFIG", "SET", "min-replicas-to-write", "0"})},
    {"out of memory", no_writes, 0s, tell({"CONFIG", "SET", "maxmemory", "1mb"}),
     tell({"CONFIG", "SET", "maxmemory", "0"})},
    {"a replica that lost its master", no_reads, 0s,
     [](world& here) {
       tell({"CONFIG", "SET", "replica-serve-stale-data", "no"})(here);
       tell({"REPLICAOF", "127.0.0.1", "1"})(here);
     },
     tell({"REPLICAOF", "NO", "ONE"})},
};

world_settings only_redis() {
  world_settings settings;
  settings.model_arguments = {"--fixed-bytes", "5000"};
  settings.variables = {{"MEME_CACHE_LOCAL_BYTES", "0"},
                        {"MEME_CACHE_TIMEOUT", std::to_string(cache_timeout_ms) + "ms"}};
  return settings;
}

/// How long the slowest of these requests was in the service.
std::int64_t slowest_ms(world& here, const std::string& start) {
  std::int64_t result = 0;
  for (const auto& each : here.results.messages()) {
    const json answer{each.data};
    if (answer.text("/request_id").rfind(start + '-', 0) == 0)
      result = std::max(result, answer.integer("/duration_ms"));
  }
  return result;
}

bool said(world& here, const std::string& what) {
  const auto lines = here.memes->log_lines();
  return std::any_of(lines.begin(), lines.end(),
                     [&](const json& line) { return line.text("/msg") == what; });
}

/// Asks for new pictures until Redis has one more than before; the time that this took.
double seconds_until_used(world& here, std::set<std::string>& ids) {
  const auto start = clock::now();
  const auto before = here.redis.run({"DBSIZE"});
  std::size_t tries = 0;
  BOOST_TEST(eventually([&] {
    const auto id = "again-" + std::to_string(tries++);
    ids.insert(id);
    here.ask(request(id, id));
    here.results.wait_for(ids.size());
    return here.redis.run({"DBSIZE"}) != before;
  }));
  return std::chrono::duration<double>(clock::now() - start).count();
}

} // namespace

BOOST_DATA_TEST_CASE(requests_are_served_without_it_and_it_is_used_again, faults, fault) {
  world here{only_redis()};
  auto ids = ids_of(count, "well");
  here.client.enqueue_all("meme.request", requests(count, "well"));
  BOOST_TEST_REQUIRE(here.results.wait_for(count));
  // Stored beside the answers, not before them.
  BOOST_TEST_REQUIRE(eventually([&] { return here.redis.run({"DBSIZE"}) == "60"; }));

  fault.begin(here);
  const auto begun = clock::now();
  // One alone, which waits, or makes the service see what is the matter; then many at once.
  here.ask(request("ill-first", "ill-first"));
  BOOST_TEST_REQUIRE(here.results.wait_for(count + 1));
  here.client.enqueue_all("meme.request", requests(count, "ill"));
  BOOST_TEST_REQUIRE(here.results.wait_for(2 * count + 1));
  ids.merge(ids_of(count, "ill"));
  ids.insert("ill-first");
  for (auto next = clock::now(); clock::now() - begun < fault.lasts; next += 20ms) {
    eventually([&] { return clock::now() >= next; });
    const auto id = "ill-later-" + std::to_string(ids.size());
    ids.insert(id);
    here.ask(request(id, id));
    BOOST_TEST_REQUIRE(here.results.wait_for(ids.size()));
  }
  BOOST_TEST(eventually([&] { return said(here, fault.said); }));
  BOOST_TEST(here.memes->metric("meme_generator_redis_failures_total") > 0);
  // A Redis that is connected and refuses is of no more use.
  BOOST_TEST(eventually([&] { return here.memes->metric("meme_generator_redis_connected") == 0; }));
  BOOST_TEST(here.memes->page("/readyz").status == 200);

  fault.end(here);
  const auto back_s = seconds_until_used(here, ids);
  here.ask(request("later", "later")); // Redis does both
  ids.insert("later");
  BOOST_TEST(eventually([&] { return here.memes->metric("meme_generator_redis_connected") == 1; }));
  const auto end = check_all_ended(here, ids);
  BOOST_TEST(end.errors == 0u);
  BOOST_TEST(end.duplicates == 0u);
  const auto well_ms = slowest_ms(here, "well");
  const auto ill_ms = slowest_ms(here, "ill");
  BOOST_TEST(ill_ms <= cache_timeout_ms + slack_ms);
  BOOST_TEST(back_s < back_within_s);
  BOOST_TEST_MESSAGE("row 5, " << fault.name << ": slowest request " << ill_ms << " ms (well: "
                               << well_ms << " ms), used again after " << back_s << " s; " << end);
}

BOOST_AUTO_TEST_CASE(of_an_error_of_any_length_the_beginning_is_logged) {
  const port_lease port;
  const greeter odd{port.port(), "-ERR " + std::string(50'000, 'x') + "\r\n"};
  world here{only_redis()};
  here.memes->terminate();
  here.settings.variables["REDIS_URL"] = "redis://" + port.address();
  here.restart_service();
  BOOST_TEST_REQUIRE(eventually([&] { return said(here, lost); }));
  for (const auto& line : here.memes->log_lines())
    if (line.text("/msg") == lost) {
      BOOST_TEST(line.text("/error").find("ERR xxx") == 0u);
      BOOST_TEST(line.text("/error").size() < 2'000u);
    }
}

BOOST_DATA_TEST_CASE(what_it_holds_is_found_while_it_takes_nothing_new,
                     std::vector<std::size_t>({6, 7, 8}), index) {
  world here{only_redis()};
  here.ask(request("cat-1", "a cat"));
  here.next_result();
  BOOST_TEST_REQUIRE(eventually([&] { return here.redis.run({"DBSIZE"}) == "1"; }));
  faults[index].begin(here);
  here.ask(request("cat-2", "a cat"));
  BOOST_TEST(json{here.next_result().data}.flag("/cached"));
  BOOST_TEST(here.model.calls() == 1);
}

BOOST_AUTO_TEST_CASE(what_lies_there_and_is_no_picture_is_replaced) {
  world here{only_redis()};
  here.ask(request("cat-0", "a cat"));
  here.next_result();
  BOOST_TEST_REQUIRE(eventually([&] { return here.redis.run({"DBSIZE"}) == "1"; }));
  const auto key = here.redis.run({"RANDOMKEY"});
  const auto whole = here.redis.run({"GET", key});
  auto ids = ids_of(1, "cat");
  const auto ask = [&](const std::string& id) {
    ids.insert(id);
    here.ask(request(id, "a cat"));
    return json{here.next_result().data};
  };
  const std::vector<std::vector<std::string>> nonsense{
      {"SET", key, "nonsense"},
      {"SET", key, ""},
      {"SET", key, whole.substr(0, whole.size() - 1)},
      {"LPUSH", key, "a list"},
      {"HSET", key, "a", "hash"},
  };
  for (std::size_t i = 0; i < nonsense.size(); ++i) {
    here.redis.run({"DEL", key});
    here.redis.run(nonsense[i]);
    const auto answer = ask("bad-" + std::to_string(i));
    BOOST_TEST(!answer.flag("/cached"));
    BOOST_TEST(eventually([&] { return here.redis.run({"GET", key}) == whole; }));
    BOOST_TEST(ask("good-" + std::to_string(i)).flag("/cached"));
  }
  const auto end = check_all_ended(here, ids);
  BOOST_TEST(here.model.calls() == static_cast<std::int64_t>(1 + nonsense.size()));
  BOOST_TEST_MESSAGE("row 5, nonsense stored: " << nonsense.size() << " kinds replaced; " << end);
}
