#include "actors/provisioner/provision.hpp"

#include <algorithm>

#include "actors/io/log.hpp"
#include "actors/io/nats/nats_request.hpp"
#include "actors/provisioner/stream_check.hpp"

namespace meme {

namespace {

constexpr auto patience = std::chrono::seconds{3}; ///< for one answer of JetStream

struct provisioning {
  io::jetstream api;
  const config::options& options;
  provision_mode mode;
  last_seen& seen;
  provision_report report;

  bool planning() const { return mode != provision_mode::make; }

  bool refuse(std::string reason) {
    report.result.reason = std::move(reason);
    return false;
  }

  /// Takes over what is to be said; false: it cannot be served.
  bool accept(check_result checked) {
    for (auto& difference : checked.differences)
      report.differences.push_back(std::move(difference));
    return checked.refusal.empty() || refuse(std::move(checked.refusal));
  }

  io::stream_config own_stream() const {
    auto& nats = options.nats;
    io::stream_config result;
    result.name = nats.stream;
    result.subjects = {nats.request_subject, nats.request_subject + ".>"};
    return result;
  }

  /// Whether what is gone was made again as it was last seen.
  template <class Restore>
  bool restored(const std::string& what, std::string& configuration, Restore restore) {
    if (configuration.empty())
      return false;
    try {
      restore();
    } catch (const io::api_error& e) {
      if (!e.is_final())
        throw;
      // Somebody else has what it needs by now (a subject, say): better ours than none.
      configuration.clear();
      log::warning("what was missing cannot be made as it was last seen",
                   {{"what", what}, {"reason", e.what()}});
      return false;
    }
    report.done.push_back(what + ", as it was last seen");
    return true;
  }

  bool use_request_stream() {
    auto& nats = options.nats;
    auto stream = api.find_stream(nats.stream);
    if (!stream && restored("stream " + nats.stream, seen.stream, [&] {
          api.restore_stream(nats.stream, seen.stream);
        }))
      stream = api.find_stream(nats.stream);
    if (!stream) {
      report.done.push_back("stream " + nats.stream);
      if (!planning())
        api.create_stream(own_stream());
      return true;
    }
    report.stream = stream;
    report.result.kept_subjects = stream->config.subjects;
    if (!accept(check_stream(*stream, options)))
      return false;
    return mode == provision_mode::review
           || std::all_of(stream->config.feeds.begin(), stream->config.feeds.end(),
                          [&](auto& feed) { return use_feed(feed); });
  }

  void note_kept(const std::vector<std::string>& subjects) {
    auto& kept = report.result.kept_subjects;
    kept.insert(kept.end(), subjects.begin(), subjects.end());
  }

  /// What the dead letters' stream keeps beside them. Nothing else needs the permission to ask.
  void note_dead_subjects() {
    if (seen.dead_stream_is_hidden)
      return;
    try {
      if (auto stream = api.find_stream(options.nats.dead_stream))
        note_kept(stream->config.subjects);
    } catch (const io::nats_refused& e) {
      log::info("the dead letters' stream is served unseen", {{"reason", e.what()}});
      seen.dead_stream_is_hidden = true;
    }
  }

  /// A stream that ours takes messages from must not store our answers.
  bool use_feed(const io::stream_feed& feed) {
    if (feed.external)
      return true;
    try {
      auto upstream = api.find_stream(feed.name);
      if (!upstream)
        return true;
      note_kept(upstream->config.subjects);
      for (auto& each : find_loops(upstream->config, options.nats))
        if (passes(feed, each.subject))
          return refuse("stream " + options.nats.stream + " takes messages from stream " + feed.name
                        + ", which captures " + each.subject + ": " + each.consequence);
    } catch (const std::exception& e) {
      report.differences.push_back("stream " + feed.name + ", from which stream "
                                   + options.nats.stream
                                   + " takes messages, cannot be looked at: " + e.what());
    }
    return true;
  }

