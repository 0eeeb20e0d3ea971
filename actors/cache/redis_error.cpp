#include "actors/cache/redis_error.hpp"

#include <algorithm>
#include <array>

namespace meme {

namespace {

using scope = redis_error::scope;

/// A part of an error's text, and what it means. The first that is found counts.
struct known_error {
  std::string_view part;
  scope concerns;
  const char* cause;
};

// The words are those of redis-server's shared replies (src/server.c, createSharedObjects) and of
// its ACL, cluster and Sentinel code; the rest is what hiredis makes of TLS records and of silence.
constexpr std::array known_errors{
    known_error{"WRONGTYPE", scope::value, "under this key lies something that is not a picture"},
    known_error{"READONLY", scope::connection,
                "it is a replica, which takes no writes: a new connection is tried, in case the "
                "address now leads to the primary"},
    known_error{"NOREPLICAS", scope::connection,
                "it has fewer replicas than min-replicas-to-write asks for"},
    known_error{"MASTERDOWN", scope::connection,
                "it is a replica that has lost its primary and does not serve old data "
                "(replica-serve-stale-data no)"},
    known_error{"LOADING", scope::connection, "it is still reading its data from disk"},
    known_error{"MISCONF", scope::server,
                "it cannot save to disk, and takes no writes until it can "
                "(stop-writes-on-bgsave-error)"},
    known_error{"OOM", scope::server,
                "its memory is full and its maxmemory-policy evicts nothing: set an allkeys policy "
                "or more memory"},
    known_error{"NOPERM", scope::server,
                "its ACL does not permit this user the command or the key (docs/permissions.md "
                "lists what the service needs)"},
    known_error{"NOAUTH", scope::server, "it asks for a password, and REDIS_URL has none"},
    known_error{"WRONGPASS", scope::server, "user or password in REDIS_URL are wrong"},
    known_error{"invalid password", scope::server, "the password in REDIS_URL is wrong"},
    known_error{"MOVED", scope::cluster,
                "it is a node of a Redis cluster, and keeps only some of the keys: this service "
                "speaks with a single Redis, give it one that is not a cluster"},
    known_error{"CLUSTERDOWN", scope::server,
                "it is a node of a Redis cluster that is down: this service speaks with a single "
                "Redis, give it one that is not a cluster"},
    known_error{"DENIED", scope::server, "its protected mode lets in only its own host"},
    known_error{"max number of clients", scope::server, "it has as many clients as it may have"},
    known_error{"unknown command", scope::server,
                "it does not know the command, as a Sentinel does not: REDIS_URL must name the "
                "Redis that stores, not its Sentinel"},
    // The first byte of a TLS alert, 0x15, as hiredis quotes it.
    known_error{"got \"\\x15\"", scope::server,
                "it speaks TLS, and REDIS_URL does not: write rediss://"},
    known_error{"wrong version number", scope::server,
                "it does not speak TLS: write redis://, or give its TLS port"},
    known_error{"record layer failure", scope::server,
                "it does not speak TLS: write redis://, or give its TLS port"},
    known_error{"packet length too long", scope::server,
                "it does not speak TLS: write redis://, or give its TLS port"},
};

} // namespace

redis_error explain_redis_error(std::string_view error) {
  const auto found =
      std::find_if(known_errors.begin(), known_errors.end(), [&](const known_error& known) {
        return error.find(known.part) != std::string_view::npos;
      });
  if (found == known_errors.end())
    return {};
  return {found->concerns, found->cause};
}

} // namespace meme
