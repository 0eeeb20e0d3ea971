#include "actors/publisher/publisher.hpp"

#include <charconv>
#include <unordered_set>

#include "actors/base/answer_subjects.hpp"
#include "actors/base/spawn.hpp"
#include "actors/io/log.hpp"
#include "actors/publisher/answer_headers.hpp"

namespace meme {

namespace {

/// Much longer than a round trip: a fence or a dead letter's acknowledgement this late is lost.
constexpr auto patience = std::chrono::seconds{5};

std::optional<std::uint64_t> last_token(std::string_view subject) {
  auto digits = subject.substr(subject.rfind('.') + 1);
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size())
    return {};
  return value;
}

} // namespace

publisher_actor::behavior_type publisher_state::start(publisher_config given) {
  config = std::move(given);
  inbox = config.bus->make_inbox();
  publisher_actor target{self};
  subscription = config.bus->subscribe(inbox + ".*.*", [target](bus_message_ptr message) {
    if (message)
      caf::anon_send(target, delivered{std::move(message)});
  });
  self->delayed_send(self, std::chrono::seconds{1}, caf::tick_atom_v);
  return {
      [this](peers_ptr& now) { on_peers(std::move(now)); },
      [this](measure_mailbox to) {
        report_mailbox(self, to);
        report_stages();
      },
      [this](link_changed link) { on_link(link.up); },
      [this](answer_ptr& what) { on_answer(std::move(what)); },
      [this](const delivered& what) { on_delivered(*what.message); },
      [this](caf::flush_atom) { on_burst_over(); },
      [this](caf::tick_atom) { on_tick(); },
  };
}

void publisher_state::on_peers(peers_ptr now) {
  auto before = std::exchange(now_peers, std::move(now));
  if (!now_peers->ingress || now_peers->ingress == before->ingress)
    return;
  // The ingress that wanted these is gone; its messages have gone back to the queue.
  held.clear();
  open.ids.clear();
  uncopied.ids.clear();
  out.reset();
  dead.clear();
}

void publisher_state::on_link(bool up) {
  link_up = up;
  if (!up)
    return;
  if (!asks)
    config.bus->publish_now(inbox + ".probe.0"); // refused before there is anything to lose
  auto connection = config.bus->connection_count();
  std::unordered_map<ticket, bool, ticket_hash> sure; // went over the present connection
  auto keep_or_repeat = [&](const batch& each) {
    for (auto& id : each.ids)
      sure[id] = each.connection == connection;
  };
  keep_or_repeat(open);
  keep_or_repeat(uncopied);
  if (out)
    keep_or_repeat(out->covers);
  for (auto& [number, each] : dead)
    sure[each.id] = each.connection == connection;
  if (open.connection != connection)
    open.ids.clear();
  if (uncopied.connection != connection)
    uncopied.ids.clear();
  if (out && out->covers.connection != connection)
    out.reset();
  std::vector<ticket> again;
  for (auto& [id, each] : held) {
    auto known = sure.find(id);
    if (known != sure.end() && !known->second)
      again.push_back(id);
    else if (known == sure.end() && !copies_first())
      publish(*each); // came while there was no connection
  }
  publish_again(again);
  send_fence();
}

void publisher_state::on_answer(answer_ptr what) {
  auto [found, is_new] = held.try_emplace(what->id, what);
  if (!is_new || !link_up || copies_first() || refused())
    return; // known already, or to be published later
  publish(*found->second);
  // Behind the answers that wait already: one fence, and one write, for all of them.
  if (!out && !std::exchange(fence_due, true))
    self->send(self, caf::flush_atom_v);
}

void publisher_state::on_burst_over() {
  fence_due = false;
  if (link_up && !refused())
    send_fence();
}

void publisher_state::publish(const answer& what) {
  // Read before anything is sent: what goes over a later connection is not mistaken for sure.
  auto connection = config.bus->connection_count();
  if (!send(what, false))
    return; // it stays in `held`; the tick tries it again
  auto lost = open.connection == connection ? std::vector<ticket>{} : std::exchange(open.ids, {});
  open.connection = connection;
  unfenced = true;
  if (what.dead_letter)
    publish_dead_letter(what, connection);
  else
    open.ids.push_back(what.id);
  publish_again(lost);
}

