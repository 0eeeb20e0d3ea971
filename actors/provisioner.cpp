#include "actors/provisioner.hpp"

#include <algorithm>
#include <unordered_map>

#include "actors/intake.hpp"
#include "actors/io/log.hpp"
#include "actors/io/nats_request.hpp"
#include "actors/resilience.hpp"
#include "actors/stranded.hpp"
#include "config/subject.hpp"

namespace meme {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 3s;       ///< for one answer of JetStream
constexpr auto look_again = 2s;     ///< while stream and consumer cannot be used
constexpr auto longest_pause = 60s; ///< before another attempt to bury a message
constexpr std::int64_t wanted_ack_pending = 20'000;

/// Stands for any: only a wildcard captures it.
constexpr auto some_token = ".any-token";

struct provisioning {
  io::jetstream api;
  const config::options& options;
  bool plan_only;
  last_seen& seen;
  provision_report report;

  bool captures(const io::stream_config& stream, const std::string& subject) const {
    return std::any_of(stream.subjects.begin(), stream.subjects.end(),
                       [&](auto& each) { return config::subjects_overlap(each, subject); });
  }

  bool refuse(std::string reason) {
    report.result.reason = std::move(reason);
    return false;
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
      stream = io::stream_config{nats.stream,
                                 {nats.request_subject, nats.request_subject + ".>"},
                                 js_WorkQueuePolicy,
                                 js_FileStorage};
      report.done.push_back("stream " + nats.stream);
      if (!plan_only)
        api.create_stream(*stream);
      return true;
    }
    report.result.kept_subjects = stream->subjects;
    auto said = "stream " + nats.stream;
    if (stream->retention == js_LimitsPolicy)
      return refuse(said
                    + " has limits retention: what is acknowledged would stay in it for ever; "
                      "it needs to be a work queue");
    for (auto& output :
         {nats.response_subject, nats.response_subject + ".error", nats.dead_subject})
      if (captures(*stream, output))
        return refuse(said + " captures " + output + ": answers would become requests");
    if (!captures(*stream, nats.request_subject))
      return refuse(said + " does not capture " + nats.request_subject);
    if (!captures(*stream, nats.request_subject + some_token))
      report.differences.push_back(said + " does not capture " + nats.request_subject
                                   + ".>: requests on it are lost");
    if (stream->storage != js_FileStorage)
      report.differences.push_back(said
                                   + " keeps requests in memory: a restart of the server "
                                     "loses them");
    if (stream->retention != js_WorkQueuePolicy)
      report.differences.push_back(said + " is no work queue");
    if (stream->forgets)
      report.differences.push_back(said
                                   + " drops the oldest requests at a limit of its own: they are "
                                     "lost unanswered");
    if (stream->confirms_nothing)
      report.differences.push_back(said + " confirms no publication: clients do not see a loss");
    return true;
  }

  bool use_consumer() {
    auto& nats = options.nats;
    auto said = "consumer " + nats.consumer;
    // A stream that is only planned cannot be asked for its consumer.
    auto consumer = plan_only && !report.done.empty()
                        ? std::nullopt
                        : api.find_consumer(nats.stream, nats.consumer);
    if (!consumer && restored(said, seen.consumer, [&] {
          api.restore_consumer(nats.stream, nats.consumer, seen.consumer);
        }))
      consumer = api.find_consumer(nats.stream, nats.consumer);
    if (!consumer) {
      consumer.emplace();
      consumer->name = nats.consumer;
      consumer->ack_wait = options.ingress.ack_wait;
      consumer->max_ack_pending = wanted_ack_pending;
      report.done.push_back(said);
      if (!plan_only)
        api.create_consumer(nats.stream, *consumer);
    }
    if (consumer->push)
      return refuse(said + " is a push consumer; the service pulls");
    if (consumer->headers_only)
      return refuse(said + " delivers headers only: there would be no request in a message");
    if (consumer->ack_policy != js_AckExplicit)
      return refuse(said + " does not have explicit acknowledgement: messages would be lost");
    if (!consumer->filter.empty()
        && !config::subjects_overlap(consumer->filter, nats.request_subject))
      return refuse(said + " has the filter " + consumer->filter + ", which leaves "
                    + nats.request_subject + " out");
    compare(*consumer, said);
    auto& result = report.result;
    result.ack_wait = std::chrono::duration_cast<std::chrono::milliseconds>(consumer->ack_wait);
    result.max_deliver = consumer->max_deliver;
    result.max_expires =
        std::chrono::duration_cast<std::chrono::milliseconds>(consumer->max_request_expires);
    result.max_batch =
        static_cast<std::size_t>(std::max<std::int64_t>(0, consumer->max_request_batch));
    return true;
  }

