// What a model, or whatever stands in its place, may answer. Five lines and the body: status and
// transport error as numbers, Content-Type, Retry-After, RateLimit, the library's words. The third
// and the fourth line serve as Location and Date, too.

#include <charconv>

#include "actors/generator/providers/huggingface.hpp"
#include "actors/generator/providers/retry_after.hpp"
#include "actors/pictures/formats/picture_check.hpp"
#include "test/fuzz/target.hpp"

namespace meme::fuzz {

namespace {

constexpr std::string_view secret = "hf_FuzzToken";
constexpr std::int64_t now_s = 1'700'000'000;

io::http_reply read_reply(std::string_view text) {
  io::http_reply reply;
  const auto first = take_line(text);
  const auto* end = first.data() + first.size();
  auto [stop, error] = std::from_chars(first.data(), end, reply.status);
  unsigned transport = 0;
  if (error == std::errc{} && stop != end)
    std::from_chars(stop + 1, end, transport);
  constexpr auto count = static_cast<unsigned>(io::transfer_error::other) + 1;
  reply.error = static_cast<io::transfer_error>(transport % count);
  reply.content_type = take_line(text);
  reply.retry_after = reply.location = take_line(text);
  reply.rate_limit = reply.date = take_line(text);
  reply.error_text = take_line(text);
  reply.body = text;
  return reply;
}

bool has_magic_bytes(std::string_view body, picture_type type) {
  switch (type) {
  case picture_type::png:
    return body.substr(0, 8) == "\x89PNG\r\n\x1a\n" && contains(body, "IEND");
  case picture_type::jpeg:
    return body.substr(0, 3) == "\xff\xd8\xff" && contains(body, "\xff\xd9");
  case picture_type::webp:
    return body.substr(0, 4) == "RIFF" && body.substr(8, 4) == "WEBP";
  case picture_type::gif:
    return body.substr(0, 4) == "GIF8" && contains(body, ";");
  case picture_type::avif:
    return body.substr(4, 4) == "ftyp";
  }
  return false;
}

void check_picture(const io::http_reply& reply, const model_verdict& judged) {
  require(reply.error == io::transfer_error::none, "a picture came whole");
  require(reply.status >= 200 && reply.status < 300, "a picture comes with a success");
  require(has_magic_bytes(reply.body, judged.type), "a picture begins as its type does");
  require(judged.picture_bytes > 0 && judged.picture_bytes <= reply.body.size(),
          "a picture ends within the bytes");
  const auto whole = inspect_picture(reply.body.substr(0, judged.picture_bytes));
  const auto* again = std::get_if<complete_picture>(&whole);
  require(again != nullptr && again->type == judged.type && again->size == judged.picture_bytes,
          "what is cut off changes nothing");
  const auto size = dimensions(reply.body);
  require(size && size->width > 0 && size->height > 0, "a picture has a size");
}

void check_pause(const std::optional<std::chrono::milliseconds>& pause) {
  require(!pause || (pause->count() >= 0 && *pause <= longest_retry_after),
          "a pause is within its bounds");
}

void check_failure(const model_verdict& judged) {
  require(!judged.text.empty(), "a failure has a text");
  require(is_line(judged.text, 300), "the text is a line of up to 300 characters");
  require(!contains(judged.text, secret), "the text does not have the token");
  require(is_line(judged.text_for_log(), 300), "so is what is logged");
  require(!contains(judged.text_for_log(), secret), "nor does that have the token");
  check_pause(judged.retry_after);
}

} // namespace

} // namespace meme::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meme;
  auto reply = fuzz::read_reply(fuzz::text_of(data, size));
  const huggingface_provider provider{std::string{fuzz::secret}};
  const auto judged = provider.read_reply(reply, fuzz::now_s);
  if (judged.kind == verdict_kind::picture)
    fuzz::check_picture(reply, judged);
  else
    fuzz::check_failure(judged);
  // Each by itself as well, whatever the status has let through.
  fuzz::check_pause(parse_retry_after(reply.retry_after, fuzz::now_s));
  fuzz::check_pause(parse_rate_limit(reply.rate_limit));
  if (const auto found = dimensions(reply.body))
    fuzz::require(found->width > 0 && found->height > 0, "a size is not nothing");
  return 0;
}
