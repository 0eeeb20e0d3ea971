#pragma once

#include "config/options.hpp"
#include "messages/subjects/publish_rules.hpp"

namespace meme::config {

/// What the rules for publishing need to know of the settings.
inline own_subjects own_subjects_of(const nats_options& nats) {
  return {nats.request_subject, nats.response_subject, nats.dead_subject, nats.inbox_prefix};
}

} // namespace meme::config
