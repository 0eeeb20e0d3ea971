#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace meme {

/// Whether some subject matches both. Either may hold the wildcards of NATS: `*` stands for one
/// token, `>` at the end for one or more.
bool subjects_overlap(std::string_view first, std::string_view second);

/// Whether `subject` may be published to on a client's behalf: a literal NATS subject of up to 255
/// bytes of printable UTF-8 without wildcards, white space, empty tokens or a first character `$`.
bool valid_reply_subject(std::string_view subject);

/// Whether `filter` may stand for subjects: a literal subject (see `valid_reply_subject`) in which
/// whole tokens may be `*`, and the last one `>`. A first character `$` is refused: such subjects
/// are the server's own.
bool valid_subject_filter(std::string_view filter);

/// The parts of a list such as `_INBOX.>, my.own.>`, without the white space around them.
std::vector<std::string> split_subjects(std::string_view list);

/// A name that JetStream gives: of a stream or a consumer. Printable ASCII without white space and
/// without `.`, `*`, `>`, `/` and `\`, 1 to 255 characters (NATS ADR-6).
bool valid_jetstream_name(std::string_view name);

} // namespace meme
