#include "actors/io/http/http_client.hpp"

#include <algorithm>
#include <new>

#include "actors/io/http/redirect.hpp"

namespace meme::io {

namespace {

using clock = event_loop::clock;

/// How often paused transfers check the byte budget.
constexpr auto resume_interval = std::chrono::milliseconds{20};

/// Transfers of one multi handle.
constexpr std::size_t max_transfers = 256;

/// The buffer of a transfer beyond the first multi handle: with 10,000 transfers libcurl's default
/// of 16 KiB would be 160 MiB.
constexpr long small_buffer = 4'096;

/// Since 8.7 the transfers of a multi handle share one (CURLOPT_BUFFERSIZE's documentation).
bool each_has_a_buffer() {
  return !libcurl_since(0x080700);
}

/// libcurl's own cache keeps a name for 60 s.
constexpr auto name_lifetime = std::chrono::seconds{55};

/// Before 8.3 libcurl reads freed memory if a reused handle gets an answer whose headers begin with
/// a blank (curl's issues 11101 and 11620): a server could end this process.
bool handles_may_be_used_again() {
  return libcurl_since(0x080300);
}

} // namespace

http_client::http_client(event_loop& loop, http_limits limits)
    : loop_(loop), limits_(std::move(limits)), names_(make_name_cache()) {}

http_client::~http_client() {
  for (auto& [easy, each] : transfers_) {
    limits_.budget->remove_unfinished(each->charged);
    each->home->remove(easy);
    curl_easy_cleanup(easy);
  }
  for (auto* easy : spare_)
    curl_easy_cleanup(easy);
  multis_.clear();
  loop_.cancel(idle_timer_);
  loop_.cancel(retired_timer_);
  loop_.cancel(stall_timer_);
  loop_.cancel(resume_timer_);
}

void http_client::post(http_request request, callback done) {
  auto next = std::make_unique<http_transfer>(*this);
  next->deadline = loop_.now() + limits_.timeout;
  next->request = std::move(request);
  next->done = std::move(done);
  post(std::move(next));
}

void http_client::post(transfer_ptr next) {
  if (scout_ != nullptr) {
    waiting_.push_back(std::move(next));
    return;
  }
  auto scouting = loop_.now() >= name_known_until_;
  auto* raw = next.get();
  start(std::move(next));
  if (scouting)
    scout_ = raw->easy;
}

void http_client::start(transfer_ptr next) {
  auto& home = multi_with_room();
  next->home = &home;
  if (spare_.empty()) {
    next->easy = curl_easy_init();
    if (next->easy == nullptr)
      throw std::bad_alloc();
  } else {
    next->easy = spare_.back();
    spare_.pop_back();
    curl_easy_reset(next->easy); // keeps connections, names and sessions
  }
  configure(*next);
  auto* easy = next->easy;
  if (home.needs_small_buffers() && each_has_a_buffer())
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, small_buffer);
  transfers_.emplace(easy, std::move(next));
  home.add(easy);
}

/// The first handle with room, so that a light load uses one handle's connections.
curl_multi& http_client::multi_with_room() {
  std::size_t others = 0;
  for (auto& each : multis_) {
    if (each->retired())
      continue;
    if (each->transfers() < max_transfers)
      return *each;
    ++others;
  }
  const auto connections = limits_.max_connections - static_cast<long>(others * max_transfers);
  multis_.push_back(std::make_unique<curl_multi>(
      loop_, std::clamp(connections, 1L, static_cast<long>(max_transfers)),
      [this](CURL* easy, CURLcode result) { finish(easy, result); }));
  multis_.back()->use_small_buffers(others > 0);
  if (others > 0 && idle_timer_ == 0)
    idle_timer_ = loop_.call_after(limits_.idle_lifetime, [this] { close_idle_multis(); });
  return *multis_.back();
}

