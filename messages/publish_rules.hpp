#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace meme::policy {

/// Decides on which subjects the service, or an operator's command, publishes when somebody else
/// has named the subject: a request its `reply_to`, a dead letter the subject that it came from.
///
/// Whoever names a subject in a message would otherwise borrow the rights of the one who publishes:
/// a client without rights could write into other streams, into the server's own API or into
/// strangers' inboxes. Results, errors and dead letters go where the configuration says.
class publish_rules {
public:
  /// The subjects that the configuration gives to the service itself.
  struct own_subjects {
    std::string request; ///< requests come on it and on the subjects below it
    std::string response;
    std::string dead;
  };

  /// `reply_subjects` are filters such as `_INBOX.>`.
  publish_rules(own_subjects own, std::vector<std::string> reply_subjects);

  /// What the known streams keep, as filters; takes the place of what was set before.
  void set_kept(std::vector<std::string> subjects) { kept_ = std::move(subjects); }

  /// Why an answer may not go to `subject` beside the response subject; empty: it may. The words
  /// follow "reply_to" and do not quote the subject.
  std::string reply_refusal(std::string_view subject) const;

  /// Why a dead letter may not be queued again on `subject`; empty: it may. The words follow
  /// "its subject".
  std::string requeue_refusal(std::string_view subject) const;

private:
  own_subjects own_;
  std::vector<std::string> reply_subjects_;
  std::vector<std::string> kept_;
};

/// The filters of the setting `nats.reply-subjects`. `_INBOX.>` stands for all inboxes, those of a
/// private prefix too.
std::vector<std::string> reply_filters(std::string_view setting, std::string_view inbox_prefix);

} // namespace meme::policy
