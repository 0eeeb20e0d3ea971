#include "actors/publisher/dead_letter.hpp"

#include <algorithm>
#include <stdexcept>

#include "actors/base/answer_subjects.hpp"
#include "actors/ingress/request_decoder.hpp"
#include "actors/io/log.hpp"
#include "actors/io/nats/jetstream.hpp"
#include "actors/publisher/answer_headers.hpp"
#include "messages/subjects/subject.hpp"

namespace meme {

namespace {

constexpr auto patience = std::chrono::seconds{3}; ///< for one answer of the server

answer last_answer(const dead_letter_config& config, const max_deliveries_advisory& which,
                   const io::stored_message& stored, const publish_rules& rules) {
  auto& stream = config.nats.stream;
  auto read =
      read_intake(*stored.message, which.stream_sequence, config.nats.stream, config.limits, rules);
  answer result;
  result.header = {std::move(read.request_id), std::move(read.prompt),
                   unix_time_s(config.wall_clock), 0, which.deliveries};
  result.result = failure{error_code::attempts_exhausted,
                          "delivered as often as the consumer allows, without an answer"};
  result.stream_sequence = which.stream_sequence;
  result.message_key = make_message_key(stream, which.stream_sequence, stored.stored_at_ns);
  result.reply_to = std::move(read.reply_to);
  result.traceparent = std::move(read.traceparent);
  result.dead_letter = stored.message;
  return result;
}

void publish_error(io::nats_connection& link, const dead_letter_config& config, const answer& what,
                   bool copy) {
  link.publish(copy ? what.reply_to : error_subject(config.nats),
               encode_error(what.header, std::get<failure>(what.result)),
               answer_headers(what, true, copy), {});
}

/// Returns once the server has all that was published since the connection had this count.
void fence(io::nats_connection& link, const dead_letter_config& config, std::uint64_t connection) {
  if (!link.flush(patience) || link.connection_count() != connection)
    throw std::runtime_error("the connection broke meanwhile");
  if (auto refusal = link.refusal(); is_vital(config.nats, refusal))
    throw std::runtime_error(refusal);
}

} // namespace

std::string max_deliveries_subject(const config::nats_options& nats) {
  return "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES." + nats.stream + "." + nats.consumer;
}

bool may_strand(const io::stream_config& stream, const io::consumer_config& consumer) {
  return stream.retention == js_WorkQueuePolicy && consumer.max_deliver > 0 && !consumer.only_new;
}

queue_counts count_queue(io::jetstream& api, const io::stream_info& stream,
                         const io::consumer_info& consumer) {
  queue_counts result{stream.messages, consumer.pending, consumer.ack_pending,
                      consumer.delivered_up_to, consumer.acknowledged_to};
  if (stream.config.retention != js_WorkQueuePolicy)
    result.messages = 0; // what another consumer has not acknowledged stays, too
  if (consumer.config.filters.empty() || unaccounted(result) == 0)
    return result;
  result.messages = 0;
  for (auto& filter : consumer.config.filters)
    result.messages += api.count_messages(stream.config.name, filter);
  return result;
}

std::vector<std::uint64_t> places_up_to(io::jetstream& api, const io::stream_info& stream,
                                        const io::consumer_info& consumer, std::uint64_t last) {
  constexpr std::size_t most = 100;
  auto& filters = consumer.config.filters;
  auto is_ours = [&](const std::string& subject) {
    return filters.empty() || std::any_of(filters.begin(), filters.end(), [&](auto& filter) {
             return subjects_overlap(filter, subject);
           });
  };
  std::vector<std::uint64_t> result;
  for (auto place = stream.first_sequence; place <= last && result.size() < most;) {
    auto found = api.next_message(stream.config.name, place);
    if (!found || found->sequence > last)
      break;
    if (is_ours(found->subject))
      result.push_back(found->sequence);
    place = found->sequence + 1;
  }
  return result;
}

bool move_to_dead_letters(io::nats_connection& link, const dead_letter_config& config,
                          const max_deliveries_advisory& which, const publish_rules& rules,
                          burial& so_far) {
  auto& nats = config.nats;
  io::jetstream api{link.handle(), nats.inbox_prefix, patience};
  auto found = api.find_message(nats.stream, which.stream_sequence);
  if (!found)
    return true;
  if (so_far.answered_ns == 0) {
    auto what = last_answer(config, which, *found, rules);
    auto connection = link.connection_count();
    auto first = api.publish(nats.dead_subject, found->message->data(), dead_letter_headers(what));
    if (!first && so_far.tries == 0)
      return false;
    publish_error(link, config, what, false);
    fence(link, config, connection);
    if (!what.reply_to.empty()) { // after the fence: a refusal of this one must not hide another
      publish_error(link, config, what, true);
      link.flush(patience);
    }
    so_far.answered_ns = found->stored_at_ns;
    auto& metrics = *config.metrics;
    metrics.requests.Increment();
    metrics.errors.Increment();
    metrics.errors_by(error_code::attempts_exhausted).Increment();
    metrics.dead_letters.Increment();
    log::warning("a request that the server had given up is dead",
                 {{"request_id", what.header.request_id},
                  {"stream_sequence", which.stream_sequence},
                  {"attempt", which.deliveries}});
  }
  // A stream that was made anew meanwhile has another message in its place.
  if (so_far.answered_ns == found->stored_at_ns)
    api.delete_message(nats.stream, which.stream_sequence);
  return true;
}

} // namespace meme
