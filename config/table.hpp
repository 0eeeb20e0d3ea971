#pragma once

#include <vector>

#include "config/options.hpp"
#include "config/settings/setting.hpp"

namespace meme::config {

/// Every setting of the service, a row each, bound to `values`: section by section, in the order in
/// which help and files show them. Assigning to a row changes `values`, which must outlive the
/// rows.
std::vector<setting> table_of(options& values);

} // namespace meme::config