  void compare(const io::consumer_config& consumer, const std::string& said) {
    auto differs = [&](const std::string& what) { report.differences.push_back(said + what); };
    if (consumer.max_deliver > 0)
      differs(" has max_deliver " + std::to_string(consumer.max_deliver)
              + " instead of -1: a message whose last holder dies stays in the stream for ever");
    if (consumer.ack_wait != options.ingress.ack_wait)
      differs(
          " has ack_wait "
          + std::to_string(
              std::chrono::duration_cast<std::chrono::seconds>(consumer.ack_wait).count())
          + " s instead of "
          + std::to_string(
              std::chrono::duration_cast<std::chrono::seconds>(options.ingress.ack_wait).count())
          + " s");
    if (consumer.max_ack_pending > 0 && consumer.max_ack_pending < wanted_ack_pending)
      differs(" has max_ack_pending " + std::to_string(consumer.max_ack_pending)
              + " instead of 20000: all processes together never work on more");
    if (consumer.only_new)
      differs(" does not begin with the first message: what was queued before it waits for ever");
    if (consumer.inactive_threshold.count() > 0)
      differs(" is deleted when nobody pulls for a while, as when there are no pods");
    if (consumer.has_backoff)
      differs(" has a backoff, which takes the place of ack_wait");
    if (!consumer.filter.empty()
        && !config::subjects_overlap(consumer.filter, options.nats.request_subject + some_token))
      differs(" has the filter " + consumer.filter + ": requests on " + options.nats.request_subject
              + ".> wait for ever");
  }

  /// What the dead letters' stream keeps beside them. Nothing else needs the permission to ask.
  void note_dead_subjects() {
    if (seen.dead_stream_is_hidden)
      return;
    try {
      if (auto stream = api.find_stream(options.nats.dead_stream))
        report.result.kept_subjects.insert(report.result.kept_subjects.end(),
                                           stream->subjects.begin(), stream->subjects.end());
    } catch (const io::nats_refused& e) {
      log::info("the dead letters' stream is served unseen", {{"reason", e.what()}});
      seen.dead_stream_is_hidden = true;
    }
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
    if (!plan_only)
      api.create_stream({nats.dead_stream, {nats.dead_subject}, js_LimitsPolicy, js_FileStorage});
    return true;
  }

  void run() {
    report.result.usable = use_request_stream() && use_consumer() && keep_dead_letters();
  }
};

/// For the day on which one of them is gone. What cannot be read is remembered as it was.
void remember(natsConnection* connection, const config::nats_options& nats, last_seen& seen) {
  auto update = [](std::string& known, std::string now) {
    if (!now.empty())
      known = std::move(now);
  };
  try {
    io::jetstream api{connection, nats.inbox_prefix, patience};
    update(seen.stream, api.configuration_of(nats.stream));
    update(seen.consumer, api.configuration_of(nats.stream, nats.consumer));
    if (!seen.dead_stream_is_hidden)
      update(seen.dead_stream, api.configuration_of(nats.dead_stream));
  } catch (const std::exception& e) {
    log::debug("stream and consumer were not remembered", {{"error", e.what()}});
  }
}

struct provisioner_state {
  peers_ptr now_peers = std::make_shared<peers>();
  context_ptr shared;
  std::shared_ptr<io::nats_connection> link;
  std::shared_ptr<last_seen> seen;
  io::subscription_ptr stranded; ///< only where the consumer has a limit of its own
  std::uint64_t looks = 0;       ///< so far; a scheduled one that was overtaken is dropped
  std::string last_reason;       ///< said once, not every two seconds
  bool told_differences = false;
  std::unordered_map<std::uint64_t, burial> burials; ///< by place in the stream
  policy::publish_rules rules{{}, {}};               ///< where their answers may go

