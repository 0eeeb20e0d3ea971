#pragma once

#include <chrono>
#include <string>

#include "config/address/url.hpp"

namespace meme::config {

/// Whether `host`, a name or an address without brackets, means this machine for every resolver:
/// `localhost`, a name below it, 127.0.0.0/8 or ::1.
bool is_loopback(const std::string& host);

/// The host to which a request to `url` would go in clear: that of an http:// address which does
/// not mean this machine. Any other name is looked up, for up to `patience`; it means this machine
/// where each of its addresses does. Empty: the request is encrypted, or stays here.
std::string clear_text_host(const http_url& url, std::chrono::milliseconds patience);

} // namespace meme::config