/// Sends an answer to all clients, or its copy to reply_to. False: nothing was sent.
bool publisher_state::send(const answer& what, bool copy) {
  auto* good = std::get_if<success>(&what.result);
  auto error =
      good != nullptr
          ? send_body(what, copy, encode_result(what.header, *good), false)
          : send_body(what, copy, encode_error(what.header, std::get<failure>(what.result)), true);
  if (error == bus_error::too_large && good != nullptr) {
    // The server takes less than it did when the ingress looked.
    failure why{error_code::image_too_large, "the picture does not fit into a message"};
    error = send_body(what, copy, encode_error(what.header, why), true);
  }
  if (error == bus_error::none)
    return true;
  config.metrics->nats_errors.Increment();
  log::warning("an answer was not sent", {{"request_id", what.header.request_id},
                                          {"stream_sequence", what.stream_sequence},
                                          {"attempt", what.header.attempts}});
  return false;
}

bus_error publisher_state::send_body(const answer& what, bool copy, const std::string& body,
                                     bool is_error) {
  auto subject = is_error ? error_subject(config.nats) : config.nats.response_subject;
  return config.bus->publish(copy ? what.reply_to : subject, body,
                             answer_headers(what, is_error, copy));
}

void publisher_state::publish_dead_letter(const answer& what, std::uint64_t connection) {
  auto number = ++last_number;
  dead[number] = {connection, self->clock().now(), what.id};
  config.bus->publish(config.nats.dead_subject, what.dead_letter->data(), dead_letter_headers(what),
                      inbox + ".dead." + std::to_string(number));
}

void publisher_state::publish_again(const std::vector<ticket>& ids) {
  if (ids.empty())
    return;
  log::warning("answers are published again, the connection broke", {{"answers", ids.size()}});
  config.metrics->answers_published_again.Increment(static_cast<double>(ids.size()));
  for (auto& id : ids) {
    for (auto i = dead.begin(); i != dead.end();)
      i = i->second.id == id ? dead.erase(i) : std::next(i);
    if (auto found = held.find(id); found != held.end() && !copies_first())
      publish(*found->second);
  }
}

/// Where none is out and there is something to be sure of.
void publisher_state::send_fence() {
  if (out)
    return;
  if (!open.ids.empty() || (unfenced && !uncopied.ids.empty())) {
    unfenced = false;
    put_fence(std::exchange(open, {}), false);
  } else if (!uncopied.ids.empty()) {
    publish_copies();
  }
}

void publisher_state::put_fence(batch covers, bool of_copies) {
  auto number = ++last_number;
  out = fence{number, self->clock().now(), std::move(covers), of_copies};
  auto subject = inbox + ".fence." + std::to_string(number);
  auto& nats = config.nats;
  if (asks)
    config.bus->publish("$JS.API.CONSUMER.INFO." + nats.stream + "." + nats.consumer, {}, {},
                        subject);
  else
    config.bus->publish_now(subject);
}

/// Whether nothing can be confirmed, since the server's latest refusal is of a vital subject.
bool publisher_state::refused() {
  auto words = config.bus->refusal();
  if (words.empty())
    return false;
  if (auto subject = refused_subject(words); subject.substr(0, inbox.size()) == inbox) {
    ask_for_fences();
    return false;
  }
  return is_vital(config.nats, words);
}

void publisher_state::ask_for_fences() {
  if (std::exchange(asks, true))
    return;
  log::info("the NATS server permits no fence on our inbox, it is asked for the consumer instead",
            {{"inbox", inbox}});
  if (!out)
    return;
  // The refusal of the fence may have hidden that of an answer before it.
  auto covered = std::move(out->covers.ids);
  out.reset();
  publish_again(covered);
  send_fence();
}

/// A copy that cannot be sent, or is refused, is no reason to keep a request that was answered.
void publisher_state::publish_copies() {
  auto copied = std::exchange(uncopied, {});
  for (auto& id : copied.ids)
    if (auto found = held.find(id); found != held.end())
      send(*found->second, true);
  put_fence(std::move(copied), true);
}

/// The server has these answers; what is left are the copies of some.
void publisher_state::on_taken(const batch& answers) {
  auto lost = uncopied.connection == answers.connection ? std::vector<ticket>{}
                                                        : std::exchange(uncopied.ids, {});
  uncopied.connection = answers.connection;
  std::vector<ticket> done;
  for (auto& id : answers.ids) {
    auto found = held.find(id);
    auto copy_is_due = found != held.end() && !found->second->reply_to.empty();
    (copy_is_due ? uncopied.ids : done).push_back(id);
  }
  confirm(std::move(done));
  publish_again(lost);
}

void publisher_state::on_delivered(const bus_message& message) {
  auto subject = message.subject();
  auto number = last_token(subject);
  if (!number || subject.size() <= inbox.size())
    return;
  if (subject.substr(inbox.size(), 7) == ".fence.")
    on_fence(*number);
  else
    on_dead_letter_kept(*number, message);
}