  bool use_consumer() {
    auto& nats = options.nats;
    auto name = "consumer " + nats.consumer;
    // A stream that is only planned cannot be asked for its consumer.
    auto consumer = planning() && !report.done.empty()
                        ? std::nullopt
                        : api.find_consumer(nats.stream, nats.consumer);
    if (!consumer && restored(name, seen.consumer, [&] {
          api.restore_consumer(nats.stream, nats.consumer, seen.consumer);
        }))
      consumer = api.find_consumer(nats.stream, nats.consumer);
    if (!consumer) {
      consumer.emplace();
      consumer->config.name = nats.consumer;
      consumer->config.ack_wait = options.ingress.ack_wait;
      consumer->config.max_ack_pending = wanted_ack_pending;
      report.done.push_back(name);
      if (!planning())
        api.create_consumer(nats.stream, consumer->config);
    } else {
      report.consumer = consumer;
    }
    auto stream = report.stream ? report.stream->config : own_stream();
    if (!accept(check_consumer(*consumer, stream, options)))
      return false;
    fill_binding(consumer->config);
    return true;
  }

  void fill_binding(const io::consumer_config& consumer) {
    using std::chrono::duration_cast;
    using std::chrono::milliseconds;
    auto& result = report.result;
    result.ack_wait = duration_cast<milliseconds>(consumer.ack_wait);
    result.max_deliver = consumer.max_deliver;
    result.max_expires = duration_cast<milliseconds>(consumer.max_request_expires);
    result.max_batch =
        static_cast<std::size_t>(std::max<std::int64_t>(0, consumer.max_request_batch));
    if (!consumer.priority_groups.empty())
      result.group = options.nats.consumer_group;
  }

  bool keep_dead_letters() {
    auto& nats = options.nats;
    auto keeper = api.stream_of(nats.dead_subject);
    if (keeper == nats.dead_stream) {
      note_dead_subjects();
      return true;
    }
    if (!keeper.empty()) {
      report.differences.push_back("dead letters on " + nats.dead_subject + " are kept by stream "
                                   + keeper + " instead of " + nats.dead_stream);
      return true;
    }
    if (api.find_stream(nats.dead_stream))
      return refuse("stream " + nats.dead_stream + " does not capture " + nats.dead_subject
                    + ": dead letters would be lost");
    if (restored("stream " + nats.dead_stream, seen.dead_stream,
                 [&] { api.restore_stream(nats.dead_stream, seen.dead_stream); }))
      return true;
    report.done.push_back("stream " + nats.dead_stream);
    io::stream_config keeper_of_ours;
    keeper_of_ours.name = nats.dead_stream;
    keeper_of_ours.subjects = {nats.dead_subject};
    keeper_of_ours.retention = js_LimitsPolicy;
    if (!planning())
      api.create_stream(keeper_of_ours);
    return true;
  }

  void run() {
    auto letters_kept = [this] { return mode == provision_mode::review || keep_dead_letters(); };
    report.result.usable = use_request_stream() && use_consumer() && letters_kept();
  }
};

} // namespace

provision_report provision(natsConnection* connection, const config::options& options,
                           provision_mode mode, last_seen& seen) {
  provisioning work{
      io::jetstream{connection, options.nats.inbox_prefix, patience}, options, mode, seen, {}};
  work.run();
  return std::move(work.report);
}

void remember(natsConnection* connection, const config::nats_options& nats,
              const provision_report& report, last_seen& seen) {
  try {
    io::jetstream api{connection, nats.inbox_prefix, patience};
    auto stream = report.stream ? report.stream : api.find_stream(nats.stream);
    auto consumer =
        report.consumer ? report.consumer : api.find_consumer(nats.stream, nats.consumer);
    if (stream)
      seen.stream = std::move(stream->configuration);
    if (consumer)
      seen.consumer = std::move(consumer->configuration);
    if (seen.dead_stream_is_hidden)
      return;
    if (auto keeper = api.find_stream(nats.dead_stream))
      seen.dead_stream = std::move(keeper->configuration);
  } catch (const std::exception& e) {
    log::debug("stream and consumer were not remembered", {{"error", e.what()}});
  }
}

} // namespace meme
