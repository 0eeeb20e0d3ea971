// The limit of any worker with this server: pulls, publishes a body of the given size and
// acknowledges, all in the delivery callback of nats.c, and does nothing else. It has no cache, no
// JSON, and no confirmation that an answer has arrived: plain publish and plain +ACK like the
// service, but without a fence between them.
//
//     limit-loop NATS_URL STREAM CONSUMER SUBJECT BODY_BYTES WINDOW [asap]
//
// With `asap` each message leaves at once, for measuring latency: nats.c otherwise waits up to a
// millisecond for more to send in the same write. Runs until it is killed.

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>

#include <nats/nats.h>

namespace {

struct loop_state {
  natsConnection* connection = nullptr;
  std::string pull_subject;
  std::string inbox;
  std::string subject;
  std::string body;
  int window = 0;
  int settled = 0; ///< since the last pull
};

void must(natsStatus status, const char* what) {
  if (status == NATS_OK)
    return;
  std::cerr << what << ": " << natsStatus_GetText(status) << '\n';
  std::_Exit(1);
}

void pull(loop_state& state, int count) {
  const auto request = "{\"batch\":" + std::to_string(count) + ",\"expires\":600000000000}";
  must(natsConnection_PublishRequest(state.connection, state.pull_subject.c_str(),
                                     state.inbox.c_str(), request.data(),
                                     static_cast<int>(request.size())),
       "pull");
}

void on_message(natsConnection* connection, natsSubscription*, natsMsg* message, void* closure) {
  auto& state = *static_cast<loop_state*>(closure);
  // The request stands at the start of its answer, so that the two can be matched.
  const auto length = static_cast<std::size_t>(natsMsg_GetDataLength(message));
  std::memcpy(state.body.data(), natsMsg_GetData(message), std::min(length, state.body.size()));
  must(natsConnection_Publish(connection, state.subject.c_str(), state.body.data(),
                              static_cast<int>(state.body.size())),
       "publish");
  must(natsConnection_Publish(connection, natsMsg_GetReply(message), "+ACK", 4), "acknowledge");
  natsMsg_Destroy(message);
  // As often as the service does: a quarter of the window at a time.
  if (++state.settled * 4 >= state.window) {
    pull(state, state.settled);
    state.settled = 0;
  }
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 7 && argc != 8) {
    std::cerr << "limit-loop NATS_URL STREAM CONSUMER SUBJECT BODY_BYTES WINDOW [asap]\n";
    return 2;
  }
  loop_state state;
  natsOptions* options = nullptr;
  must(natsOptions_Create(&options), "options");
  must(natsOptions_SetURL(options, argv[1]), "address");
  must(natsOptions_SetIOBufSize(options, 1 << 20), "buffer"); // as the service has it
  must(natsOptions_SetSendAsap(options, argc == 8), "asap");
  must(natsOptions_SetTimeout(options, 20'000), "patience"); // on a busy machine
  must(natsConnection_Connect(&state.connection, options), "connect");
  state.pull_subject = std::string{"$JS.API.CONSUMER.MSG.NEXT."} + argv[2] + "." + argv[3];
  state.subject = argv[4];
  state.body.assign(std::strtoul(argv[5], nullptr, 10), 'x');
  state.window = std::atoi(argv[6]);
  natsInbox* inbox = nullptr;
  must(natsInbox_Create(&inbox), "inbox");
  state.inbox = inbox;
  natsSubscription* subscription = nullptr;
  must(natsConnection_Subscribe(&subscription, state.connection, inbox, on_message, &state),
       "subscribe");
  must(natsSubscription_SetPendingLimits(subscription, -1, -1), "limits");
  pull(state, state.window);
  std::cout << "pulling" << std::endl;
  for (;;)
    ::pause();
}
