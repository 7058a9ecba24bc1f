/// Which works belong to which suite.
#pragma once

#include <string>
#include <vector>

namespace rondo::bench {

/// `tape`, `gru`, `trainer`, `stream`, `start`, and `all` of them.
[[nodiscard]] std::vector<std::string> suite_names();

/// Names of works. @param shapes  only works of these shapes, and those without one; empty: all
[[nodiscard]] std::vector<std::string> works_of(const std::vector<std::string>& suites,
                                                const std::vector<std::string>& shapes);

}  // namespace rondo::bench
