#include "rondo/layers/recurrent/cell.hpp"

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo {

template <Real T>
void check_states(const std::string& op,
                  std::size_t batch,
                  std::span<const Variable<T>> states,
                  std::span<const Shape> shapes) {
  if (states.size() != shapes.size()) {
    throw_argument_error(
        op,
        fmt::format(
            "expected {} state(s) in initial_state, found {}", shapes.size(), states.size()));
  }
  for (std::size_t i = 0; i < states.size(); ++i) {
    const Shape expected = shapes[i].insert(0, batch);
    if (states[i].shape() != expected) {
      throw_shape_error(op,
                        fmt::format("state {} does not fit", i),
                        {{"expected", expected}, {"found", states[i].shape()}});
    }
  }
}

#define RONDO_INSTANTIATE(T)  \
  template void check_states( \
      const std::string&, std::size_t, std::span<const Variable<T>>, std::span<const Shape>);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
