#include "actors/stranded.hpp"

#include "actors/dead_letter.hpp"
#include "actors/io/log.hpp"

namespace meme {

std::string stranded_subject(const config::nats_options& nats) {
  return "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES." + nats.stream + "." + nats.consumer;
}

void bury_stranded(io::jetstream& api, const context& shared, std::uint64_t sequence) {
  auto& nats = shared.options.nats;
  auto message = api.find_message(nats.stream, sequence);
  if (!message)
    return;
  auto key =
      nats.stream + ":" + std::to_string(sequence) + ":" + std::to_string(message->stored_at_ns);
  auto parsed = parse_request(message->data, shared.options.ingress.limits);
  auto id = std::visit([](auto& request) { return request.id; }, parsed);
  answer_header header;
  header.request_id = id.empty() ? nats.stream + "-" + std::to_string(sequence) : id;
  header.timestamp_s = shared.unix_time_s();
  failure why{error_code::attempts_exhausted,
              "delivered as often as the consumer allows, without an answer"};
  api.publish(nats.dead_subject, message->data,
              dead_letter_headers(header, why, key, message->subject));
  shared.bus->publish(shared.error_subject(), encode_error(header, why),
                      {{"Nats-Msg-Id", key + ":error"}});
  api.delete_message(nats.stream, sequence);
  auto& metrics = *shared.metrics;
  metrics.requests.Increment();
  metrics.errors.Increment();
  metrics.errors_by(why.code).Increment();
  metrics.dead_letters.Increment();
  log::warning("a request that the server had given up is dead",
               {{"request_id", header.request_id}, {"stream_sequence", sequence}});
}

} // namespace meme
