#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "config/address/host_port.hpp"
#include "config/address/nats_urls.hpp"
#include "config/address/redis_url.hpp"
#include "config/address/url.hpp"
#include "messages/request.hpp"

namespace meme::config {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// NATS: where requests come from and answers go to.
struct nats_options {
  nats_urls url{"nats://nats.messaging.svc.cluster.local:4222"};
  std::string stream = "MEMES";
  std::string consumer = "meme-generator";
  std::string consumer_group; ///< of a consumer with priority groups (2.11); empty: none
  std::string request_subject = "meme.request";
  std::string response_subject = "meme.response"; ///< errors: the same with `.error` appended
  std::string dead_subject = "meme.dead";
  std::string dead_stream = "MEMES_DEAD";
  std::string reply_subjects = "_INBOX.>"; ///< filters, by commas: what a reply_to may name
  std::string inbox_prefix = "_INBOX";     ///< of every inbox of ours, the commands' too
  milliseconds connect_timeout = seconds{5};
  milliseconds ping_interval = seconds{5};   ///< two unanswered pings mean a dead connection
  milliseconds write_deadline = seconds{10}; ///< a write that hangs longer breaks the connection
  std::size_t io_buffer = 1 << 20;           ///< bytes; few large writes instead of many small ones
  std::string ca_file;                       ///< PEM; empty: the system's certificates
  std::string certificate_file;              ///< PEM; for mutual TLS
  std::string key_file;                      ///< PEM; for mutual TLS
  std::string credentials_file;              ///< .creds (JWT and NKey seed)
  std::string nkey;                          ///< public NKey (U…); goes with nkey_seed_file
  std::string nkey_seed_file;                ///< file with the NKey's seed
};

/// Taking messages from the queue and giving them back.
struct ingress_options {
  std::size_t max_in_flight = 64; ///< permits: messages in work at once; 1..100,000
  /// Pictures held at once, bytes; 0: an eighth of the container's memory.
  std::size_t max_bytes_in_flight = 0;
  std::uint32_t max_deliveries = 20;        ///< deliveries of one message before it is dead
  milliseconds pull_expiry = seconds{30};   ///< how long the server keeps an open pull
  milliseconds ack_wait = seconds{30};      ///< for a consumer that we create
  milliseconds drain_timeout = seconds{30}; ///< time to finish what is in work after SIGTERM
  milliseconds retry_base = seconds{2};     ///< pause before a second delivery; doubles, jittered
  milliseconds retry_cap = seconds{120};    ///< the longest pause between deliveries
  request_limits limits;
};

/// Redis and the in-process tier in front of it.
struct cache_options {
  config::redis_url redis_url{"redis://redis.cache.svc.cluster.local:6379"};
  seconds ttl{3600};                  ///< 0: no caching
  std::size_t local_bytes = 64 << 20; ///< the in-process tier; 0: none
  milliseconds timeout{500};          ///< what a slow Redis may cost a request
  milliseconds connect_timeout{2'000};
  milliseconds ping_interval = seconds{15}; ///< a connection is kept alive after so much silence
  std::string ca_file;  ///< PEM, for rediss://; empty: the system's certificates
  std::string key_file; ///< keys that sign what is stored, one a line; empty: nothing is signed
};

/// The text-to-image model.
struct generator_options {
  http_url url{"https://api-inference.huggingface.co/models/runwayml/stable-diffusion-v1-5"};
  std::string token;                 ///< secret
  bool allow_insecure_token = false; ///< whether the token may go over http:// to other machines
  std::optional<http_url> fast_url;  ///< endpoint for fast_mode; none: fewer steps at `url`
  std::uint32_t fast_steps = 4;      ///< num_inference_steps of fast_mode without `fast_url`
  std::string prompt_template = "{prompt}";
  std::string accept = "image/png";         ///< exactly one type, dedicated endpoints insist
  std::size_t workers = 1;                  ///< event loops that talk HTTP; each takes thousands
  milliseconds timeout = seconds{120};      ///< one attempt, all in all
  milliseconds stall_timeout = seconds{20}; ///< silence after the body's first byte
  milliseconds connect_timeout = seconds{10};
  std::size_t max_calls = 5;                 ///< calls within one delivery
  milliseconds deadline = seconds{300};      ///< all calls of one delivery together
  milliseconds give_up_after = seconds{300}; ///< all calls for one request, over its deliveries
  milliseconds retry_base =
      milliseconds{500}; ///< pause before the second call; doubles, full jitter
  milliseconds retry_cap = seconds{30};
  std::size_t max_body_bytes = 32 << 20;             ///< a larger answer is refused
  std::uint64_t max_pixels = std::uint64_t{1} << 24; ///< of a picture that is made to fit
  std::size_t max_decoders = 2;                      ///< such pictures at a time
  milliseconds decode_timeout = seconds{10};         ///< for one of them
  std::string decoder;             ///< program that makes one fit; empty: this one
  std::size_t max_connections = 0; ///< a worker's idle connections kept; 0: max_in_flight
  /// Models that are gone, and what is asked for instead.
  std::map<std::string, std::string> replaced_models = {
      {"runwayml/stable-diffusion-v1-5", "stabilityai/stable-diffusion-3-medium-diffusers"},
      {"stable-diffusion-v1-5/stable-diffusion-v1-5",
       "stabilityai/stable-diffusion-3-medium-diffusers"}};
};

/// The HTTP pages for Prometheus and for Kubernetes.
struct metrics_options {
  listen_address address{"0.0.0.0:9090"}; ///< port 0 picks a free one
};

struct log_options {
  std::string level = "info";           ///< trace, debug, info, warning, error, off
  std::string format = "json";          ///< json or text
  std::size_t answers_per_second = 100; ///< lines for requests that got a picture; 0: none
};

/// Restarting of failed actors; the words are Erlang/OTP's.
struct supervisor_options {
  std::size_t max_restarts = 5;                  ///< intensity: more than these …
  milliseconds restart_period = seconds{60};     ///< … within this time is a failure of the whole
  milliseconds backoff_base = milliseconds{100}; ///< first pause; doubles, jittered
  milliseconds backoff_cap = seconds{10};
  milliseconds healthy_after = seconds{30};    ///< up so long, the pauses start over
  milliseconds escalation_grace = seconds{10}; ///< not ready for so long, then exit 1
  milliseconds stall_after = seconds{60};      ///< without progress of a stage: not ready
  bool chaos = false; ///< for tests: POST /chaos/kill?actor=NAME on the pages ends that actor
};

/// CAF's scheduler: the threads that run the actors without an event loop of their own.
struct scheduler_options {
  /// `sharing` keeps idle threads asleep, where `stealing` has them look around for work.
  std::string policy = "sharing";
  /// CAF's own default, at least 4, counts the node's cores, not those that a container may use.
  /// The actors here only decide and pass on: a second thread would mostly take turns with the
  /// first. What takes long has a thread of its own.
  std::size_t max_threads = 1;
  /// Whether all threads run under the kernel's SCHED_BATCH: none that is woken takes the core from
  /// the one that woke it.
  bool batch = true;
  /// Messages in a row: an actor with a full mailbox lets the others have their turn.
  std::size_t max_throughput = 100;
};

struct options {
  nats_options nats;
  ingress_options ingress;
  cache_options cache;
  generator_options generator;
  metrics_options metrics;
  log_options log;
  supervisor_options supervisor;
  scheduler_options scheduler;
};

} // namespace meme::config
