#include "actors/generator/providers/model_failure.hpp"

#include <algorithm>
#include <variant>

#include <boost/algorithm/string/find.hpp>

#include "actors/generator/providers/model_words.hpp"
#include "actors/generator/providers/retry_after.hpp"
#include "actors/pictures/formats/picture_check.hpp"
#include "config/address/url.hpp"
#include "messages/text/redaction.hpp"
#include "messages/text/utf8.hpp"

namespace meme {

namespace {

constexpr std::size_t max_text_chars = 300;
constexpr std::string_view check_setting = " (check HF_API_URL)";

using kind = verdict_kind;

struct meaning {
  kind verdict;
  error_code code;
};

meaning meaning_of(long status) {
  switch (status) {
  case 401:
  case 402:
  case 403:
    return {kind::unauthorized, error_code::model_unauthorized};
  case 404:
  case 410:
    return {kind::reject, error_code::model_not_found};
  case 408:
  case 425:
    return {kind::retry, error_code::model_unavailable};
  case 429:
    return {kind::wait, error_code::model_overloaded};
  default:
    break;
  }
  if (status >= 300 && status < 400)
    return {kind::reject, error_code::model_not_found};
  if (status >= 400 && status < 500)
    return {kind::reject, error_code::model_rejected};
  return {kind::retry, error_code::model_unavailable};
}

/// Whether the configured address may be at fault rather than the request.
bool doubts_address(error_code code, std::string_view words) {
  return code == error_code::model_not_found
         || !boost::algorithm::ifind_first(words, "not supported by provider").empty();
}

/// The text of the verdict. If it is too long, the part before the hint is cut.
std::string compose(std::string text, std::string_view words, std::string_view secret,
                    std::string_view hint) {
  if (!words.empty())
    text.append(": ").append(words);
  return clean_text(redact(text, secret), max_text_chars - hint.size()).append(hint);
}

/// Without what may hold a secret: user, query and fragment.
std::string shown_location(std::string_view location) {
  const auto is_absolute = location.find("://") != location.npos;
  return is_absolute ? config::without_secrets(location)
                     : std::string(location.substr(0, location.find_first_of("?#")));
}

/// A Location for clients: without addresses of the network inside. A machine's own name for itself
/// tells nothing of that network, and helps whoever set the redirect up.
std::string public_location(const std::string& shown) {
  constexpr std::string_view itself = "://localhost";
  const auto host = shown.find(itself);
  const auto end = host == shown.npos ? host : host + itself.size();
  if (end == shown.npos || (end < shown.size() && shown[end] != ':' && shown[end] != '/'))
    return hide_internal_addresses(shown);
  const auto path = shown.find('/', end);
  return shown.substr(0, end)
         + (path == shown.npos ? "" : hide_internal_addresses(shown.substr(path)));
}

/// Says what has happened: to clients without what tells of the network inside, be it in the words,
/// a Location (empty: none) or a content type; all of it to the log.
void say(model_verdict& result, const std::string& text, std::string_view words,
         std::string_view secret, std::string_view hint, std::string_view location = {}) {
  // Redacted first: what is left of a token is not taken for a name.
  const auto hide = [&](std::string_view part) {
    return hide_internal_addresses(redact(part, secret));
  };
  auto open_text = hide(text);
  auto log_text = text;
  if (!location.empty()) {
    const auto shown = redact(shown_location(location), secret);
    open_text.append(" and sends to ").append(public_location(shown));
    log_text.append(" and sends to ").append(shown);
  }
  result.text = compose(std::move(open_text), hide(words), secret, hint);
  auto all = compose(std::move(log_text), words, secret, hint);
  if (all != result.text)
    result.detail = std::move(all);
}

std::optional<std::chrono::milliseconds>
read_retry_after(const io::http_reply& reply, const model_words& words, std::int64_t unix_time_s) {
  const auto answered_at_s = parse_http_date(reply.date).value_or(unix_time_s);
  if (auto pause = parse_retry_after(reply.retry_after, answered_at_s))
    return pause;
  if (auto pause = parse_rate_limit(reply.rate_limit))
    return pause;
  if (reply.status == 503 && words.estimated_time)
    return std::min(*words.estimated_time, longest_retry_after);
  return std::nullopt;
}

} // namespace

bool is_success(long status) {
  return status >= 200 && status < 300;
}

model_verdict judge_transfer(const io::http_reply& reply, std::string_view secret) {
  // The library's words name hosts and addresses: they are for the log only.
  const auto judge = [&](kind verdict, error_code code, const char* text) {
    auto detail = compose(text, reply.error_text, secret, {});
    return model_verdict{verdict, {}, code, text, {}, std::move(detail)};
  };
  switch (reply.error) {
  case io::transfer_error::connect:
    return judge(kind::retry, error_code::model_unavailable, "the model cannot be reached");
  case io::transfer_error::timeout:
    return judge(kind::retry, error_code::model_timeout,
                 "the model did not finish within the time limit");
  case io::transfer_error::stalled:
    return judge(kind::retry, error_code::model_timeout,
                 "the model fell silent in the middle of its answer");
  case io::transfer_error::cut:
    return judge(kind::retry, error_code::model_unavailable, "the connection to the model broke");
  case io::transfer_error::stale: {
    auto result = judge(kind::retry, error_code::model_unavailable,
                        "the connection to the model was closed without an answer");
    result.of_connection = true;
    return result;
  }
  case io::transfer_error::tls:
    return judge(kind::retry, error_code::model_unavailable, "no secure connection to the model");
  case io::transfer_error::too_large:
    return judge(kind::reject, error_code::image_too_large,
                 "the model's answer is larger than the limit");
  case io::transfer_error::no_descriptor:
    return judge(kind::wait, error_code::internal,
                 "the service has no file descriptor left for a call of the model");
  case io::transfer_error::none:
  case io::transfer_error::other:
    break;
  }
  return judge(kind::retry, error_code::model_unavailable, "the call to the model failed");
}

model_verdict judge_picture(const io::http_reply& reply, std::string_view secret) {
  auto inspected = inspect_picture(reply.body);
  model_verdict result;
  if (const auto* whole = std::get_if<complete_picture>(&inspected)) {
    result.kind = kind::picture;
    result.type = whole->type;
    result.picture_bytes = whole->size;
    return result;
  }
  const auto& fault = std::get<picture_fault>(inspected);
  auto text = "the model answered " + std::to_string(reply.status) + " but no complete picture ("
              + fault.text;
  if (!reply.content_type.empty())
    text.append(", called ").append(reply.content_type);
  const auto words = read_model_words(reply.body, secret).text;
  result.kind = fault.permanent ? kind::reject : kind::retry;
  result.code = error_code::invalid_picture;
  say(result, text + ')', words, secret, {});
  return result;
}

model_verdict judge_refusal(const io::http_reply& reply, std::string_view secret,
                            std::int64_t unix_time_s) {
  const auto words = read_model_words(reply.body, secret);
  const auto [verdict, code] = meaning_of(reply.status);
  model_verdict result;
  result.kind = verdict;
  result.code = code;
  const auto is_redirect = reply.status >= 300 && reply.status < 400;
  say(result, "the model answered " + std::to_string(reply.status), words.text, secret,
      doubts_address(code, words.text) ? check_setting : "",
      is_redirect ? std::string_view{reply.location} : std::string_view{});
  if (verdict == kind::retry || verdict == kind::wait)
    result.retry_after = read_retry_after(reply, words, unix_time_s);
  if (reply.status == 503 && result.retry_after)
    result.kind = kind::wait; // the model is loading, not broken
  return result;
}

} // namespace meme
