#include "rondo/layers/recurrent/gru.hpp"

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/layers/recurrent/shared_options.hpp"

namespace rondo {

namespace {

GRUOptions check(GRUOptions options) {
  if (options.time_major) {
    throw_argument_error("GRU", "time_major is not available: give inputs as [N, steps, features]");
  }
  if (options.use_fused == UseFused::on) {
    if (const auto reason = fused_unsupported_reason(options)) {
      throw_state_error("GRU", fmt::format("use_fused = on is not possible: {}", *reason));
    }
  }
  return options;
}

GRUCellOptions cell_options(const GRUOptions& o) {
  auto cell = cell_options_of<GRUCellOptions>(o);
  cell.recurrent_activation = o.recurrent_activation;
  cell.reset_after = o.reset_after;
  cell.implementation = o.implementation;
  cell.compat = o.compat;
  return cell;
}

}  // namespace

std::optional<std::string_view> fused_unsupported_reason(const GRUOptions&) {
  return "there is no fused op in this version";
}

template <Real T>
GRU<T>::GRU(GRUOptions options)
    : RNN<T>(std::make_unique<GRUCell<T>>(cell_options(options), "GRU"), loop_options_of(options)),
      options_(check(std::move(options))) {}

template <Real T>
std::string_view GRU<T>::fused_path() const {
  return *fused_unsupported_reason(options_);
}

template <Real T>
std::unique_ptr<RNN<T>> GRU<T>::clone_with(RNNOptions loop) const {
  return std::make_unique<GRU>(with_loop(options_, loop));
}

template <Real T>
Config GRU<T>::config() const {
  Config result = Layer<T>::config();
  merge_cell_config(result, cell().config());
  this->write_options(result["config"]);
  return result;
}

template class GRU<float>;
template class GRU<double>;

}  // namespace rondo
