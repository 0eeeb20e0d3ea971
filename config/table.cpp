#include "config/table.hpp"

#include "config/settings/check.hpp"

namespace meme::config {

namespace {

using namespace std::chrono_literals;
using rows = std::vector<setting>;

constexpr std::uint64_t kib = 1'024;
constexpr std::uint64_t mib = 1'024 * kib;
constexpr std::uint64_t gib = 1'024 * mib;

const char* const jetstream_name = "a name without spaces, dots, wildcards and slashes";
const char* const subject = "a subject without wildcards, such as meme.request";
const char* const file = "a file that can be read, or \"\"";
const char* const http_url = "a URL such as https://host/path, without a user";

void add_nats(rows& table, nats_options& nats) {
  table.emplace_back("nats.url", &nats.url, "NATS servers, separated by commas")
      .contract("NATS_URL", "nats-url", "URL")
      .takes("nats://host:port or tls://host:port, several separated by commas")
      .hidden(secrecy::users)
      .or_file();
  table.emplace_back("nats.stream", &nats.stream, "the stream that keeps the requests")
      .contract("NATS_STREAM", "nats-stream", "NAME")
      .takes(jetstream_name, check::jetstream_name);
  table.emplace_back("nats.consumer", &nats.consumer, "its durable pull consumer")
      .contract("NATS_CONSUMER", "nats-consumer", "NAME")
      .takes(jetstream_name, check::jetstream_name);
  table
      .emplace_back("nats.consumer-group", &nats.consumer_group,
                    "the priority group of that consumer to pull for; \"\": it has none")
      .takes("a group's name of up to 16 letters, digits and -_/=, or \"\"", check::priority_group);
  table
      .emplace_back("nats.request-subject", &nats.request_subject,
                    "subject of requests; subjects below it are taken, too")
      .contract("NATS_REQUEST_SUBJECT", "request-subject", "SUBJECT")
      .takes(subject, check::subject);
  table
      .emplace_back("nats.response-subject", &nats.response_subject,
                    "subject of results; errors: the same with .error appended")
      .contract("NATS_RESPONSE_SUBJECT", "response-subject", "SUBJECT")
      .takes(subject, check::subject);
  table
      .emplace_back("nats.dead-subject", &nats.dead_subject,
                    "subject of requests that ran out of deliveries or time")
      .takes(subject, check::subject);
  table
      .emplace_back("nats.dead-stream", &nats.dead_stream,
                    "the stream that stores the dead letters")
      .takes(jetstream_name, check::jetstream_name);
  table
      .emplace_back("nats.reply-subjects", &nats.reply_subjects,
                    "subjects that a request's reply_to may name")
      .takes("subjects such as _INBOX.> or my.own.*, separated by commas, or \"\"",
             check::subject_filters);
  table
      .emplace_back("nats.inbox-prefix", &nats.inbox_prefix,
                    "the first part of every inbox's subject")
      .takes("a subject without wildcards, such as _INBOX_memes", check::subject);
  table
      .emplace_back("nats.connect-timeout", &nats.connect_timeout, "for a connection to one server")
      .range(10ms, 5min);
  table
      .emplace_back("nats.ping-interval", &nats.ping_interval,
                    "two unanswered pings mean a dead connection")
      .range(10ms, 1h);
  table
      .emplace_back("nats.write-deadline", &nats.write_deadline,
                    "a write that hangs longer breaks the connection")
      .range(10ms, 10min);
  table
      .emplace_back("nats.io-buffer", &nats.io_buffer,
                    "few large writes instead of many small ones")
      .bytes(4 * kib, 64 * mib);
}

void add_nats_identity(rows& table, nats_options& nats) {
  table.emplace_back("nats.ca-file", &nats.ca_file, "PEM; trusted authorities; \"\": the system's")
      .takes(file, check::optional_readable_file);
  table.emplace_back("nats.certificate-file", &nats.certificate_file, "PEM; for mutual TLS")
      .takes(file, check::optional_readable_file);
  table.emplace_back("nats.key-file", &nats.key_file, "PEM; the certificate's private key")
      .takes(file, check::optional_readable_file);
  table
      .emplace_back("nats.credentials-file", &nats.credentials_file,
                    ".creds file with JWT and NKey seed")
      .takes(file, check::optional_readable_file);
  table.emplace_back("nats.nkey", &nats.nkey, "public NKey; goes with nats.nkey-seed-file")
      .takes("a user's public NKey (U and 55 more characters), or \"\"", check::nkey);
  table.emplace_back("nats.nkey-seed-file", &nats.nkey_seed_file, "file with the NKey's seed")
      .takes(file, check::optional_readable_file);
}

void add_ingress(rows& table, ingress_options& ingress) {
  table.emplace_back("ingress.max-in-flight", &ingress.max_in_flight, "messages in work at once")
      .contract("MAX_IN_FLIGHT", "max-in-flight", "N")
      .range(1, 100'000);
  table
      .emplace_back("ingress.max-bytes-in-flight", &ingress.max_bytes_in_flight,
                    "bytes of all pictures held at once; 0: an eighth of the memory limit")
      .bytes(0, 1'024 * gib);
  table
      .emplace_back("ingress.max-deliveries", &ingress.max_deliveries,
                    "deliveries of one message before it goes to nats.dead-subject")
      .formerly("ingress.max-attempts")
      .range(1, 1'000'000);
  table
      .emplace_back("ingress.pull-expiry", &ingress.pull_expiry,
                    "how long the server keeps an open pull")
      .range(100ms, 10min);
  table
      .emplace_back(
          "ingress.ack-wait", &ingress.ack_wait,
          "silence after which the server delivers again, if the service creates the consumer")
      .range(100ms, 24h);
  table
      .emplace_back("ingress.drain-timeout", &ingress.drain_timeout,
                    "time to finish what is in work after SIGTERM")
      .contract("DRAIN_TIMEOUT", "drain-timeout", "SECONDS")
      .plain_seconds()
      .range(0s, 24h);
  table
      .emplace_back("ingress.retry-base", &ingress.retry_base,
                    "pause before a second delivery; doubles, jittered")
      .range(1ms, 1h);
  table
      .emplace_back("ingress.retry-cap", &ingress.retry_cap, "the longest pause between deliveries")
      .range(1ms, 24h);
}

void add_limits(rows& table, request_limits& limits) {
  table.emplace_back("limits.max-bytes", &limits.max_bytes, "a whole request").bytes(256, 64 * mib);
  table.emplace_back("limits.max-depth", &limits.max_depth, "nesting of a request's JSON")
      .range(1, 1'000);
  table
      .emplace_back("limits.max-prompt-chars", &limits.max_prompt_chars,
                    "of a prompt, and of a negative one")
      .range(1, 1'000'000);
  table.emplace_back("limits.max-id-chars", &limits.max_id_chars, "of a request's id")
      .range(1, 1'024);
  table.emplace_back("limits.min-side", &limits.min_side, "width and height, pixels")
      .range(1, 65'536);
  table.emplace_back("limits.max-side", &limits.max_side, "width and height, pixels")
      .range(1, 65'536);
  table.emplace_back("limits.max-steps", &limits.max_steps, "num_inference_steps").range(1, 10'000);
  table.emplace_back("limits.max-guidance", &limits.max_guidance, "guidance_scale").range(0, 1'000);
}

void add_cache(rows& table, cache_options& cache) {
  table.emplace_back("cache.redis-url", &cache.redis_url, "where pictures are cached")
      .contract("REDIS_URL", "redis-url", "URL")
      .takes("redis://[user:password@]host[:port][/database], rediss:// for TLS, or valkey[s]://",
             check::redis_tls)
      .hidden(secrecy::user)
      .or_file();
  table.emplace_back("cache.ttl", &cache.ttl, "how long a picture stays cached; 0: no caching")
      .contract("CACHE_TTL", "cache-ttl", "SECONDS")
      .plain_seconds()
      .range(0s, 87'600h);
  table
      .emplace_back("cache.local-bytes", &cache.local_bytes,
                    "the cache in this process, in front of Redis; 0: none")
      .bytes(0, 1'024 * gib);
  table.emplace_back("cache.timeout", &cache.timeout, "the longest that a request waits for Redis")
      .range(1ms, 1min);
  table.emplace_back("cache.connect-timeout", &cache.connect_timeout, "for a connection to Redis")
      .range(1ms, 1min);
  table
      .emplace_back("cache.ping-interval", &cache.ping_interval,
                    "silence on a connection to Redis after which a PING is sent")
      .range(100ms, 1h);
  table
      .emplace_back("cache.ca-file", &cache.ca_file,
                    "PEM; for rediss://; trusted authorities; \"\": the system's")
      .takes(file, check::optional_readable_file);
  table
      .emplace_back("cache.key-file", &cache.key_file,
                    "keys that sign pictures in Redis; \"\": no signatures")
      .takes(file, check::optional_readable_file);
}

void add_generator(rows& table, generator_options& generator) {
  table.emplace_back("generator.url", &generator.url, "the model's endpoint")
      .contract("HF_API_URL", "hf-api-url", "URL")
      .takes(http_url)
      .hidden(secrecy::user);
  table
      .emplace_back("generator.token", &generator.token,
                    "Hugging Face token, required to serve; ps shows a command line")
      .contract("HF_API_TOKEN", "hf-api-token", "TOKEN")
      .takes("printable characters without spaces", check::token)
      .hidden(secrecy::everything)
      .or_file();
  table.emplace_back("generator.allow-insecure-token", &generator.allow_insecure_token,
                     "whether the token may be sent unencrypted (http://) to other machines");
  table
      .emplace_back("generator.fast-url", &generator.fast_url,
                    "endpoint for fast_mode; \"\": fewer steps at generator.url")
      .takes(std::string{http_url} + ", or \"\"")
      .hidden(secrecy::user);
  table
      .emplace_back("generator.fast-steps", &generator.fast_steps,
                    "num_inference_steps of fast_mode without generator.fast-url")
      .range(1, 10'000);
  table
      .emplace_back("generator.prompt-template", &generator.prompt_template,
                    "the prompt that the model gets")
      .takes("text with {prompt} in it", check::prompt_template);
  table.emplace_back("generator.accept", &generator.accept, "the type of picture asked for")
      .one_of("image/png|image/jpeg|image/webp");
  table
      .emplace_back("generator.replaced-models", &generator.replaced_models,
                    "retired models and their successors")
      .takes("a list of \"old/name=new/name\"", check::replaced_model);
  table
      .emplace_back("generator.workers", &generator.workers,
                    "event loops that talk HTTP, each with a thread")
      .range(1, 64);
  table
      .emplace_back("generator.max-connections", &generator.max_connections,
                    "idle connections that a worker keeps; 0: its share of ingress.max-in-flight")
      .range(0, 100'000);
  table
      .emplace_back("generator.max-body-bytes", &generator.max_body_bytes,
                    "a larger answer is refused")
      .bytes(kib, gib);
  table
      .emplace_back("generator.max-pixels", &generator.max_pixels,
                    "pixels of a picture that is recompressed to fit into a message")
      .range(1, std::uint64_t{1} << 30);
  table
      .emplace_back("generator.max-decoders", &generator.max_decoders,
                    "pictures recompressed at a time, each in its own process")
      .range(1, 64);
  table
      .emplace_back("generator.decode-timeout", &generator.decode_timeout,
                    "for one such picture; then its process is killed")
      .range(10ms, 10min);
  table
      .emplace_back("generator.decoder", &generator.decoder,
                    "program that recompresses a picture; \"\": this one")
      .takes(file, check::optional_readable_file);
}

void add_generator_times(rows& table, generator_options& generator) {
  table.emplace_back("generator.timeout", &generator.timeout, "for one whole call")
      .range(10ms, 24h);
  table
      .emplace_back("generator.stall-timeout", &generator.stall_timeout,
                    "silence after the first byte of a picture")
      .range(10ms, 1h);
  table
      .emplace_back("generator.connect-timeout", &generator.connect_timeout,
                    "for a connection to the model")
      .range(10ms, 10min);
  table.emplace_back("generator.max-calls", &generator.max_calls, "calls within one delivery")
      .formerly("generator.max-attempts")
      .range(1, 1'000);
  table
      .emplace_back("generator.deadline", &generator.deadline,
                    "for all calls of one delivery together")
      .range(10ms, 24h);
  table
      .emplace_back("generator.give-up-after", &generator.give_up_after,
                    "from a request's first call to its error, over all deliveries")
      .range(10ms, 24h);
  table
      .emplace_back("generator.retry-base", &generator.retry_base,
                    "pause before the second call; doubles, full jitter")
      .range(1ms, 1h);
  table.emplace_back("generator.retry-cap", &generator.retry_cap, "the longest such pause")
      .range(1ms, 24h);
}

void add_pages_and_log(rows& table, options& values) {
  table
      .emplace_back("metrics.address", &values.metrics.address,
                    "where the HTTP endpoints for Prometheus and Kubernetes listen")
      .contract("METRICS_ADDR", "metrics-addr", "ADDRESS")
      .takes("host:port or [IPv6]:port; port 0: any free one");
  table.emplace_back("log.level", &values.log.level, "what is logged")
      .contract("LOG_LEVEL", "log-level", "LEVEL")
      .one_of("trace|debug|info|warning|error|off");
  table.emplace_back("log.format", &values.log.format, "JSON for machines, text for people")
      .contract("LOG_FORMAT", "log-format", "FORMAT")
      .one_of("json|text");
  table
      .emplace_back("log.answers-per-second", &values.log.answers_per_second,
                    "log lines for results, a second; 0: none")
      .range(0, 1'000'000);
}

void add_actors(rows& table, supervisor_options& supervisor, scheduler_options& scheduler) {
  table
      .emplace_back("supervisor.max-restarts", &supervisor.max_restarts,
                    "more within the period end the process")
      .range(0, 1'000'000);
  table.emplace_back("supervisor.restart-period", &supervisor.restart_period, "that period")
      .range(1ms, 24h);
  table
      .emplace_back("supervisor.backoff-base", &supervisor.backoff_base,
                    "pause before a restart; doubles, jittered")
      .range(1ms, 1h);
  table.emplace_back("supervisor.backoff-cap", &supervisor.backoff_cap, "the longest such pause")
      .range(1ms, 1h);
  table
      .emplace_back("supervisor.healthy-after", &supervisor.healthy_after,
                    "after so long without a failure, an actor's pauses start over")
      .range(1ms, 24h);
  table
      .emplace_back("supervisor.escalation-grace", &supervisor.escalation_grace,
                    "time not ready between too many restarts and exit 1")
      .range(0ms, 1h);
  table
      .emplace_back("supervisor.stall-after", &supervisor.stall_after,
                    "not ready if a stage has work and makes no progress for so long")
      .range(1s, 24h);
  table.emplace_back("supervisor.chaos", &supervisor.chaos,
                     "for tests: POST /chaos/kill?actor=NAME ends that actor");
  table.emplace_back("scheduler.policy", &scheduler.policy, "how CAF's threads share their work")
      .one_of("sharing|stealing");
  table
      .emplace_back("scheduler.max-threads", &scheduler.max_threads,
                    "threads for actors without an event loop")
      .range(1, 1'024);
  table.emplace_back("scheduler.batch", &scheduler.batch,
                     "run all threads under SCHED_BATCH: less switching, more throughput");
  table
      .emplace_back("scheduler.max-throughput", &scheduler.max_throughput,
                    "messages that one actor handles in a row")
      .range(1, 1'000'000);
}

} // namespace

std::vector<setting> table_of(options& values) {
  rows table;
  add_nats(table, values.nats);
  add_nats_identity(table, values.nats);
  add_ingress(table, values.ingress);
  add_limits(table, values.ingress.limits);
  add_cache(table, values.cache);
  add_generator(table, values.generator);
  add_generator_times(table, values.generator);
  add_pages_and_log(table, values);
  add_actors(table, values.supervisor, values.scheduler);
  return table;
}

} // namespace meme::config
