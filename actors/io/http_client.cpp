#include "actors/io/http_client.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace meme::io {

namespace {

using clock = event_loop::clock;

/// How often paused transfers look at the byte budget.
constexpr auto resume_interval = std::chrono::milliseconds{20};

/// Of one multi handle.
constexpr std::size_t max_transfers = 256;

/// Of a transfer, where there are so many that they need more than one multi handle: at 10,000
/// libcurl's usual 16 KiB would be 160 MiB.
constexpr long small_buffer = 4'096;

/// Whether libcurl is of this release or a later one: 0xXXYYZZ, as LIBCURL_VERSION_NUM.
bool libcurl_since(unsigned version) {
  static const unsigned present = curl_version_info(CURLVERSION_NOW)->version_num;
  return present >= version;
}

/// Since 8.7 the transfers of a multi handle share one (CURLOPT_BUFFERSIZE's documentation).
bool each_has_a_buffer() {
  return !libcurl_since(0x080700);
}

/// libcurl's own cache keeps a name for 60 s.
constexpr auto name_lifetime = std::chrono::seconds{55};

/// Before 8.3 libcurl reads freed memory where a handle that is used again meets an answer whose
/// headers begin with a blank (curl's issues 11101 and 11620): whoever answers could end us.
bool handles_may_be_used_again() {
  return libcurl_since(0x080300);
}

bool header_is(std::string_view line, std::string_view name) {
  return line.size() > name.size() && line[name.size()] == ':'
         && std::equal(name.begin(), name.end(), line.begin(), [](char a, char b) {
              return a == static_cast<char>(::tolower(static_cast<unsigned char>(b)));
            });
}

std::string header_value(std::string_view line) {
  auto begin = line.find_first_not_of(" \t", line.find(':') + 1);
  auto end = line.find_last_not_of(" \t\r\n");
  if (begin == std::string_view::npos || end < begin)
    return {};
  return std::string{line.substr(begin, end - begin + 1)};
}

transfer_error classify(CURLcode code) {
  switch (code) {
  case CURLE_OK:
    return transfer_error::none;
  case CURLE_COULDNT_RESOLVE_HOST:
  case CURLE_COULDNT_RESOLVE_PROXY:
  case CURLE_COULDNT_CONNECT:
    return transfer_error::connect;
  case CURLE_OPERATION_TIMEDOUT:
    return transfer_error::timeout;
  case CURLE_PARTIAL_FILE:
  case CURLE_RECV_ERROR:
  case CURLE_SEND_ERROR:
  case CURLE_GOT_NOTHING:
  case CURLE_HTTP2:
  case CURLE_HTTP2_STREAM:
    return transfer_error::cut;
  case CURLE_SSL_CONNECT_ERROR:
  case CURLE_PEER_FAILED_VERIFICATION:
  case CURLE_SSL_CACERT_BADFILE:
  case CURLE_SSL_CERTPROBLEM:
    return transfer_error::tls;
  default:
    return transfer_error::other;
  }
}

} // namespace

struct http_client::transfer {
  http_client* owner = nullptr;
  curl_multi* home = nullptr;
  CURL* easy = nullptr;
  curl_slist* headers = nullptr;
  http_request request;
  callback done;
  http_reply reply;
  clock::time_point last_byte{};
  bool paused = false;
  std::size_t charged = 0; ///< to the byte budget: what is reserved for the body
  char error_text[CURL_ERROR_SIZE] = {};

  ~transfer() { curl_slist_free_all(headers); }

  /// Sees to it that `bytes` in all are counted.
  void charge(std::size_t bytes) {
    if (bytes <= charged)
      return;
    owner->limits_.budget->add_unfinished(bytes - charged);
    charged = bytes;
  }
};

http_client::http_client(event_loop& loop, http_limits limits)
    : loop_(loop), limits_(limits), names_(curl_share_init()) {
  if (names_ == nullptr)
    throw std::bad_alloc();
  curl_share_setopt(names_, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS); // one thread: no locks
}

