#include "actors/provisioner/stream_check.hpp"

#include <algorithm>
#include <chrono>

#include "config/own_subjects.hpp"
#include "messages/subjects/subject.hpp"

namespace meme {

namespace {

using namespace std::chrono_literals;

/// Stands for any: only a wildcard captures it.
constexpr auto some_token = ".any-token";

/// A stream's default. Within it a client that repeats a Nats-Msg-Id means the same request.
constexpr auto usual_duplicate_window = 120s;

std::string seconds(std::chrono::nanoseconds time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time).count()) + " s";
}

std::string joined(const std::vector<std::string>& names) {
  std::string result;
  for (auto& name : names)
    result += (result.empty() ? "" : ", ") + name;
  return result;
}

/// The limits at which a stream drops messages that wait, as a person would look for them.
std::string dropping_limits(const io::stream_config& stream) {
  std::vector<std::string> limits;
  if (stream.max_age.count() > 0)
    limits.push_back("max_age " + seconds(stream.max_age));
  if (!stream.discards_new && stream.max_messages > 0)
    limits.push_back("max_msgs " + std::to_string(stream.max_messages));
  if (!stream.discards_new && stream.max_bytes > 0)
    limits.push_back("max_bytes " + std::to_string(stream.max_bytes));
  if (stream.max_messages_per_subject > 0
      && !(stream.discards_new && stream.discards_new_per_subject))
    limits.push_back("max_msgs_per_subject " + std::to_string(stream.max_messages_per_subject));
  return joined(limits);
}

std::string refusing_limits(const io::stream_config& stream) {
  std::vector<std::string> limits;
  if (stream.max_messages > 0)
    limits.push_back("max_msgs " + std::to_string(stream.max_messages));
  if (stream.max_bytes > 0)
    limits.push_back("max_bytes " + std::to_string(stream.max_bytes));
  if (stream.max_messages_per_subject > 0 && stream.discards_new_per_subject)
    limits.push_back("max_msgs_per_subject " + std::to_string(stream.max_messages_per_subject));
  return joined(limits);
}

/// Where the messages of a stream come from that are not published to its subjects.
std::string feeders(const io::stream_config& stream) {
  std::vector<std::string> names;
  for (auto& feed : stream.feeds)
    names.push_back(feed.name);
  if (!names.empty())
    return "from stream " + joined(names);
  return "from " + (stream.transform_source.empty() ? ">" : stream.transform_source)
         + ", renamed to " + stream.transform_destination;
}

bool overlap_any(const std::vector<std::string>& subjects, const std::string& subject) {
  return std::any_of(subjects.begin(), subjects.end(),
                     [&](auto& each) { return subjects_overlap(each, subject); });
}

void compare_subjects(const io::stream_config& stream, const config::nats_options& nats,
                      check_result& result) {
  const auto name = "stream " + stream.name;
  const auto captures_requests = captures(stream, nats.request_subject);
  if (!captures_requests && !stream.is_fed()) {
    result.refusal = name + " does not capture " + nats.request_subject;
    return;
  }
  if (!captures_requests)
    result.differences.push_back(name + " does not capture " + nats.request_subject
                                 + ": it gets its requests " + feeders(stream)
                                 + "; `dead requeue` cannot put a letter into it directly");
  else if (!captures(stream, nats.request_subject + some_token))
    result.differences.push_back(name + " does not capture " + nats.request_subject
                                 + ".>: requests on it are lost");
}

void compare_limits(const io::stream_config& stream, const config::options& options,
                    check_result& result) {
  auto differs = [&](const std::string& text) {
    result.differences.push_back("stream " + stream.name + text);
  };
  if (stream.forgets())
    differs(" drops the oldest requests at a limit of its own (" + dropping_limits(stream)
            + "): they are lost unanswered");
  if (stream.discards_new)
    if (const auto limits = refusing_limits(stream); !limits.empty())
      differs(" refuses further requests when it is full (" + limits + ")");
  const auto largest = static_cast<std::int64_t>(options.ingress.limits.max_bytes);
  if (stream.max_message_bytes > 0 && stream.max_message_bytes < largest)
    differs(" refuses requests of more than " + std::to_string(stream.max_message_bytes)
            + " bytes (max_msg_size), the service takes " + std::to_string(largest));
  if (stream.duplicate_window > usual_duplicate_window)
    differs(" takes a Nats-Msg-Id of the last " + seconds(stream.duplicate_window)
            + " for a repeat: it confirms such a request and drops it");
}

} // namespace

std::vector<loop> find_loops(const io::stream_config& stream, const config::nats_options& nats) {
  publish_rules rules{config::own_subjects_of(nats), {}};
  rules.set_incoming(stream.subjects);
  std::vector<loop> result;
  for (auto what : rules.find_loops())
    result.push_back({rules.own().of(what), what == publication::dead_letter
                                                ? "dead letters would become requests"
                                                : "answers would become requests"});
  return result;
}

bool passes(const io::stream_feed& feed, const std::string& subject) {
  return feed.filters.empty() || overlap_any(feed.filters, subject);
}

