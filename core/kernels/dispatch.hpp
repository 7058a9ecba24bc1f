/// Chooses, once per process, the instruction set whose kernels run.
#pragma once

#include <cstdint>

namespace rondo::kernels {

/// avx2 includes FMA3; avx512 is F, CD, DQ and BW. Other processors than x86-64 have baseline only.
enum class InstructionSet : std::uint8_t { baseline, avx2, avx512 };

/// Best set of this machine, or the one that the environment variable RONDO_INSTRUCTION_SET names.
/// Read at the first call; a name that is unknown or not supported here is ignored.
InstructionSet instruction_set() noexcept;

/// False if RONDO_INSTRUCTION_SET was given but had to be ignored.
bool instruction_set_request_is_valid() noexcept;

/// Whether this machine can run kernels of that set.
bool is_supported(InstructionSet set) noexcept;

/// The name that RONDO_INSTRUCTION_SET accepts.
const char* to_string(InstructionSet set) noexcept;

/// The kernels of a family (a struct of function pointers) as compiled for one instruction set.
/// `set` must be supported.
template <class Table>
const Table& table_for(InstructionSet set) noexcept {
#if defined(__x86_64__)
  switch (set) {
    case InstructionSet::avx512:
      return Table::template of<InstructionSet::avx512>();
    case InstructionSet::avx2:
      return Table::template of<InstructionSet::avx2>();
    case InstructionSet::baseline:
      break;
  }
#else
  static_cast<void>(set);
#endif
  return Table::template of<InstructionSet::baseline>();
}

/// The kernels of a family for `instruction_set()`: after the first call one load and one branch.
template <class Table>
const Table& chosen() noexcept {
  static const Table& table = table_for<Table>(instruction_set());
  return table;
}

}  // namespace rondo::kernels
