#pragma once

#include "messages/refusal.hpp"

namespace meme::policy {

using meme::refused_subject;

} // namespace meme::policy