bool captures(const io::stream_config& stream, const std::string& subject) {
  return overlap_any(stream.subjects, subject);
}

check_result check_stream(const io::stream_info& found, const config::options& options) {
  auto& nats = options.nats;
  auto& stream = found.config;
  const auto name = "stream " + stream.name;
  check_result result;
  if (stream.retention == js_LimitsPolicy)
    result.refusal = name
                     + " has limits retention: what is acknowledged would stay in it for ever; "
                       "it needs to be a work queue";
  if (const auto loops = find_loops(stream, nats); result.refusal.empty() && !loops.empty())
    result.refusal = name + " captures " + loops.front().subject + ": " + loops.front().consequence;
  if (result.refusal.empty() && stream.sealed)
    result.refusal = name + " is sealed: it takes no requests and removes none";
  if (result.refusal.empty() && found.leaderless)
    result.refusal = name + " has no leader among the servers";
  if (result.refusal.empty())
    compare_subjects(stream, nats, result);
  if (!result.refusal.empty())
    return result;
  if (stream.storage != js_FileStorage)
    result.differences.push_back(name
                                 + " keeps requests in memory: a restart of the server loses them");
  if (stream.retention != js_WorkQueuePolicy)
    result.differences.push_back(name + " is no work queue");
  compare_limits(stream, options, result);
  if (stream.confirms_nothing)
    result.differences.push_back(name + " confirms no publication: clients do not see a loss");
  return result;
}

namespace {

/// Why no message of the consumer would reach the service; empty: they do.
std::string refusal_of(const io::consumer_info& found, const io::stream_config& stream,
                       const config::nats_options& nats) {
  auto& consumer = found.config;
  const auto name = "consumer " + nats.consumer;
  if (consumer.push)
    return name + " is a push consumer; the service pulls";
  if (consumer.headers_only)
    return name + " delivers headers only: there would be no request in a message";
  if (consumer.ack_policy != js_AckExplicit)
    return name + " does not have explicit acknowledgement: messages would be lost";
  // The messages of a stream that is fed may be on other subjects.
  const auto on_request_subject = captures(stream, nats.request_subject);
  if (on_request_subject && !consumer.filters.empty()
      && !overlap_any(consumer.filters, nats.request_subject))
    return name + " has the filter " + joined(consumer.filters) + ", which leaves "
           + nats.request_subject + " out";
  if (found.paused)
    return name + " is paused"
           + (found.paused_until.empty() ? std::string{} : " until " + found.paused_until);
  if (found.leaderless)
    return name + " has no leader among the servers";
  auto& groups = consumer.priority_groups;
  if (groups.empty())
    return {};
  if (consumer.priority_policy == "pinned_client")
    return name
           + " gives all messages to one client at a time (priority_policy pinned_client), "
             "which the service does not take part in";
  if (nats.consumer_group.empty())
    return name + " has priority groups (" + joined(groups)
           + "): set nats.consumer-group to one of them";
  if (std::find(groups.begin(), groups.end(), nats.consumer_group) == groups.end())
    return name + " has the priority groups " + joined(groups) + ", and not " + nats.consumer_group
           + " (nats.consumer-group)";
  return {};
}

} // namespace

check_result check_consumer(const io::consumer_info& found, const io::stream_config& stream,
                            const config::options& options) {
  auto& nats = options.nats;
  auto& consumer = found.config;
  check_result result;
  result.refusal = refusal_of(found, stream, nats);
  if (!result.refusal.empty())
    return result;
  auto differs = [&](const std::string& text) {
    result.differences.push_back("consumer " + nats.consumer + text);
  };
  const auto own_wait = options.ingress.ack_wait;
  if (consumer.max_deliver > 0)
    differs(" has max_deliver " + std::to_string(consumer.max_deliver)
            + " instead of -1: a message whose last holder dies waits until the service looks for "
              "it");
  if (consumer.ack_wait != own_wait)
    differs(" has ack_wait " + seconds(consumer.ack_wait) + " instead of " + seconds(own_wait));
  if (consumer.max_ack_pending > 0 && consumer.max_ack_pending < wanted_ack_pending)
    differs(" has max_ack_pending " + std::to_string(consumer.max_ack_pending)
            + " instead of 20000: all processes together never work on more");
  if (consumer.only_new)
    differs(" does not begin with the first message: what was queued before it waits for ever");
  if (consumer.inactive_threshold.count() > 0)
    differs(" is deleted when nobody pulls for a while, as when there are no pods");
  if (consumer.has_backoff)
    differs(" has a backoff, which takes the place of ack_wait");
  if (!consumer.filters.empty() && captures(stream, nats.request_subject)
      && !overlap_any(consumer.filters, nats.request_subject + some_token))
    differs(" has the filter " + joined(consumer.filters) + ": requests on " + nats.request_subject
            + ".> wait for ever");
  if (consumer.priority_groups.empty() && !nats.consumer_group.empty())
    differs(" has no priority groups; nats.consumer-group is not used");
  return result;
}

} // namespace meme