void publisher_state::on_fence(std::uint64_t number) {
  if (!out || out->number != number)
    return;
  auto back = std::move(*out);
  out.reset();
  // The fence may have come back over a new connection though what went before it was lost with
  // the old one: the library carries unsent bytes over.
  if (back.covers.connection != config.bus->connection_count())
    publish_again(back.covers.ids);
  else if (refused())
    return; // for whom, nobody knows: nothing is confirmed any more
  else if (back.of_copies)
    confirm(std::move(back.covers.ids));
  else
    on_taken(back.covers);
  if (back.of_copies)
    publish_unsent(); // came meanwhile
  send_fence();
}

void publisher_state::on_dead_letter_kept(std::uint64_t number, const bus_message& reply) {
  auto found = dead.find(number);
  if (found == dead.end())
    return;
  auto entry = found->second;
  // The acknowledgement of a stream; anything else is an error (which has a "seq", of 0, too), or
  // nobody's business.
  auto has = [&](const char* what) { return reply.data().find(what) != std::string_view::npos; };
  if (!has("\"seq\"") || has("\"error\":")) {
    auto& what = *held.at(entry.id);
    log::error("a dead letter was not kept", {{"request_id", what.header.request_id},
                                              {"stream_sequence", what.stream_sequence},
                                              {"attempt", what.header.attempts},
                                              {"subject", config.nats.dead_subject},
                                              {"answer", reply.data()}});
    if (now_peers->provisioner) // makes the stream where it is missing
      self->send(now_peers->provisioner, caf::tick_atom_v);
    return; // the tick tries it again
  }
  if (refused())
    return;
  dead.erase(found);
  // Its error went before it: over the same connection the server has had it too.
  if (entry.connection == config.bus->connection_count())
    on_taken({entry.connection, {entry.id}});
  else
    publish_again({entry.id});
  send_fence();
}

void publisher_state::on_tick() {
  self->delayed_send(self, std::chrono::seconds{1}, caf::tick_atom_v);
  if (!link_up || refused())
    return;
  auto late = self->clock().now() - patience;
  if (out && out->sent < late) {
    auto missed = std::move(*out);
    auto& covers = missed.covers;
    out.reset();
    log::warning("a fence did not come back", {{"answers", covers.ids.size()}});
    if (covers.connection == config.bus->connection_count())
      put_fence(std::move(covers), missed.of_copies);
    else
      publish_again(covers.ids);
    send_fence();
  }
  std::vector<dead_letter> unkept;
  for (auto i = dead.begin(); i != dead.end();) {
    auto overdue = i->second.sent < late;
    if (overdue)
      unkept.push_back(i->second);
    i = overdue ? dead.erase(i) : std::next(i);
  }
  for (auto& each : unkept) {
    if (each.connection == config.bus->connection_count())
      publish_dead_letter(*held.at(each.id), each.connection); // the client has its error already
    else
      publish_again({each.id});
  }
  publish_unsent();
  send_fence();
}

/// What could not be sent when it came, for a reason other than the connection's.
void publisher_state::publish_unsent() {
  if (copies_first())
    return;
  std::unordered_set<ticket, ticket_hash> sent{open.ids.begin(), open.ids.end()};
  if (out)
    sent.insert(out->covers.ids.begin(), out->covers.ids.end());
  for (auto& [number, each] : dead)
    sent.insert(each.id);
  sent.insert(uncopied.ids.begin(), uncopied.ids.end());
  if (sent.size() == held.size())
    return;
  for (auto& [id, each] : held)
    if (sent.count(id) == 0)
      publish(*each);
}

/// For the watch on progress: the answers that the server has not confirmed.
void publisher_state::report_stages() {
  survey.begin();
  survey.count(pipeline_stage::confirmation, link_up ? held.size() : 0,
               std::exchange(confirmed_some, false));
  if (now_peers->supervisor)
    self->send(now_peers->supervisor,
               progress_report{survey.end(self->clock().now(), {pipeline_stage::confirmation})});
}

void publisher_state::confirm(std::vector<ticket> ids) {
  confirmed_some = confirmed_some || !ids.empty();
  for (auto& id : ids)
    held.erase(id);
  if (now_peers->ingress && !ids.empty())
    self->send(now_peers->ingress, published{std::move(ids)});
}

publisher_actor spawn_publisher(caf::local_actor* parent, publisher_config config) {
  return spawn<publisher_actor, publisher_state>(*parent, std::move(config));
}

} // namespace meme
