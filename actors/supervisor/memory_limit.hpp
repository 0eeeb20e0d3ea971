#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace meme {

/// Reads a whole file; nothing where it cannot be read.
using file_reader = std::function<std::optional<std::string>(const std::string& path)>;

/// The memory that the kernel lets this process's control group have, in bytes; nothing where there
/// is no limit. `membership` is the content of /proc/self/cgroup. Version 2 (`memory.max`) and 1
/// (`memory.limit_in_bytes`) are understood, and the limits of all groups around this one count. A
/// container may see its own group as the root, whatever `membership` says.
std::optional<std::uint64_t> memory_limit(std::string_view membership, const file_reader& read);

/// The byte budget where the settings leave it open: an eighth of the memory limit, and a fixed
/// size that fits the 256 MiB of our manifests where there is none; never less than one whole body
/// of the model, for which there would never be room.
///
/// An eighth, because the budget is not all: what is counted once is held as Base64 too and in the
/// sockets' buffers, the allocator keeps freed blocks, and the process itself and the cache in it
/// take theirs. Measured with 64 pictures of 3.1 MB: a peak of 156 to 174 MiB with 32 MiB, 308
/// with 64.
std::size_t default_byte_budget(std::optional<std::uint64_t> limit, std::size_t max_body_bytes);

} // namespace meme