http_client::~http_client() {
  for (auto& [easy, each] : transfers_) {
    limits_.budget->remove_unfinished(each->charged);
    each->home->remove(easy);
    curl_easy_cleanup(easy);
  }
  for (auto* easy : spare_)
    curl_easy_cleanup(easy);
  multis_.clear();
  curl_share_cleanup(names_); // whom nobody uses any more
  loop_.cancel(idle_timer_);
  loop_.cancel(stall_timer_);
  loop_.cancel(resume_timer_);
}

void http_client::post(http_request request, callback done) {
  auto next = std::make_unique<transfer>();
  next->owner = this;
  next->request = std::move(request);
  next->done = std::move(done);
  post(std::move(next));
}

void http_client::post(transfer_ptr next) {
  if (scout_ != nullptr) {
    waiting_.push_back(std::move(next));
    return;
  }
  auto scouting = clock::now() >= name_known_until_;
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
  if (&home != multis_.front().get() && each_has_a_buffer())
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, small_buffer);
  transfers_.emplace(easy, std::move(next));
  home.add(easy);
}

/// The first: while there is little to do, one has all connections.
curl_multi& http_client::multi_with_room() {
  for (auto& each : multis_)
    if (each->transfers() < max_transfers)
      return *each;
  const auto others = static_cast<long>(multis_.size() * max_transfers);
  multis_.push_back(std::make_unique<curl_multi>(
      loop_, std::clamp(limits_.max_connections - others, 1L, static_cast<long>(max_transfers)),
      [this](CURL* easy, CURLcode result) { finish(easy, result); }));
  if (multis_.size() > 1 && idle_timer_ == 0)
    idle_timer_ = loop_.call_after(limits_.idle_lifetime, [this] { close_idle_multis(); });
  return *multis_.back();
}

/// But for the first. Nobody else would close their connections when the other side has.
void http_client::close_idle_multis() {
  idle_timer_ = 0;
  for (; spare_.size() > max_transfers; spare_.pop_back())
    curl_easy_cleanup(spare_.back());
  const auto long_ago = clock::now() - limits_.idle_lifetime;
  multis_.erase(std::remove_if(std::next(multis_.begin()), multis_.end(),
                               [&](auto& each) { return each->idle_since(long_ago); }),
                multis_.end());
  if (multis_.size() > 1)
    idle_timer_ = loop_.call_after(limits_.idle_lifetime, [this] { close_idle_multis(); });
}

void http_client::configure(transfer& next) {
  auto* easy = next.easy;
  for (auto& header : next.request.headers)
    next.headers = curl_slist_append(next.headers, header.c_str());
  next.headers = curl_slist_append(next.headers, "Expect:"); // no round trip before the body
  curl_easy_setopt(easy, CURLOPT_SHARE, names_);
  curl_easy_setopt(easy, CURLOPT_URL, next.request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, next.headers);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, next.request.body.data());
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(next.request.body.size()));
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "meme-generator/" MEME_VERSION);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  // Rather a stream of HTTP/2 than a connection. Without TLS there is no HTTP/2 to wait for, and
  // libcurl would wait until the first answer of all is here.
  curl_easy_setopt(easy, CURLOPT_PIPEWAIT, next.request.url.rfind("https:", 0) == 0 ? 1L : 0L);
  // As OpenSSL, and with it NATS and Redis, understand it; Debian's libcurl has a path of its own.
  if (const auto* authorities = std::getenv("SSL_CERT_FILE"))
    curl_easy_setopt(easy, CURLOPT_CAINFO, authorities);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(limits_.timeout.count()));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(limits_.connect_timeout.count()));
  curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE,
                   static_cast<curl_off_t>(limits_.max_body_bytes));
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, next.error_text);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &next);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &next);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, &on_connected);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, &next);
}

