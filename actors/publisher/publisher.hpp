#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/base/stage_survey.hpp"
#include "actors/metrics/metrics.hpp"
#include "config/options.hpp"
#include "messages/interfaces.hpp"

namespace meme {

struct publisher_config {
  config::nats_options nats;
  bus_ptr bus; ///< the supervisor replaces the publisher when it replaces the connection
  metrics_ptr metrics;
};

/// Makes sure that answers reach the server.
///
/// That a publish call returns says nothing: the bytes may sit in a buffer or a socket that breaks
/// a moment later. So answers are followed by a fence, a message to an inbox of our own: when it
/// comes back over the connection that the answers went over, the server has had them, for it
/// handles one connection's messages in order. One fence is out at a time and covers what was
/// published before it; what comes meanwhile gathers for the next one.
///
/// What the server does not permit it drops, and says so; the fence comes back all the same. So a
/// fence confirms nothing while the server's latest refusal is a vital one, and the supervisor ends
/// the service. Only the latest refusal is known when a fence is back. That of a request's
/// reply_to, which concerns nobody else, must not hide another: copies for reply_to are published
/// when the answers themselves are known to have been taken, with a fence of their own, and no
/// answers are published until that is back.
///
/// A user that may not publish to its own inbox gets fences all the same: the service asks for its
/// consumer, and the answer of the server is the fence. That costs the server more, so it is done
/// only where the other way is refused, which a probe shows when the connection comes up.
///
/// Where the connection is another one than at the time of publishing, nothing is known, and the
/// answers are published again, with the same Nats-Msg-Id. Only what is confirmed is reported, so
/// that nothing is acknowledged that was not answered.
///
/// A dead letter is confirmed by the acknowledgement of the stream that keeps it.
struct publisher_state {
  using clock = caf::actor_clock::clock_type;

  /// Answers that went over one connection, after each other.
  struct batch {
    std::uint64_t connection = 0;
    std::vector<ticket> ids;
  };

  struct fence {
    std::uint64_t number = 0;
    clock::time_point sent{};
    batch covers;
    bool of_copies = false; ///< for reply_to
  };

  struct dead_letter {
    std::uint64_t connection = 0;
    clock::time_point sent{};
    ticket id;
  };

  explicit publisher_state(publisher_actor::pointer owner) : self(owner) {}

  publisher_actor::behavior_type start(publisher_config given);

  void on_peers(peers_ptr now);
  void on_link(bool up);
  void on_answer(answer_ptr what);
  void on_burst_over();
  void on_delivered(const bus_message& message);
  void on_fence(std::uint64_t number);
  void on_dead_letter_kept(std::uint64_t number, const bus_message& reply);
  void on_tick();
  void report_stages();

  bool copies_first() const { return !uncopied.ids.empty() || (out && out->of_copies); }
  bool refused();
  void ask_for_fences();

  void publish(const answer& what);
  bool send(const answer& what, bool copy);
  bus_error send_body(const answer& what, bool copy, const std::string& body, bool is_error);
  void publish_copies();
  void publish_dead_letter(const answer& what, std::uint64_t connection);
  void publish_unsent();
  void publish_again(const std::vector<ticket>& ids);
  void send_fence();
  void put_fence(batch covers, bool of_copies);
  void on_taken(const batch& answers);
  void confirm(std::vector<ticket> ids);

  publisher_actor::pointer self;
  publisher_config config;
  peers_ptr now_peers = std::make_shared<peers>();
  bool link_up = false;
  std::string inbox; ///< `<inbox>.fence.<number>` and `<inbox>.dead.<number>`
  subscription_ptr subscription;
  std::unordered_map<ticket, answer_ptr, ticket_hash> held; ///< all that is not confirmed
  batch open;                                               ///< published, not yet fenced
  bool unfenced = false;  ///< something was published since the last fence
  bool fence_due = false; ///< on_burst_over is to come
  batch uncopied;         ///< the server has them, reply_to not yet
  std::optional<fence> out;
  bool asks = false;                                   ///< for fences, instead of publishing them
  std::unordered_map<std::uint64_t, dead_letter> dead; ///< not yet kept, by number
  std::uint64_t last_number = 0;
  stage_survey survey;
  bool confirmed_some = false; ///< since the last survey

  static constexpr const char* name = "publisher";
};

publisher_actor spawn_publisher(caf::local_actor* parent, publisher_config config);

} // namespace meme
