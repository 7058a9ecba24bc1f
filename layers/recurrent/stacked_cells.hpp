/// Several cells in turn within one time step.
#pragma once

#include "rondo/layers/recurrent/cell.hpp"

namespace rondo {

/// The output of a cell is the input of the next; the states are those of all cells, first cell
/// first.
template <Real T = float>
class StackedRNNCells : public Cell<T> {
 public:
  /// `RNN deep{StackedRNNCells{GRUCell{{.units = 8}}, GRUCell{{.units = 16}}}};`
  template <std::derived_from<Cell<T>>... C>

  requires(sizeof...(C) > 0) explicit StackedRNNCells(C... cells) {
    (append(std::make_unique<C>(std::move(cells))), ...);
  }

  /// @throws ArgumentError if the list or an entry is empty
  explicit StackedRNNCells(std::vector<std::unique_ptr<Cell<T>>> cells);

  [[nodiscard]] std::vector<Shape> state_shapes() const override;

  RecurrentOutput<T> step(const Variable<T>& inputs,
                          std::span<const Variable<T>> states,
                          const CallOptions<T>& options) override;

  void reset_masks() override;

  [[nodiscard]] const std::vector<Cell<T>*>& cells() const { return cells_; }

  [[nodiscard]] Shape output_shape(const Shape& sample_shape) const override;

  [[nodiscard]] std::string type_name() const override { return "StackedRNNCells"; }

  [[nodiscard]] Config config() const override;
  [[nodiscard]] std::unique_ptr<Layer<T>> clone() const override;

 protected:
  void create_weights(const Shape& sample_shape) override;

 private:
  void append(std::unique_ptr<Cell<T>> cell);

  std::vector<Cell<T>*> cells_;
  std::vector<std::size_t> num_states_;  // of each cell
  std::vector<Shape> state_shapes_;      // of all cells
};

template <class C, class... Rest>
StackedRNNCells(C, Rest...) -> StackedRNNCells<typename C::value_type>;

}  // namespace rondo