std::size_t http_client::on_body(char* data, std::size_t size, std::size_t count, void* to) {
  auto& self = *static_cast<transfer*>(to);
  auto bytes = size * count;
  auto& body = self.reply.body;
  if (body.size() + bytes > self.owner->limits_.max_body_bytes) {
    self.reply.error = transfer_error::too_large;
    return 0;
  }
  if (self.owner->must_wait(self))
    return CURL_WRITEFUNC_PAUSE; // the same bytes come again once it is resumed
  if (body.empty()) {
    curl_off_t announced = -1;
    curl_easy_getinfo(self.easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
    if (announced > 0) { // bounded by CURLOPT_MAXFILESIZE_LARGE
      body.reserve(static_cast<std::size_t>(announced));
      self.charge(static_cast<std::size_t>(announced));
    }
    self.owner->receiving_.insert(&self);
    if (self.owner->stall_timer_ == 0)
      self.owner->look_for_stalls();
  }
  self.last_byte = clock::now();
  self.charge(body.size() + bytes);
  body.append(data, bytes);
  return bytes;
}

std::size_t http_client::on_header(char* data, std::size_t size, std::size_t count, void* to) {
  auto& reply = static_cast<transfer*>(to)->reply;
  std::string_view line{data, size * count};
  if (header_is(line, "content-type"))
    reply.content_type = header_value(line);
  else if (header_is(line, "retry-after"))
    reply.retry_after = header_value(line);
  else if (header_is(line, "ratelimit"))
    reply.rate_limit = header_value(line);
  return size * count;
}

int http_client::on_connected(void* to, char*, char*, int, int) {
  auto& self = *static_cast<transfer*>(to);
  auto& client = *self.owner;
  if (client.scout_ == self.easy) {
    client.name_known_until_ = clock::now() + name_lifetime;
    // Not from inside libcurl: it forbids adding handles in its callbacks.
    client.loop_.call_after(clock::duration::zero(), [&client] { client.end_scouting(); });
  }
  return CURL_PREREQFUNC_OK;
}

void http_client::end_scouting() {
  scout_ = nullptr;
  for (auto& next : std::exchange(waiting_, {}))
    start(std::move(next)); // all of them, even if the scout failed: none may wait for ever
}

/// Whether one more transfer than `going_on` may put its body into memory. Where somebody has whole
/// pictures, it is for these to make room, be it that NATS is away and they cannot: the bound
/// holds.
bool http_client::one_may_go_on(std::size_t going_on) const {
  const auto& budget = *limits_.budget;
  return !budget.exhausted() || (going_on == 0 && !budget.anything_finished());
}

bool http_client::must_wait(transfer& which) {
  if (which.charged > which.reply.body.size())
    return false; // there is room for it already
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
  // Each may use the budget up again, and then be paused again, at the end.
  for (auto left = paused_.size(); left > 0; --left) {
    if (!one_may_go_on(receiving_.size() - paused_.size()))
      break;
    auto* next = paused_.front();
    paused_.pop_front();
    next->paused = false;
    next->last_byte = clock::now();
    curl_easy_pause(next->easy, CURLPAUSE_CONT);
  }
  if (!paused_.empty() && resume_timer_ == 0)
    resume_timer_ = loop_.call_after(resume_interval, [this] { resume_paused(); });
}

void http_client::look_for_stalls() {
  stall_timer_ = 0;
  if (receiving_.empty())
    return;
  auto limit = clock::now() - limits_.stall_timeout;
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
  auto found = transfers_.find(easy);
  auto ended = std::move(found->second);
  transfers_.erase(found);
  receiving_.erase(ended.get());
  if (ended->paused)
    paused_.erase(std::find(paused_.begin(), paused_.end(), ended.get()));
  limits_.budget->remove_unfinished(ended->charged);
  auto& reply = ended->reply;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &reply.status);
  if (reply.error == transfer_error::none)
    reply.error = result == CURLE_FILESIZE_EXCEEDED ? transfer_error::too_large : classify(result);
  if (reply.error != transfer_error::none)
    reply.error_text = *ended->error_text != '\0' ? ended->error_text : curl_easy_strerror(result);
  const auto failed_scout = scout_ == easy; // before it was connected
  ended->home->remove(easy);
  if (handles_may_be_used_again())
    spare_.push_back(easy);
  else
    curl_easy_cleanup(easy);
  if (failed_scout)
    end_scouting();
  ended->done(std::move(reply));
}

} // namespace meme::io
