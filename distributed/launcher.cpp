#include "rondo/distributed/launcher.hpp"

#include <array>
#include <charconv>
#include <cstdlib>
#include <string_view>

namespace rondo {

std::optional<std::size_t> launched_ranks() {
  // Slurm sets SLURM_NTASKS also for a script that runs once.
  constexpr std::array variables{"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"};
  for (const char* const variable : variables) {
    const char* const text = std::getenv(variable);
    const std::string_view given(text != nullptr ? text : "");
    std::size_t n = 0;
    const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), n);
    if (error == std::errc() && end == given.data() + given.size() && n > 0) {
      return n;
    }
  }
  return std::nullopt;
}

}  // namespace rondo
