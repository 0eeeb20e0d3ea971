#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace meme {

/// What the service publishes.
enum class publication { result, error, dead_letter, reply };

/// What the configuration uses a subject for.
enum class subject_use { requests, answers, dead_letters, inboxes };

/// The subjects that the configuration gives to the service itself.
struct own_subjects {
  std::string request;  ///< requests come on it and on the subjects below it
  std::string response; ///< results go out on it, errors on `<response>.error`
  std::string dead;     ///< dead letters go out on it; the subjects below it are kept free for them
  std::string inbox_prefix = "_INBOX"; ///< replies to the service come in below it

  /// Where `what` is published; empty for a reply: the request names its subject.
  std::string of(publication what) const;

  /// What is reserved for a use, as filters.
  std::vector<std::string> filters(subject_use use) const;
};

/// Two uses that have a subject in common.
struct subject_clash {
  subject_use first;
  subject_use second; ///< later in the enumeration than `first`
  std::string first_filter;
  std::string second_filter;
};

/// All pairs of uses that clash, each pair once. What is published for the one use would become a
/// request, be kept by the wrong stream or be taken for a reply.
std::vector<subject_clash> find_clashes(const own_subjects& own);

/// Why something must not be published on a subject.
enum class objection {
  none,
  no_literal,  ///< no subject, one with wildcards, or one of the server's own (`$`)
  own_subject, ///< reserved for another use
  incoming,    ///< a stream stores it and brings it back as a request
  kept,        ///< a known stream stores it
  not_listed   ///< not among the subjects that replies may go to
};

/// Decides on which subjects the service, or an operator's command, publishes.
///
/// Results, errors and dead letters go where the configuration says. The configuration must not
/// send them into the queue: they would become requests, whose answers would become requests. The
/// streams of others may keep them: a stream of the results is useful.
///
/// A request names the subject of its reply; a dead letter names the subject on which it is queued
/// again. Without these rules, whoever names a subject in a message would borrow the rights of
/// whoever publishes on it: a client without rights could write into other streams, into the
/// server's own API or into strangers' inboxes.
class publish_rules {
public:
  /// `reply_subjects` are filters such as `_INBOX.>`.
  publish_rules(own_subjects own, std::vector<std::string> reply_subjects);

  /// What the known streams keep, as filters; takes the place of what was set before.
  void set_kept(std::vector<std::string> subjects) { kept_ = std::move(subjects); }

  /// What the stream of requests keeps, or one that feeds it; takes the place of what was set
  /// before.
  void set_incoming(std::vector<std::string> subjects) { incoming_ = std::move(subjects); }

  /// The first reason why `what` must not be published on `subject`.
  objection examine(publication what, std::string_view subject) const;

  /// Which of the results, errors and dead letters would become requests on the subjects that the
  /// configuration gives them.
  std::vector<publication> find_loops() const;

  /// Why a copy of an answer may not go to `subject`, which a request named; empty if it may. The
  /// text continues a sentence that begins with "reply_to", and does not quote the subject.
  std::string reply_refusal(std::string_view subject) const;

  /// Why a dead letter may not be queued again on `subject`; empty if it may. The text continues a
  /// sentence that begins with "its subject".
  std::string requeue_refusal(std::string_view subject) const;

  const own_subjects& own() const { return own_; }

private:
  bool is_reserved(publication what, std::string_view subject) const;

  own_subjects own_;
  std::vector<std::string> reply_subjects_;
  std::vector<std::string> kept_;
  std::vector<std::string> incoming_;
};

/// The filters of the setting `nats.reply-subjects`. `_INBOX.>` stands for all inboxes, those of a
/// private prefix too.
std::vector<std::string> reply_filters(std::string_view setting, std::string_view inbox_prefix);

} // namespace meme