/// Except the first one: only a peak needed the others.
void http_client::close_idle_multis() {
  idle_timer_ = 0;
  for (; spare_.size() > max_transfers; spare_.pop_back())
    curl_easy_cleanup(spare_.back());
  if (multis_.empty())
    return;
  const auto long_ago = loop_.now() - limits_.idle_lifetime;
  multis_.erase(std::remove_if(std::next(multis_.begin()), multis_.end(),
                               [&](auto& each) { return each->idle_since(long_ago); }),
                multis_.end());
  if (multis_.size() > 1)
    idle_timer_ = loop_.call_after(limits_.idle_lifetime, [this] { close_idle_multis(); });
}

void http_client::close_retired_multis() {
  retired_timer_ = 0;
  multis_.erase(
      std::remove_if(multis_.begin(), multis_.end(),
                     [](auto& each) { return each->retired() && each->transfers() == 0; }),
      multis_.end());
}

void http_client::configure(http_transfer& next) {
  auto* easy = next.easy;
  next.names = names_;
  next.configure(limits_, loop_.now());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &next);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &next);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, &on_connected);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, &next);
}

/// Raises the transfer's charge to `bytes` in all.
void http_client::charge(http_transfer& which, std::size_t bytes) {
  if (bytes <= which.charged)
    return;
  limits_.budget->add_unfinished(bytes - which.charged);
  which.charged = bytes;
}

