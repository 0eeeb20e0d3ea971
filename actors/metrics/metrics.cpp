#include "actors/metrics/metrics.hpp"

#include <iterator>
#include <utility>

#include "messages/child.hpp"

namespace meme {

namespace {

using namespace prometheus;

Counter& counter(Registry& to, const char* name, const char* help) {
  return BuildCounter().Name(name).Help(help).Register(to).Add({});
}

Gauge& gauge(Registry& to, const char* name, const char* help) {
  return BuildGauge().Name(name).Help(help).Register(to).Add({});
}

Histogram& histogram(Registry& to, const char* name, const char* help) {
  // From a hit in the process (well under a millisecond) to a model that takes its two minutes.
  static const Histogram::BucketBoundaries bounds{
      .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20, 40, 80, 160};
  return BuildHistogram().Name(name).Help(help).Register(to).Add({}, bounds);
}

/// A family with a series for each of `values`, all at 0.
Family<Counter>& counters(Registry& to, const char* name, const char* help, const char* label,
                          const std::vector<std::string>& values) {
  auto& family = BuildCounter().Name(name).Help(help).Register(to);
  for (const auto& value : values)
    family.Add({{label, value}});
  return family;
}

Family<Gauge>& gauges(Registry& to, const char* name, const char* help, const char* label,
                      const std::vector<std::string>& values) {
  auto& family = BuildGauge().Name(name).Help(help).Register(to);
  for (const auto& value : values)
    family.Add({{label, value}});
  return family;
}

std::vector<std::string> code_names() {
  std::vector<std::string> names;
  for (auto code : all_error_codes())
    names.emplace_back(to_string(code));
  return names;
}

/// All but the supervisor, whose end is the end of the process.
std::vector<std::string> actor_names(std::size_t model_clients) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < child_kind_count; ++i)
    if (auto kind = static_cast<child_kind>(i); kind != child_kind::model_client)
      names.push_back(to_string(child_id{kind, 0}));
  for (std::size_t i = 0; i < model_clients; ++i)
    names.push_back(to_string(child_id{child_kind::model_client, i}));
  return names;
}

std::vector<std::string> stage_names() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < stage_count; ++i)
    if (auto where = static_cast<pipeline_stage>(i); where != pipeline_stage::held)
      names.emplace_back(to_string(where));
  return names;
}

} // namespace

