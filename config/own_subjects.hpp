#pragma once

#include "config/options.hpp"
#include "messages/publish_rules.hpp"

namespace meme::config {

/// What the rules for publishing need to know of the settings.
inline policy::own_subjects own_subjects_of(const nats_options& nats) {
  return {nats.request_subject, nats.response_subject, nats.dead_subject, nats.inbox_prefix};
}

} // namespace meme::config
