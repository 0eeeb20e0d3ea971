#pragma once

#include <vector>

namespace meme::test {

/// One bound on what comes in, as docs/limits.md has it.
struct limit_row {
  const char* source;  ///< whose bytes or time it bounds: a heading of the page
  const char* setting; ///< its key; or, in words, a bound that cannot be set
  const char* fixed;   ///< the value of one that cannot be set; empty for a setting
  const char* beyond;  ///< what happens beyond it
  const char* test;    ///< a file below test/, without its end, and what to look for there
};

/// In the order of the page. A new setting that bounds what comes in belongs here.
inline const std::vector<limit_row> limit_rows = {
    {"A request", "limits.max-bytes", "", "error `request_too_large`; not read further",
     "unit/request_refusal_test"},
    {"A request", "limits.max-depth", "", "error `bad_request`", "unit/request_refusal_test"},
    {"A request", "limits.max-prompt-chars", "", "error `bad_request`",
     "unit/request_refusal_test"},
    {"A request", "limits.max-id-chars", "",
     "error `bad_request`, under an id of the service's making", "unit/request_refusal_test"},
    {"A request", "limits.min-side", "", "error `bad_request`", "unit/request_refusal_test"},
    {"A request", "limits.max-side", "", "error `bad_request`", "unit/request_refusal_test"},
    {"A request", "limits.max-steps", "", "error `bad_request`", "unit/request_refusal_test"},
    {"A request", "limits.max-guidance", "", "error `bad_request`", "unit/request_refusal_test"},
    {"A request", "`reply_to` and `Meme-Reply-To`", "255 bytes of a subject that is allowed",
     "error `bad_request`", "unit/publish_rules_test"},
    {"All requests together", "ingress.max-in-flight", "", "they stay in the queue",
     "fault/scale_test"},
    {"All requests together", "ingress.max-bytes-in-flight", "",
     "nothing more is pulled; answers of the model stay in their sockets", "integration/load_test"},
    {"All requests together", "ingress.max-attempts", "",
     "an error, and the request is kept as a dead letter", "integration/dead_test"},
    {"All requests together", "ingress.drain-timeout", "",
     "what is not finished after SIGTERM goes back to the queue", "integration/drain_test"},
    {"The model", "generator.max-body-bytes", "", "error `image_too_large`; counted after decoding",
     "integration/http_answers_test"},
    {"The model", "generator.max-pixels", "",
     "a picture that would have to be encoded anew ends in `image_too_large`",
     "unit/picture_codec_test"},
    {"The model", "generator.connect-timeout", "", "the call is tried again",
     "integration/http_client_test"},
    {"The model", "generator.timeout", "", "the call is tried again; at last `model_timeout`",
     "integration/http_client_test"},
    {"The model", "generator.stall-timeout", "", "the call is tried again",
     "fault/model_answers_test"},
    {"The model", "generator.max-attempts", "", "the message goes back to the queue for a while",
     "unit/retry_test"},
    {"The model", "generator.deadline", "", "the message goes back to the queue for a while",
     "unit/retry_test"},
    {"The model", "generator.give-up-after", "", "the client gets the error, a dead letter is kept",
     "fault/poison_test"},
    {"The model", "all headers of an answer", "libcurl's own, 300 KB",
     "the call has failed, and is tried again", "fault/broken_headers_test"},
    {"The model", "redirects that are followed", "5, on the same host",
     "error `model_not_found` that names the Location", "integration/http_answers_test"},
    {"The model", "a connection that acknowledges nothing", "30 s", "the call is tried again",
     "integration/http_connections_test"},
    {"The model", "the body of an error", "64 KiB are looked at, 300 characters quoted",
     "the rest is not looked at", "unit/model_failure_test"},
    {"Redis", "cache.connect-timeout", "", "served without it", "fault/redis_test"},
    {"Redis", "cache.timeout", "", "the picture counts as not there", "fault/redis_test"},
    {"Redis", "cache.ping-interval", "", "the connection is asked for a sign",
     "fault/redis_network_test"},
    {"Redis", "a value", "`generator.max-body-bytes` + 1, charged to `ingress.max-bytes-in-flight`",
     "not read further; the picture counts as not there", "unit/value_range_test"},
    {"Redis", "the bytes under a key", "signed, where `cache.key-file` is set",
     "what does not verify counts as not there", "unit/value_seal_test"},
    {"Redis", "cache.local-bytes", "", "what was not used for longest leaves the process",
     "unit/lru_test"},
    {"NATS", "nats.connect-timeout", "", "the next server, for ever",
     "fault/first_connection_test"},
    {"NATS", "nats.ping-interval", "", "two unanswered pings: the connection is made anew",
     "fault/nats_fault_test"},
    {"NATS", "nats.write-deadline", "", "the connection is made anew", "fault/nats_fault_test"},
    {"NATS", "an answer", "the server's `max_payload`",
     "the picture is encoded anew to fit, or `image_too_large`", "fault/large_picture_test"},
    {"NATS", "the text of an error that is published", "1,000 characters", "cut",
     "unit/outcome_test"},
    {"The status port", "connections", "512, half of them from one address",
     "the oldest without a complete request is closed", "integration/http_server_test"},
    {"The status port", "a request", "5 s from the connection's begin, 8 KiB of headers",
     "the connection is closed", "integration/http_server_test"},
    {"The status port", "reading the answer", "10 s", "the connection is closed",
     "integration/http_server_test"},
    {"The commands", "an answer to `request`, `watch` and `load`",
     "a complete picture; for `request` and `load` under the id that was asked for",
     "not saved; `request` and `load` end with 1", "integration/untrusted_answers_test"},
    {"The commands", "text of others on a terminal", "printable characters of valid UTF-8",
     "U+FFFD in their place", "integration/untrusted_answers_test"},
};

} // namespace meme::test
