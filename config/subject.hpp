#pragma once

#include "messages/subject.hpp"

namespace meme::config {

using meme::subjects_overlap;
using meme::valid_jetstream_name;

} // namespace meme::config
