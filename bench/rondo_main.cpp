// rondo as a contestant among others.
#include <cblas.h>
#include <fmt/format.h>

#include "rondo/bench/rondo_contestant.hpp"
#include "rondo/core/kernels/dispatch.hpp"
#include "rondo/core/threads.hpp"

int main() {
  using namespace rondo;
  const bench::Identity identity{"rondo",
                                 RONDO_VERSION,
                                 num_threads(),
                                 fmt::format("GCC {}, instruction set {}, OpenBLAS core {}",
                                             __VERSION__,
                                             kernels::to_string(kernels::instruction_set()),
                                             openblas_get_corename())};
  return bench::serve(identity, [](const bench::Work& work) {
    for (const auto prepare : {bench::prepare_machine,
                               bench::prepare_gru,
                               bench::prepare_cells,
                               bench::prepare_training}) {
      if (bench::Prepared prepared = prepare(work); prepared.run) {
        return prepared;
      }
    }
    return bench::Prepared{};
  });
}
