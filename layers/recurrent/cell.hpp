/// What `RNN` unrolls (D23): a layer whose call is one time step. A user's cell is equal to the
/// built-in ones.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "rondo/layers/layer.hpp"

namespace rondo {

/// output [N, H] or [N, S, H]; states in the cell's order, each [N, size]. The list lives on the
/// tape.
template <Real T>
struct RecurrentOutput {
  Variable<T> output;
  std::span<const Variable<T>> states;
};

/// What `get_initial_state` asks for.
template <Real T>
struct InitialStateOptions {
  /// A batch of inputs; its size wins over batch_size, its type over dtype.
  TensorView<const T> inputs = {};
  std::optional<std::size_t> batch_size = {};
  /// `float32` or `float64`; empty: that of the layer.
  std::string_view dtype = {};
};

/// `cell(x, {.initial_state = states})` runs one step and returns its output, `cell.run` its states, too.
template <Real T>
class Cell : public Layer<T> {
 public:
  /// One shape per state, without the batch axis.
  [[nodiscard]] virtual std::vector<Shape> state_shapes() const = 0;

  /// What depends on the inputs alone, for all steps at once (D99): [S, N, F] becomes [S, N, G], and
  /// the inputs of a single step [N, F] become [N, G]. By default nothing.
  ///
  /// Masks of dropout that hold for all steps belong here; a cell that draws new ones for each step
  /// returns nothing then.
  virtual Variable<T> project(const Variable<T>& /*inputs*/, const CallOptions<T>& /*options*/) {
    return {};
  }

  /// @param inputs   [N, G], what `project` returned for this step; the inputs [N, F] themselves if
  ///                 it returned nothing
  /// @param states   as `state_shapes` says, each with a leading N
  /// @param options  training, and `num_constants()` constants
  virtual RecurrentOutput<T> step(const Variable<T>& inputs,
                                  std::span<const Variable<T>> states,
                                  const CallOptions<T>& options) = 0;

  /// `project` and `step`. The states are `options.initial_state`.
  RecurrentOutput<T> run(const Variable<T>& inputs, const CallOptions<T>& options) {
    const Variable<T> projected = project(inputs, options);
    return step(projected ? projected : inputs, options.initial_state, options);
  }

  /// Forgets cached dropout masks, so that the next step draws new ones. `RNN` calls it before and
  /// after each sequence; whoever calls a cell by hand decides when a new batch begins.
  virtual void reset_masks() {}

  /// What a sequence of `batch` samples begins with, on the tape: zeros, unless a cell knows
  /// better.
  virtual std::span<const Variable<T>> initial_states(Tape<T>& tape, std::size_t batch);

  /// Which state stands for the output where one is needed (MaskedOutput::previous_state).
  [[nodiscard]] virtual std::size_t output_state() const { return 0; }

  /// How many variables `step` expects in `options.constants`.
  [[nodiscard]] virtual std::size_t num_constants() const { return 0; }

  /// The values of `initial_states`, one [N, size] for each state.
  /// @throws ArgumentError if the batch size is not known, or dtype is not that of the cell
  [[nodiscard]] std::vector<Tensor<T>> get_initial_state(
      const InitialStateOptions<T>& options = {});

  /// Zeros [batch_size, size] for each state.
  [[nodiscard]] std::vector<Tensor<T>> zero_state(std::size_t batch_size) const;

  /// The size of each state.
  [[nodiscard]] std::vector<std::size_t> state_size() const;

  [[nodiscard]] std::size_t output_size() const;

  [[nodiscard]] Shape output_shape(const Shape&) const override {
    return state_shapes()[output_state()];
  }

 protected:
  using Layer<T>::Layer;

  Variable<T> call(const Variable<T>& inputs, const CallOptions<T>& options) final {
    return run(inputs, options).output;
  }

 private:
  std::vector<Shape> zero_shapes_;  // state_shapes(), asked for once: steady steps do not allocate
};

/// Cells that follow one another within a step.
template <Real T>
struct CellList {
  template <std::derived_from<Cell<T>>... C>

  requires(sizeof...(C) > 0) CellList(C... list) {  // NOLINT: implicit, for `{cell, cell}`
    (cells.push_back(std::make_unique<C>(std::move(list))), ...);
  }

  CellList(std::vector<std::unique_ptr<Cell<T>>> list)  // NOLINT: implicit as above
      : cells(std::move(list)) {}

  std::vector<std::unique_ptr<Cell<T>>> cells;
};

/// @throws ArgumentError for none, or so many that the widths of four gates overflow
void check_units(const std::string& op, const char* option, std::size_t units);

/// Checks the states given to a cell or to a recurrent layer, which `op` names in the error.
/// @param shapes  what is expected, without the batch axis
/// @throws ArgumentError if their number is wrong, ShapeError if one does not fit
template <Real T>
void check_states(const std::string& op,
                  std::size_t batch,
                  std::span<const Variable<T>> states,
                  std::span<const Shape> shapes);

/// The batch size that is asked for, or that of the inputs on their axis `batch_axis`.
/// @throws ArgumentError if neither is given, or dtype is not that of T
template <Real T>
[[nodiscard]] std::size_t batch_size_of(const std::string& op,
                                        const InitialStateOptions<T>& options,
                                        std::size_t batch_axis = 0);

/// Zeros that need no gradient.
template <Real T>
[[nodiscard]] Variable<T> zeros(Tape<T>& tape, const Shape& shape);

}  // namespace rondo
