#include "rondo/core/kernels/dispatch.hpp"

#include <array>
#include <cstdlib>
#include <string_view>

namespace rondo::kernels {

namespace {

constexpr std::array best_first{
    InstructionSet::avx512, InstructionSet::avx2, InstructionSet::baseline};

struct Choice {
  InstructionSet set = InstructionSet::baseline;
  bool request_is_valid = true;
};

Choice choose(std::string_view request) noexcept {
  for (const InstructionSet set : best_first) {
    if (is_supported(set) && (request.empty() || request == to_string(set))) {
      return {.set = set, .request_is_valid = true};
    }
  }
  return {.set = choose("").set, .request_is_valid = false};
}

const Choice& choice() noexcept {
  static const char* const request = std::getenv("RONDO_INSTRUCTION_SET");
  static const Choice chosen = choose(request == nullptr ? "" : request);
  return chosen;
}

}  // namespace

InstructionSet instruction_set() noexcept {
  return choice().set;
}

bool instruction_set_request_is_valid() noexcept {
  return choice().request_is_valid;
}

bool is_supported(InstructionSet set) noexcept {
#if defined(__x86_64__)
  __builtin_cpu_init();
  switch (set) {
    case InstructionSet::avx512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("fma");
    case InstructionSet::avx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case InstructionSet::baseline:
      break;
  }
#endif
  return set == InstructionSet::baseline;
}

const char* to_string(InstructionSet set) noexcept {
  switch (set) {
    case InstructionSet::avx512:
      return "avx512";
    case InstructionSet::avx2:
      return "avx2";
    case InstructionSet::baseline:
      break;
  }
  return "baseline";
}

}  // namespace rondo::kernels
