#pragma once

// Every actor of the service and every message that it takes, in the order in which a request meets
// them. Read this file and you know the system:
//
//     NATS ──delivered──▶ ingress ──lookup──▶ cache ──generate──▶ generator ──call──▶ model client
//                         ▲  │  ▲               │  ◀──generated──           ◀──called──
//                         │  │  └───finished────┘ ◀──▶ Redis cache, recompressor
//                         │  └─answer──▶ publisher ──▶ NATS
//                         └───published──┘
// Two rules make it survive the death of any of them:
//  1. A sender keeps a job until it has the answer, and gives it to the successor of an actor that
//     has died (the supervisor announces successors with `peers`).
//  2. An actor that gets a job twice ignores the second. A job is known by its ticket or its key.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <caf/all.hpp>
#include <prometheus/gauge.h>

#include "messages/binding.hpp"
#include "messages/bus.hpp"
#include "messages/child.hpp"
#include "messages/delivery.hpp"
#include "messages/outcome.hpp"
#include "messages/picture_spec.hpp"
#include "messages/request.hpp"
#include "messages/stage.hpp"
#include "messages/ticket.hpp"
#include "messages/verdict.hpp"

namespace meme {

struct peers;
using peers_ptr = std::shared_ptr<const peers>;

/// Sent by the supervisor every few seconds to each: how many messages wait behind this one? The
/// answer goes straight to the gauge, which outlives the actors.
struct measure_mailbox {
  prometheus::Gauge* depth = nullptr;
};

/// What every child of the supervisor takes. The interfaces below extend it.
using child_actor = caf::typed_actor<caf::reacts_to<peers_ptr>, // the current handles of the others
                                     caf::reacts_to<measure_mailbox>>;

// -- ingress ------------------------------------------------------------------------------------

/// NATS has delivered something to the inbox of our pulls.
struct delivered {
  bus_message_ptr message;
};

/// The connection to NATS has come or gone.
struct link_changed {
  bool up = false;
};

/// The end of a lookup.
struct finished {
  ticket id;
  outcome result;
};

/// The server is known to have these answers.
struct published {
  std::vector<ticket> ids;
};

/// How many more messages than those in work now may be taken from the queue for the model's sake:
/// 0 while it is not to be called, 1 to have something to probe it with, else without bound.
struct pull_limit {
  std::size_t messages = std::numeric_limits<std::size_t>::max();
};

/// The answer to a `pull_limit` if no permit is free: one request must go back to the queue.
struct no_room {};

/// Stop pulling, hand back what was not started, finish the rest.
struct drain {};

/// Nothing is left.
struct drained {};

/// Owner of each message until its outcome is sure: permits, pulling, settling.
// clang-format off
using ingress_actor = child_actor::extend<
  caf::reacts_to<binding>,         // provisioner: go ahead, or why not
  caf::reacts_to<queue_level>,     // provisioner, every few seconds
  caf::reacts_to<link_changed>,    // supervisor: pulls are void, pull again
  caf::reacts_to<delivered>,       // NATS: a request, or a word about a pull
  caf::reacts_to<finished>,        // cache: here is your picture, or why there is none
  caf::reacts_to<pull_limit>,      // generator: the model is down, or well again
  caf::reacts_to<published>,       // publisher: the answer has reached the server
  caf::reacts_to<caf::tick_atom>,  // itself: heartbeat, progress, lost pulls
  caf::reacts_to<drain>>;          // supervisor
// clang-format on

// -- cache --------------------------------------------------------------------------------------

/// A request that has been understood: what is needed to find or make its picture.
struct job {
  ticket id;
  std::string request_id;
  std::uint64_t stream_sequence = 0;
  std::uint64_t attempt = 1;
  std::string key; ///< cache key of the picture
  picture_spec spec;
  std::size_t largest = no_limit; ///< bytes of a picture that fits into an answer
  /// Where an earlier delivery was tried: since when its time of trying counts, and, where it was
  /// this process that tried it, how the last call ended.
  std::optional<std::chrono::steady_clock::time_point> tried_since;
  std::shared_ptr<const failure> last_failure;
};

using job_ptr = std::shared_ptr<const job>;

struct lookup {
  job_ptr request;
};

/// The Redis cache's answer for a key. No picture: not there, or Redis could not be asked.
struct fetched {
  std::string key;
  picture_ptr picture;
  std::chrono::milliseconds ttl_left{0};
};

/// The end of a generation.
struct generated {
  std::string key;
  std::variant<picture_ptr, failure> result;
};

/// A picture that was too large, as it fits, or why there is none.
struct recompressed {
  std::string key;
  std::variant<picture_ptr, failure> result; ///< invalid_picture: it is damaged, not too large
};

/// Looks up, joins equal requests into one generation, stores.
// clang-format off
using cache_actor = child_actor::extend<
  caf::reacts_to<lookup>,     // ingress
  caf::reacts_to<fetched>,     // Redis cache
  caf::reacts_to<generated>,  // generator
  caf::reacts_to<recompressed>,     // recompressor
  caf::reacts_to<caf::tick_atom>, // itself: look-ups that Redis does not answer
  caf::reacts_to<drain>>;     // ingress: passed on to the generator
// clang-format on

/// Asks Redis. Without an answer within `cache.timeout` the Redis cache answers "not there".
struct fetch {
  std::string key;
};

struct put {
  std::string key;
  picture_ptr picture;
};

/// Redis. Never fails a request: what it cannot find in time is not there.
// clang-format off
using redis_cache_actor = child_actor::extend<
  caf::reacts_to<fetch>,      // cache
  caf::reacts_to<put>>;      // cache
// clang-format on

/// A picture of more than `limit` bytes.
struct recompress {
  std::string key;
  picture_ptr picture;
  std::size_t limit = 0;
};

/// Makes pictures small enough for an answer.
// clang-format off
using recompressor_actor = child_actor::extend<
  caf::reacts_to<recompress>>;       // cache
// clang-format on

// -- generator ----------------------------------------------------------------------------------

struct generate {
  job_ptr request; ///< the first of the requests that want this picture
};

/// A pause of a picture is over: until its next call, or until it is given up.
struct flight_due {
  std::string key;
};

/// One HTTP exchange with the model.
struct call {
  std::uint64_t number = 0;
  std::shared_ptr<const picture_spec> spec;
};

/// How it ended.
struct called {
  std::uint64_t number = 0;
  picture_ptr picture;   ///< empty where there is none
  model_verdict verdict; ///< what the failure policy makes of the reply
};

/// Decides when to call the model, how often, and on which client.
// clang-format off
using generator_actor = child_actor::extend<
  caf::reacts_to<generate>,                     // cache
  caf::reacts_to<called>,                       // model client
  caf::reacts_to<no_room>,                      // ingress: give a request back that may wait
  caf::reacts_to<flight_due>,                   // itself
  caf::reacts_to<caf::tick_atom>,               // itself: the model's pause is over
  caf::reacts_to<drain>>;                       // cache: give back what waits
// clang-format on

/// Speaks HTTP with the model; thousands of calls at a time.
// clang-format off
using model_client_actor = child_actor::extend<
  caf::reacts_to<call>>;      // generator
// clang-format on

// -- publisher ----------------------------------------------------------------------------------

/// What a client is to be told, and where.
struct answer {
  ticket id;
  answer_header header;
  outcome result;
  std::uint64_t stream_sequence = 0;
  std::string message_key;     ///< of the request's message; part of Nats-Msg-Id
  std::string reply_to;        ///< a further subject for the answer; empty: none
  std::string traceparent;     ///< passed through; empty: none
  bus_message_ptr dead_letter; ///< the request itself where it goes to the dead letters
};

using answer_ptr = std::shared_ptr<const answer>;

/// Makes sure that answers reach the server.
// clang-format off
using publisher_actor = child_actor::extend<
  caf::reacts_to<link_changed>,    // supervisor: publish again what was not fenced
  caf::reacts_to<answer_ptr>,      // ingress
  caf::reacts_to<delivered>,       // NATS: a fence or an acknowledgement has come back
  caf::reacts_to<caf::flush_atom>, // itself: no more answers wait, fence what was published
  caf::reacts_to<caf::tick_atom>>; // itself: fences that stay out too long
// clang-format on

// -- around it ----------------------------------------------------------------------------------

/// It is time for the next look at the consumer, unless there was one since the look number
/// `after`.
struct look_due {
  std::uint64_t after = 0;
};

/// Makes or checks stream and consumer; blocks, so it has a thread of its own.
// clang-format off
using provisioner_actor = child_actor::extend<
  caf::reacts_to<delivered>,       // NATS: the server has given a message up
  caf::reacts_to<max_deliveries_advisory>, // itself: one that could not be answered yet
  caf::reacts_to<caf::tick_atom>,  // ingress, publisher: look (again), then send a `binding`
  caf::reacts_to<look_due>>; // itself
// clang-format on

/// One of the reasons why the service is ready or not.
struct health {
  std::string part; ///< nats, consumer, actors
  bool well = false;
  std::string reason; ///< for a person, while not well
};

/// Serves /metrics, /livez, /readyz and /healthz.
// clang-format off
using status_server_actor = child_actor::extend<
  caf::reacts_to<health>>;    // supervisor
// clang-format on

/// What happens to the connection to NATS, told by its library's threads.
struct connection_event {
  enum class kind { up, down, failing, closed, lame_duck, error } change = kind::down;
  std::string text;
};

/// How an attempt to connect to NATS ended.
struct connection_opened {
  bus_ptr bus;              ///< empty: not connected
  std::string problem;      ///< why not
  bool unreachable = false; ///< no server answered; else one refused us, or the settings are wrong
};

/// Connects to NATS. That blocks as long as the servers or the name server say nothing, so it has a
/// thread of its own, and the process ends without waiting for it.
// clang-format off
using connector_actor = caf::typed_actor<
  caf::reacts_to<caf::tick_atom>>; // supervisor: try each server once, then `connection_opened`
// clang-format on

/// What an actor waits for, as an answer to `measure_mailbox`.
struct progress_report {
  std::vector<stage_load> loads;
};

/// Ends a child as if it had failed; for tests of the supervision.
struct kill_child {
  child_id child;
};

/// From now on the others' messages to a child are lost, until it is restarted; for tests of the
/// watch on progress.
struct mute_child {
  child_id child;
};

/// A time that the supervisor has set itself is over.
struct supervisor_timer {
  enum class kind {
    watch,      ///< the next look at the children
    reconnect,  ///< a pause before another connection to NATS
    restart,    ///< the pause before `child` is restarted
    end_child,  ///< `child` was told to end
    escalation, ///< the grace of a service that has failed
    drain       ///< `ingress.drain-timeout`
  };
  kind due = kind::watch;
  child_id child; ///< for `restart` and `end_child`
};

/// Starts the others in order, watches and restarts them, takes them down in the reverse order.
// clang-format off
using supervisor_actor = caf::typed_actor<
  caf::reacts_to<connection_event>,             // NATS
  caf::reacts_to<connection_opened>,            // connector
  caf::reacts_to<supervisor_timer>,             // itself
  caf::reacts_to<health>,                       // ingress: bound, or why not
  caf::reacts_to<progress_report>,              // ingress, cache, generator, publisher
  caf::reacts_to<kill_child>,                   // status server, if allowed
  caf::reacts_to<mute_child>,                   // status server, if allowed
  caf::reacts_to<drained>,                      // ingress
  caf::reacts_to<drain>>;                       // main: SIGTERM
// clang-format on

/// Whom to send to. A handle is empty while its actor waits to be restarted.
struct peers {
  ingress_actor ingress;
  cache_actor cache;
  redis_cache_actor redis_cache;
  recompressor_actor recompressor;
  generator_actor generator;
  std::vector<model_client_actor> model_clients;
  publisher_actor publisher;
  provisioner_actor provisioner;
  status_server_actor status_server;
  supervisor_actor supervisor;
};

} // namespace meme
// Nothing leaves the process: CAF need not know how to serialise these.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::peers_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::measure_mailbox)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::link_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::binding)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::delivered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::max_deliveries_advisory)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::finished)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::published)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::pull_limit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::no_room)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::drain)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::drained)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::lookup)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::fetched)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::generated)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::recompress)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::recompressed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::fetch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::put)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::generate)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::flight_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::called)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::answer_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::health)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::connection_event)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::connection_opened)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::progress_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::queue_level)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::look_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::supervisor_timer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::mute_child)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meme::kill_child)
