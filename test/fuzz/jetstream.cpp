// What a JetStream server may send to the inbox of our pulls. Each line is a message, its fields
// separated by `|`: acknowledgement subject, Status, Nats-Pending-Messages. The window of permits
// is driven by them as the ingress does it.

#include "actors/ingress/pull_status.hpp"
#include "actors/ingress/pull_window.hpp"
#include "messages/delivery.hpp"
#include "test/fuzz/target.hpp"

namespace meme::fuzz {

namespace {

std::string_view take_field(std::string_view& line) {
  const auto field = line.substr(0, line.find('|'));
  line.remove_prefix(field.size() == line.size() ? field.size() : field.size() + 1);
  return field;
}

void check_delivery(const delivery_info& info, std::string_view subject) {
  require(info.deliveries > 0 && info.stream_sequence > 0, "deliveries and places count from 1");
  require(info.timestamp_ns >= 0, "nothing was stored before 1970");
  require(!info.stream.empty() && !contains(info.stream, "."), "the stream is a token");
  require(!info.consumer.empty() && !contains(info.consumer, "."), "the consumer is a token");
  const auto written = "$JS.ACK." + info.stream + '.' + info.consumer + '.'
                       + std::to_string(info.deliveries) + '.'
                       + std::to_string(info.stream_sequence) + ".1."
                       + std::to_string(info.timestamp_ns) + '.' + std::to_string(info.pending);
  const auto again = parse_ack_subject(written);
  require(again && again->message_key() == info.message_key()
              && again->deliveries == info.deliveries && again->pending == info.pending,
          "what was read reads the same when it is written");
  require(contains(subject, info.stream) && contains(subject, info.consumer), "nothing is made up");
}

void receive(pull_window& window, std::string_view line) {
  const auto subject = take_field(line);
  const auto status = take_field(line);
  const auto before = window.in_work();
  if (const auto info = parse_ack_subject(subject)) {
    check_delivery(*info, subject);
    const auto permitted = window.arrived();
    require(permitted == (before < window.permits()), "a free permit is given");
    return;
  }
  const auto [what, pending] = read_pull_status(status, line);
  require(!pending || what == pull_status::kind::lapsed, "only a pull can lapse");
  switch (what) {
  case pull_status::kind::lapsed:
    if (pending)
      window.lapsed(*pending);
    else
      window.forget_pulls();
    break;
  case pull_status::kind::refused:
    window.forget_pulls();
    break;
  case pull_status::kind::none: // of no matter here: a moment for something to be settled
    if (window.in_work() > 0)
      window.settled();
    break;
  case pull_status::kind::heartbeat:
    break;
  }
}

} // namespace

} // namespace meme::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meme;
  auto text = fuzz::text_of(data, size);
  pull_window window{5};
  while (!text.empty()) {
    const auto count = window.wanted();
    window.asked(count);
    fuzz::require(window.in_work() + window.open() <= window.permits(),
                  "no more is asked for than there are permits");
    fuzz::receive(window, fuzz::take_line(text));
    fuzz::require(window.in_work() <= window.permits(), "no more is in work than permits");
  }
  return 0;
}
