/// Several cells in turn within one time step.
#pragma once

#include "rondo/layers/recurrent/cell.hpp"
#include "rondo/layers/recurrent/options.hpp"

namespace rondo {

struct StackedRNNCellsOptions {
  /// States are given, returned and listed with the last cell's first. Default false, under tfjs
  /// true.
  std::optional<bool> reverse_state_order = {};
  Compat compat = Compat::keras3;
  bool trainable = true;
  std::string name = {};

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    visit("reverse_state_order", o.reverse_state_order...);
  }
};

/// The output of a cell is the input of the next; the states are those of all cells, first cell
/// first unless reverse_state_order.
template <Real T = float>
class StackedRNNCells : public Cell<T> {
 public:
  /// `RNN deep{StackedRNNCells{GRUCell{{.units = 8}}, GRUCell{{.units = 16}}}};`
  template <std::derived_from<Cell<T>>... C>

  requires(sizeof...(C) > 0) explicit StackedRNNCells(C... cells)
      : StackedRNNCells(CellList<T>(std::move(cells)...)) {}

  /// `StackedRNNCells deep{{.reverse_state_order = true}, GRUCell{…}, GRUCell{…}};`
  template <std::derived_from<Cell<T>>... C>

  requires(sizeof...(C) > 0) explicit StackedRNNCells(StackedRNNCellsOptions options, C... cells)
      : StackedRNNCells(CellList<T>(std::move(cells)...), std::move(options)) {}

  /// @throws ArgumentError if the list or an entry is empty
  explicit StackedRNNCells(CellList<T> cells, StackedRNNCellsOptions options = {});

  [[nodiscard]] std::vector<Shape> state_shapes() const override;

  /// What the first cell makes of them.
  Variable<T> project(const Variable<T>& inputs, const CallOptions<T>& options) override;

  RecurrentOutput<T> step(const Variable<T>& inputs,
                          std::span<const Variable<T>> states,
                          const CallOptions<T>& options) override;

  void reset_masks() override;

  std::span<const Variable<T>> initial_states(Tape<T>& tape, std::size_t batch) override;

  [[nodiscard]] std::size_t output_state() const override;

  [[nodiscard]] bool reverse_state_order() const { return *options_.reverse_state_order; }

  [[nodiscard]] const std::vector<Cell<T>*>& cells() const { return cells_; }

  [[nodiscard]] Shape output_shape(const Shape& sample_shape) const override;

  [[nodiscard]] std::string type_name() const override { return "StackedRNNCells"; }

  [[nodiscard]] Config config() const override;
  [[nodiscard]] std::unique_ptr<Layer<T>> clone() const override;

 protected:
  void create_weights(const Shape& sample_shape) override;

 private:
  StackedRNNCellsOptions options_;
  std::vector<Cell<T>*> cells_;
  std::vector<std::size_t> num_states_;   // of each cell
  std::vector<std::size_t> first_state_;  // where a cell's states are among all of them
  std::vector<Shape> state_shapes_;       // of all cells
};

template <class C, class... Rest>
StackedRNNCells(C, Rest...) -> StackedRNNCells<typename C::value_type>;
template <class C, class... Rest>
StackedRNNCells(StackedRNNCellsOptions, C, Rest...) -> StackedRNNCells<typename C::value_type>;

}  // namespace rondo
