#define BOOST_TEST_MODULE redis_error
#include <boost/test/unit_test.hpp>

#include "actors/cache/redis_error.hpp"

using namespace meme;
using scope = redis_error::scope;

namespace {

struct sample {
  const char* error;
  scope concerns;
  const char* cause; ///< a part of it
};

// As redis-server 7.0, its Sentinel and hiredis 0.14 say it.
const sample samples[] = {
    {"WRONGTYPE Operation against a key holding the wrong kind of value", scope::value, "picture"},
    {"READONLY You can't write against a read only replica.", scope::connection, "replica"},
    {"NOREPLICAS Not enough good replicas to write.", scope::connection, "min-replicas-to-write"},
    {"MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
     scope::connection, "lost its primary"},
    {"LOADING Redis is loading the dataset in memory", scope::connection, "reading its data"},
    {"MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist",
     scope::server, "save to disk"},
    {"OOM command not allowed when used memory > 'maxmemory'.", scope::server, "memory is full"},
    {"NOPERM this user has no permissions to run the 'pttl' command", scope::server,
     "docs/permissions.md"},
    {"NOAUTH Authentication required.", scope::server, "password"},
    {"WRONGPASS invalid username-password pair or user is disabled.", scope::server, "wrong"},
    {"MOVED 3999 127.0.0.1:6381", scope::cluster, "node of a Redis cluster"},
    {"CLUSTERDOWN Hash slot not served", scope::server, "node of a Redis cluster"},
    {"DENIED Redis is running in protected mode", scope::server, "protected mode"},
    {"ERR max number of clients reached", scope::server, "clients"},
    {"ERR unknown command 'SET', with args beginning with: 'a' 'b'", scope::server, "Sentinel"},
    {"Protocol error, got \"\\x15\" as reply type byte", scope::server, "rediss://"},
    {"SSL_connect failed: wrong version number", scope::server, "redis://"},
};

} // namespace

BOOST_AUTO_TEST_CASE(each_error_is_explained) {
  for (const auto& each : samples) {
    const auto explained = explain_redis_error(each.error);
    BOOST_TEST((explained.concerns == each.concerns), each.error);
    BOOST_TEST(explained.cause.find(each.cause) != std::string::npos,
               each.error << ": " << explained.cause);
  }
}

BOOST_AUTO_TEST_CASE(an_error_that_is_not_known_speaks_for_itself) {
  const auto explained = explain_redis_error("ERR something new");
  BOOST_TEST((explained.concerns == scope::server));
  BOOST_TEST(explained.cause.empty());
}