metrics::metrics(std::shared_ptr<Registry> to, std::size_t model_clients)
    : registry(std::move(to)),
      requests(counter(*registry, "meme_generator_requests_total",
                       "Messages taken from the queue, bad ones too")),
      success(
          counter(*registry, "meme_generator_success_total", "Requests answered with a picture")),
      errors(counter(*registry, "meme_generator_errors_total", "Requests answered with an error")),
      cache_hits(counter(*registry, "meme_generator_cache_hits_total",
                         "Requests whose picture was found in a cache")),
      cache_misses(counter(*registry, "meme_generator_cache_misses_total",
                           "Requests whose picture had to be generated")),
      processing_duration_s(histogram(*registry, "meme_generator_processing_duration_seconds",
                                      "From a message's arrival to its answer's")),
      generation_duration_s(histogram(*registry, "meme_generator_generation_duration_seconds",
                                      "One call of the model, failed ones too")),
      max_in_flight(
          gauge(*registry, "meme_generator_max_in_flight", "Messages that may be in work at once")),
      in_flight(gauge(*registry, "meme_generator_in_flight", "Messages in work")),
      redeliveries(counter(*registry, "meme_generator_redeliveries_total",
                           "Messages taken that had been delivered before")),
      naks(counter(*registry, "meme_generator_naks_total",
                   "Messages given back to the queue untouched")),
      delayed_naks(counter(*registry, "meme_generator_delayed_naks_total",
                           "Messages given back to the queue to be tried again later")),
      dead_letters(counter(*registry, "meme_generator_dead_letters_total",
                           "Messages moved to the dead letters")),
      pull_resets(counter(*registry, "meme_generator_pull_resets_total",
                          "Times the open pulls were given up and replaced")),
      consumer_paused(gauge(*registry, "meme_generator_consumer_paused",
                            "1 while somebody has paused the consumer of the requests")),
      unaccounted_messages(gauge(*registry, "meme_generator_unaccounted_messages",
                                 "Messages in the stream that neither wait nor are in work")),
      queue_pending(gauge(*registry, "meme_generator_queue_pending",
                          "Messages in the queue that were never delivered, as last looked at")),
      answer_bytes(gauge(*registry, "meme_generator_answer_bytes",
                         "Bytes of pictures whose answers the server has not confirmed")),
      bytes_in_flight(gauge(*registry, "meme_generator_bytes_in_flight",
                            "Bytes of pictures outside the caches, as the byte budget counts")),
      byte_budget_exhaustions(counter(*registry, "meme_generator_byte_budget_exhaustions_total",
                                      "Times pulling stopped for the byte budget")),
      nats_connected(
          gauge(*registry, "meme_generator_nats_connected", "1 while connected to NATS")),
      nats_connections(
          counter(*registry, "meme_generator_nats_connections_total", "Connections made to NATS")),
      nats_errors(counter(*registry, "meme_generator_nats_errors_total",
                          "Errors that NATS reported: slow consumer, permissions, refused writes")),
      answers_published_again(counter(*registry, "meme_generator_answers_published_again_total",
                                      "Answers published again because a connection broke")),
      redis_connected(
          gauge(*registry, "meme_generator_redis_connected",
                "1 while Redis is connected and does what it is asked; 0 while it refuses, too")),
      redis_failures(counter(*registry, "meme_generator_redis_failures_total",
                             "Look-ups and stores that Redis did not do")),
      redis_unverified(counter(*registry, "meme_generator_redis_unverified_total",
                               "Values in Redis that no key of cache.key-file verifies")),
      local_cache_bytes(
          gauge(*registry, "meme_generator_local_cache_bytes", "Bytes in the in-process cache")),
      joined_requests(counter(*registry, "meme_generator_joined_requests_total",
                              "Requests that waited for another one's generation")),
      pictures_recompressed(
          counter(*registry, "meme_generator_pictures_recompressed_total",
                  "Pictures recompressed because they were too large for an answer")),
      decoders_stopped(counter(*registry, "meme_generator_decoders_stopped_total",
                               "Decoders of a picture that were stopped at their time limit")),
      calls_in_flight(
          gauge(*registry, "meme_generator_model_calls_in_flight", "Calls of the model under way")),
      calls(counter(*registry, "meme_generator_model_calls_total", "Calls of the model")),
      calls_waiting(gauge(*registry, "meme_generator_model_calls_waiting",
                          "Pictures that wait for a call of the model")),
      call_limit(gauge(*registry, "meme_generator_model_call_limit",
                       "Calls of the model that may be under way at once, as it takes them")),
      breaker_state(gauge(*registry, "meme_generator_breaker_state",
                          "Circuit breaker around the model: 0 closed, 1 open, 2 half-open")),
      breaker_openings(counter(*registry, "meme_generator_breaker_openings_total",
                               "Times the circuit breaker has opened")),
      suspect_requests(counter(*registry, "meme_generator_suspect_requests_total",
                               "Requests that kept failing while calls for others succeeded")),
      rate_limited(counter(*registry, "meme_generator_model_rate_limited_total",
                           "Times the model asked to be left alone for a while")),
      errors_by_code_(counters(*registry, "meme_generator_errors_by_code_total",
                               "Requests answered with an error, by its code", "code",
                               code_names())),
      retries_(counters(*registry, "meme_generator_model_retries_total",
                        "Calls of the model that are tried again, by what was wrong", "reason",
                        code_names())),
      restarts_(counters(*registry, "meme_generator_actor_restarts_total",
                         "Actors restarted after a failure", "actor", actor_names(model_clients))),
      mailbox_depths_(gauges(*registry, "meme_generator_mailbox_depth",
                             "Messages that wait in an actor's mailbox, now and then", "actor",
                             actor_names(model_clients))),
      stalled_(gauges(*registry, "meme_generator_stalled",
                      "1 while a stage has work and makes no progress", "stage", stage_names())),
      stalls_(counters(*registry, "meme_generator_stalls_total",
                       "Times a stage was found without progress", "stage", stage_names())) {}

std::vector<MetricFamily> metrics::collect() const {
  auto result = registry->Collect();
  auto process = process_.Collect();
  std::move(process.begin(), process.end(), std::back_inserter(result));
  return result;
}

Counter& metrics::errors_by(error_code code) {
  return errors_by_code_.Add({{"code", std::string{to_string(code)}}});
}

Counter& metrics::retries_by(error_code code) {
  return retries_.Add({{"reason", std::string{to_string(code)}}});
}

Counter& metrics::restarts_of(const std::string& actor) {
  return restarts_.Add({{"actor", actor}});
}

Gauge& metrics::mailbox_depth_of(const std::string& actor) {
  return mailbox_depths_.Add({{"actor", actor}});
}

Gauge& metrics::stalled(pipeline_stage where) {
  return stalled_.Add({{"stage", to_string(where)}});
}

Counter& metrics::stalls_of(pipeline_stage where) {
  return stalls_.Add({{"stage", to_string(where)}});
}

} // namespace meme
