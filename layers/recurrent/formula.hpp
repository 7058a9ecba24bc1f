/// The element-wise formula of a cell: one op if its activations can be fused, else op by op.
#pragma once

#include <array>
#include <memory>
#include <tuple>

#include "rondo/core/fuse.hpp"

namespace rondo {

class Formula {
 public:
  /// Runs op by op.
  Formula() = default;

  /// @param f  of n symbols; it may capture options, for it is called here and now
  template <std::size_t n, class F>
  [[nodiscard]] static Formula of(const F& f) {
    Formula result;
    result.program_ = std::make_shared<const detail::FusedProgram>(detail::trace<n>(f));
    return result;
  }

  /// @param f  the same formula, of variables
  template <Real T, class F, std::size_t n>
  [[nodiscard]] Variable<T> run(const F& f, const Columns<T> (&inputs)[n]) const {  // NOLINT
    if (program_ != nullptr) {
      return detail::run_fused<T>(*program_, inputs);
    }
    return [&]<std::size_t... i>(std::index_sequence<i...>) {
      return f(variable_of(inputs[i])...);
    }
    (std::make_index_sequence<n>{});
  }

 private:
  std::shared_ptr<const detail::FusedProgram> program_;  // where it is while a pass needs it
};

}  // namespace rondo
