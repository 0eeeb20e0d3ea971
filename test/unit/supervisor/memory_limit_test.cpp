#define BOOST_TEST_MODULE memory_limit
#include <boost/test/unit_test.hpp>

#include <map>

#include "actors/supervisor/memory_limit.hpp"

using namespace meme;

namespace {

using files = std::map<std::string, std::string>;

std::int64_t limit_of(std::string_view membership, const files& present) {
  const auto read = [&](const std::string& path) -> std::optional<std::string> {
    const auto found = present.find(path);
    return found == present.end() ? std::nullopt : std::optional{found->second};
  };
  const auto limit = memory_limit(membership, read);
  return limit ? static_cast<std::int64_t>(*limit) : -1;
}

constexpr std::size_t mib = 1 << 20;

} // namespace

BOOST_AUTO_TEST_CASE(version_2_says_it_in_memory_max) {
  BOOST_TEST(limit_of("0::/\n", {{"/sys/fs/cgroup/memory.max", "268435456\n"}}) == 268'435'456);
  BOOST_TEST(limit_of("0::/\n", {{"/sys/fs/cgroup/memory.max", "max\n"}}) == -1);
  BOOST_TEST(limit_of("0::/a/b", {{"/sys/fs/cgroup/a/b/memory.max", "1000"}}) == 1'000);
}

BOOST_AUTO_TEST_CASE(version_1_says_it_in_limit_in_bytes) {
  const auto membership = "12:cpu,cpuacct:/pod\n8:memory:/pod/x\n0::/\n";
  const std::string root = "/sys/fs/cgroup/memory";
  BOOST_TEST(limit_of(membership, {{root + "/pod/x/memory.limit_in_bytes", "5000\n"}}) == 5'000);
  // In a container the group's path is the host's, and the group is seen as the root.
  BOOST_TEST(limit_of(membership, {{root + "/memory.limit_in_bytes", "6000\n"}}) == 6'000);
  BOOST_TEST(limit_of(membership, {{root + "/memory.limit_in_bytes", "9223372036854771712\n"}})
             == -1);
  BOOST_TEST(limit_of("4:hugetlb,memory:/\n", {{root + "/memory.limit_in_bytes", "7\n"}}) == 7);
}

BOOST_AUTO_TEST_CASE(the_smallest_limit_around_a_group_counts) {
  const files around{{"/sys/fs/cgroup/a/memory.max", "2000\n"},
                     {"/sys/fs/cgroup/a/b/memory.max", "3000\n"},
                     {"/sys/fs/cgroup/a/b/c/memory.max", "max\n"}};
  BOOST_TEST(limit_of("0::/a/b/c\n", around) == 2'000);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_understood_is_no_limit) {
  for (const auto* membership : {"", "nonsense", "0:", "::", "0::/\n\n", "memory"})
    for (const auto* content : {"", "\n", "-1", "12 KB", "0", "99999999999999999999999"})
      BOOST_TEST(limit_of(membership, {{"/sys/fs/cgroup/memory.max", content}}) == -1);
}

BOOST_AUTO_TEST_CASE(the_budget_is_an_eighth_of_the_limit) {
  BOOST_TEST(default_byte_budget(1'024 * mib, 32 * mib) == 128 * mib);
  BOOST_TEST(default_byte_budget(256 * mib, 32 * mib) == 32 * mib);
  BOOST_TEST(default_byte_budget(std::nullopt, 32 * mib) == 32 * mib);
  BOOST_TEST(default_byte_budget(64 * mib, 32 * mib) == 32 * mib); // room for one body
}