  static constexpr const char* name = "provisioner";
};

void say(provisioner_state& state, const provision_report& report) {
  for (auto& made : report.done)
    log::info("made what was missing", {{"what", made}});
  if (!std::exchange(state.told_differences, true))
    for (auto& difference : report.differences)
      log::warning("configured otherwise", {{"difference", difference}});
  if (report.result.reason != state.last_reason && !report.result.usable)
    log::error("stream or consumer cannot be used", {{"reason", report.result.reason}});
  state.last_reason = report.result.reason;
}

void listen_for_stranded(provisioner_actor::pointer self, provisioner_state& state) {
  provisioner_actor target{self};
  // One process of all is enough.
  state.stranded = state.link->join("meme-generator", stranded_subject(state.shared->options.nats),
                                    [target](io::bus_message_ptr message) {
                                      if (message)
                                        caf::anon_send(target, delivered{std::move(message)});
                                    });
}

void look(provisioner_actor::pointer self, provisioner_state& state) {
  ++state.looks;
  provision_report report;
  try {
    report = provision(state.link->handle(), state.shared->options, false, *state.seen);
    if (report.result.max_deliver > 0 && !state.stranded)
      listen_for_stranded(self, state);
  } catch (const std::exception& e) {
    report.result.reason = e.what();
  }
  say(state, report);
  if (report.result.usable)
    state.rules.set_kept(report.result.kept_subjects);
  if (state.now_peers->ingress)
    self->send(state.now_peers->ingress, report.result);
  if (report.result.usable)
    remember(state.link->handle(), state.shared->options.nats, *state.seen);
  if (!report.result.usable && state.link->connected())
    self->delayed_send(self, look_again, caf::tick_atom_v, state.looks);
}

void bury(provisioner_actor::pointer self, provisioner_state& state, const delivered& advisory) {
  auto which = parse_stranded(advisory.message->data());
  if (!which)
    return;
  auto& so_far = state.burials[which->stream_sequence];
  try {
    bury_stranded(*state.link, *state.shared, *which, state.rules, so_far);
    state.burials.erase(which->stream_sequence);
  } catch (const std::exception& e) {
    log::error("a message that the server has given up is still in the stream",
               {{"stream_sequence", which->stream_sequence}, {"error", e.what()}});
    auto pause = std::min<std::chrono::seconds>(longest_pause,
                                                look_again * (1U << std::min(so_far.tries++, 5U)));
    self->delayed_send(self, pause, advisory);
  }
}

} // namespace

provision_report provision(natsConnection* connection, const config::options& options,
                           bool plan_only, last_seen& seen) {
  provisioning work{
      io::jetstream{connection, options.nats.inbox_prefix, patience}, options, plan_only, seen, {}};
  work.run();
  return std::move(work.report);
}

provisioner_actor spawn_provisioner(caf::local_actor* parent, context_ptr shared,
                                    std::shared_ptr<io::nats_connection> connection,
                                    std::shared_ptr<last_seen> seen) {
  auto behavior = [](provisioner_actor::stateful_pointer<provisioner_state> self, context_ptr with,
                     std::shared_ptr<io::nats_connection> link, std::shared_ptr<last_seen> before) {
    install_handlers(self, provisioner_state::name);
    self->state.shared = std::move(with);
    self->state.rules = make_publish_rules(self->state.shared->options.nats);
    self->state.link = std::move(link);
    self->state.seen = std::move(before);
    return provisioner_actor::behavior_type{
        [self](peers_ptr& now) { self->state.now_peers = std::move(now); },
        [self](measure_mailbox to) { report_mailbox(self, to); },
        [self](const delivered& advisory) { bury(self, self->state, advisory); },
        [self](caf::tick_atom) { look(self, self->state); },
        [self](caf::tick_atom, std::uint64_t after) {
          if (after == self->state.looks)
            look(self, self->state);
        },
    };
  };
  return parent->spawn<caf::detached>(behavior, std::move(shared), std::move(connection),
                                      std::move(seen));
}

} // namespace meme