std::size_t http_client::on_body(char* data, std::size_t size, std::size_t count, void* to) {
  auto& self = *static_cast<http_transfer*>(to);
  auto bytes = size * count;
  auto& body = self.reply.body;
  if (body.size() + bytes > self.owner->limits_.max_body_bytes) {
    self.reply.error = transfer_error::too_large;
    return 0;
  }
  if (self.owner->must_wait(self))
    return CURL_WRITEFUNC_PAUSE; // libcurl delivers the same bytes again after the pause
  if (body.empty()) {
    curl_off_t announced = -1;
    curl_easy_getinfo(self.easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
    if (announced > 0) { // bounded by CURLOPT_MAXFILESIZE_LARGE
      body.reserve(static_cast<std::size_t>(announced));
      self.owner->charge(self, static_cast<std::size_t>(announced));
    }
    self.owner->receiving_.insert(&self);
    if (self.owner->stall_timer_ == 0)
      self.owner->look_for_stalls();
  }
  self.last_byte = self.owner->loop_.now();
  self.owner->charge(self, body.size() + bytes);
  body.append(data, bytes);
  return bytes;
}

std::size_t http_client::on_header(char* data, std::size_t size, std::size_t count, void* to) {
  auto& self = *static_cast<http_transfer*>(to);
  const auto kept = self.take_header({data, size * count}, self.owner->limits_.max_header_bytes);
  return kept ? size * count : 0;
}

int http_client::on_connected(void* to, char* peer_address, char*, int, int) {
  auto& self = *static_cast<http_transfer*>(to);
  auto& client = *self.owner;
  if (client.scout_ == self.easy) {
    client.name_known_until_ = client.loop_.now() + name_lifetime;
    // Not from inside libcurl: it forbids adding handles in its callbacks.
    client.loop_.call_after(clock::duration::zero(), [&client] { client.end_scouting(); });
  }
  return self.may_send(peer_address) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

void http_client::end_scouting() {
  scout_ = nullptr;
  for (auto& next : std::exchange(waiting_, {}))
    start(std::move(next)); // all of them, even if the scout failed: none may wait for ever
}

/// Whether one more transfer than `going_on` may read its body into memory. If there are whole
/// pictures, they have to make room first. The bound holds even if NATS is away and they cannot.
bool http_client::one_may_go_on(std::size_t going_on) const {
  const auto& budget = *limits_.budget;
  return !budget.exhausted() || (going_on == 0 && !budget.anything_finished());
}

bool http_client::must_wait(http_transfer& which) {
  if (which.charged > which.reply.body.size())
    return false; // it has its room already
  const auto others = receiving_.size() - paused_.size() - receiving_.count(&which);
  if (one_may_go_on(others))
    return false;
  receiving_.insert(&which);
  which.paused = true;
  paused_.push_back(&which);
  if (resume_timer_ == 0)
    resume_timer_ = loop_.call_after(resume_interval, [this] { resume_paused(); });
  return true;
}

void http_client::resume_paused() {
  resume_timer_ = 0;
  // Each may use up the budget again, and is then paused again, as the last one.
  for (auto left = paused_.size(); left > 0; --left) {
    if (!one_may_go_on(receiving_.size() - paused_.size()))
      break;
    auto* next = paused_.front();
    paused_.pop_front();
    next->paused = false;
    next->last_byte = loop_.now();
    curl_easy_pause(next->easy, CURLPAUSE_CONT);
  }
  if (!paused_.empty() && resume_timer_ == 0)
    resume_timer_ = loop_.call_after(resume_interval, [this] { resume_paused(); });
}

void http_client::look_for_stalls() {
  stall_timer_ = 0;
  if (receiving_.empty())
    return;
  auto limit = loop_.now() - limits_.stall_timeout;
  std::vector<CURL*> stalled;
  for (auto* each : receiving_)
    if (!each->paused && each->last_byte != clock::time_point{} && each->last_byte < limit)
      stalled.push_back(each->easy);
  for (auto* easy : stalled) {
    transfers_.at(easy)->reply.error = transfer_error::stalled;
    finish(easy, CURLE_OPERATION_TIMEDOUT);
  }
  stall_timer_ = loop_.call_after(
      std::min<std::chrono::milliseconds>(std::chrono::seconds{1}, limits_.stall_timeout / 4),
      [this] { look_for_stalls(); });
}

void http_client::finish(CURL* easy, CURLcode result) {
  transfers_.at(easy)->conclude(result);
  const auto failed_scout = scout_ == easy; // before it was connected
  auto ended = take_out(easy);
  learn_from(*ended);
  if (failed_scout)
    end_scouting();
  if (!follow(ended))
    ended->done(std::move(ended->reply));
}

http_client::transfer_ptr http_client::take_out(CURL* easy) {
  auto found = transfers_.find(easy);
  auto ended = std::move(found->second);
  transfers_.erase(found);
  receiving_.erase(ended.get());
  if (ended->paused)
    paused_.erase(std::find(paused_.begin(), paused_.end(), ended.get()));
  limits_.budget->remove_unfinished(ended->charged);
  ended->home->remove(easy);
  curl_easy_setopt(easy, CURLOPT_SHARE, nullptr); // it may be the last to use these names
  if (handles_may_be_used_again())
    spare_.push_back(easy);
  else
    curl_easy_cleanup(easy);
  return ended;
}

void http_client::learn_from(const http_transfer& ended) {
  const auto unconnected = ended.reply.error == transfer_error::connect
                           || (ended.reply.error == transfer_error::timeout && !ended.sent);
  if (unconnected && ended.names == names_) // else another failure has already replaced them
    forget_names();
  if (ended.doubts_connection() && !ended.home->retired()) {
    ended.home->retire();
    forget_names();
  }
  if (ended.home->retired() && ended.home->transfers() == 0 && retired_timer_ == 0)
    retired_timer_ = loop_.call_after(clock::duration::zero(), [this] { close_retired_multis(); });
}

/// libcurl keeps an address for a minute, even if connections to it fail; the name may have another
/// address by then. Transfers under way keep the old cache.
void http_client::forget_names() {
  names_ = make_name_cache();
  name_known_until_ = {};
}

/// Sends it again if its answer was a redirect that it may follow.
bool http_client::follow(transfer_ptr& ended) {
  auto& reply = ended->reply;
  if (reply.error != transfer_error::none || reply.location.empty())
    return false;
  auto target = resolve_redirect(ended->request.url, reply.location);
  if (keeps_method(reply.status) && target.stays_on_host
      && reply.redirects < limits_.max_redirects) {
    if (!target.stays_on_server)
      ended->request.forget_token();
    ended->redirect_to(std::move(target.url));
    post(std::move(ended));
    return true;
  }
  if (!target.url.empty())
    reply.location = std::move(target.url);
  return false;
}

} // namespace meme::io
