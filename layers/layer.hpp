/// The contract of every layer and model (D10): options in, weights made in `build`, a call that
/// records ops, and everything a trainer or a file needs to know about it.
///
/// A layer belongs to one thread (D15), also for inference: a call writes into the layer and its
/// parameters. Each thread needs a model of its own, `clone()` and `set_weights`; two calls at a
/// time are found out as a rule.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "rondo/core/rng.hpp"
#include "rondo/core/tape.hpp"
#include "rondo/core/weight_source.hpp"
#include "rondo/layers/activations.hpp"
#include "rondo/layers/config.hpp"
#include "rondo/layers/constraints.hpp"
#include "rondo/layers/initializers.hpp"
#include "rondo/layers/input_shape.hpp"
#include "rondo/layers/regularizers.hpp"

namespace rondo {

/// One options struct for every layer's call.
template <Real T>
struct CallOptions {
  /// Dropout is active only while training.
  bool training = false;
  /// [N, S] or [N, S, 1], true = valid; empty: every step is valid. [S, N] for a time-major layer.
  TensorView<const bool> mask = {};
  /// One variable [N, size] per state of a recurrent layer or cell; empty: zeros or the carried
  /// state.
  std::span<const Variable<T>> initial_state = {};
  /// Handed unchanged to every step of a recurrent layer whose cell takes constants.
  std::span<const Variable<T>> constants = {};
  /// What a model of several inputs (`Model`) takes beside `inputs`, each [N, ..].
  std::span<const Variable<T>> extra_inputs = {};
};

/// Sees what a layer remembers between calls beside its weights; exact resume needs it.
template <Real T>
class StateVisitor {
 public:
  virtual ~StateVisitor() = default;

  /// @param values        [N, sample_shape..], or empty (size 0) if nothing is stored
  /// @param sample_shape  what a file must agree with; the states of a layer share N
  virtual void visit(const std::string& path, Tensor<T>& values, const Shape& sample_shape) = 0;
  virtual void visit(const std::string& path, Rng& stream) = 0;
};

/// What `add_weight` needs to make a weight.
template <Real T>
struct WeightSpec {
  std::string name;
  Shape shape;
  Initializer initializer = "glorot_uniform";
  Regularizer regularizer = {};
  Constraint constraint = {};
};

/// `StackedRNNCells` → `stacked_rnn_cells`
[[nodiscard]] std::string snake_case(const std::string& class_name);

template <Real T>
class Layer {
 public:
  using value_type = T;

  virtual ~Layer() = default;

  /// Builds the layer if that has not happened (with seed 0), records its ops and its penalties.
  /// @param inputs  [N, ..]
  /// @throws ShapeError if the inputs do not fit what the layer was built for
  /// @throws StateError if another call of this layer has not returned
  Variable<T> operator()(const Variable<T>& inputs, const CallOptions<T>& options = {});

  /// Makes the weights. One seed determines a whole model: every weight and every random stream
  /// derives its own from it and from its path.
  /// @param sample_shape  shape of the inputs without the batch axis
  /// @throws StateError if the layer is built already
  void build(const Shape& sample_shape, std::uint64_t seed = 0);

  /// The same for a model of several inputs. @param sample_shapes  at least one
  /// @throws ArgumentError if the layer does not have so many inputs
  void build_for(std::span<const Shape> sample_shapes, std::uint64_t seed = 0);

  void build_for(std::initializer_list<Shape> sample_shapes, std::uint64_t seed = 0) {
    build_for(std::span(sample_shapes.begin(), sample_shapes.size()), seed);
  }

  /// The same with values from elsewhere (`build_from_declared`) instead of those of initializers.
  /// @throws whatever `source` throws; the layer is not built then
  void build(const Shape& sample_shape, const WeightSource<T>& source);

  [[nodiscard]] bool built() const { return built_; }

  /// Shapes here and in `build` have no batch axis.
  [[nodiscard]] virtual Shape output_shape(const Shape& sample_shape) const = 0;

  /// The mask that holds after this layer; empty if there is none.
  [[nodiscard]] virtual TensorView<const bool> compute_mask(const Variable<T>&,
                                                            TensorView<const bool> mask) const {
    return mask;
  }

  /// `GRU`, `Dense`, …; a layer without a name of its own is called after it (`gru`, `dense_1`).
  [[nodiscard]] virtual std::string type_name() const { return "Layer"; }

  /// Class name and options; what JSON cannot hold (a user's lambda) appears as `custom`.
  [[nodiscard]] virtual Config config() const;

  /// An unbuilt layer with the same options.
  [[nodiscard]] virtual std::unique_ptr<Layer> clone() const = 0;

  [[nodiscard]] const std::string& name() const { return name_; }

  /// The layer's place in its model: `gru/gru_cell`.
  [[nodiscard]] const std::string& path() const { return path_; }

  /// Begins the part of the tape that is called after this layer, as every call does. Nothing for
  /// a layer that leaves no trace in paths. The name must outlive what is printed of the tape.
  [[nodiscard]] typename Tape<T>::Scope scope(Tape<T>& tape) const;

  /// Own weights, then those of the children, in the order of their making.
  /// @throws StateError if the layer or a child is not built
  [[nodiscard]] std::vector<Parameter<T>*> weights() const;

  [[nodiscard]] std::size_t count_parameters() const;

  /// Copies of all values, in the order of `weights()`.
  [[nodiscard]] std::vector<Tensor<T>> get_weights() const;

  /// New values for all weights, in the order of `weights()`.
  /// @throws ArgumentError  if their number is wrong; nothing is assigned then
  /// @throws ShapeError     if a shape is wrong; likewise
  void set_weights(std::span<const Tensor<T>> values);

  /// Fixes what inputs may look like; `build` and calls refuse others.
  /// @throws StateError once the layer is built
  void declare_inputs(DeclaredInputs declaration);

  [[nodiscard]] virtual const DeclaredInputs& declared() const { return declared_; }

  /// `build` for the shape that is declared.
  /// @throws StateError if none is, or if it leaves a size open
  void build_from_declared(std::uint64_t seed = 0);

  /// The same with values from elsewhere (`stored_weights` in formats/weights.hpp) instead of those
  /// of initializers and of `.weights`.
  /// @throws whatever `source` throws; the layer is not built then
  void build_from_declared(const WeightSource<T>& source);

  /// The shape of the output for the declared inputs, without running: `[null,20,16]`. For another
  /// shape of inputs: `shape_json(layer.output_shape(sample_shape))`.
  /// @throws StateError if nothing is declared
  [[nodiscard]] std::string output_shape_json() const;

  /// Whether each sample of a batch is treated without regard to the others, their number and
  /// earlier calls, so that a wrapper may fold time into the batch. A layer of another kind
  /// overrides it; the default asks the children.
  [[nodiscard]] virtual bool independent_samples() const;

  /// Whether a call may have `extra_inputs`; others refuse them.
  [[nodiscard]] virtual bool takes_extra_inputs() const { return false; }

  /// Freezes or unfreezes all weights, also before they are made.
  void set_trainable(bool trainable);

  [[nodiscard]] bool trainable() const { return trainable_; }

  /// Zeros the carried states of all stateful layers; the next call may have another batch size.
  void reset_states();

  /// Shows carried states and random streams of this layer and its children.
  void visit_states(StateVisitor<T>& visitor);

  [[nodiscard]] const std::vector<std::unique_ptr<Layer>>& children() const { return children_; }

  /// The usual table: layer, output shape, number of parameters.
  [[nodiscard]] std::string summary() const;

 protected:
  explicit Layer(std::string name = {}) : name_(std::move(name)) {}

  Layer(Layer&&) noexcept = default;
  Layer& operator=(Layer&&) noexcept = default;
  // Compilers show these lines.
  // clang-format off
  Layer(const Layer&) = delete;  // a layer has its weights: pass it on with std::move, make another with clone()
  Layer& operator=(const Layer&) = delete;  // a layer has its weights: pass it on with std::move, make another with clone()
  // clang-format on

  virtual Variable<T> call(const Variable<T>& inputs, const CallOptions<T>& options) = 0;

  /// Calls `add_weight` and `build_child`. Children left unbuilt are built by a trial call.
  virtual void create_weights(const Shape&) {}

  virtual void visit_state(StateVisitor<T>&) {}

  virtual void reset_state() {}

  /// The name of a root that was given none; Sequential's is empty and so leaves no trace in paths.
  [[nodiscard]] virtual std::string root_name() const { return snake_case(type_name()); }

  /// Whether `summary` shows the children instead of the layer itself.
  [[nodiscard]] virtual bool is_model() const { return !children_.empty(); }

  Parameter<T>& add_weight(const WeightSpec<T>& spec);

  /// The weight that `add_weight` would make; for one that is to be owned elsewhere.
  [[nodiscard]] std::unique_ptr<Parameter<T>> make_weight(const WeightSpec<T>& spec) const;

  /// Lists a weight that somebody else owns and that outlives this layer. However many layers share
  /// it, `weights()` of a model has it once.
  Parameter<T>& share_weight(Parameter<T>& weight, const Regularizer& regularizer);

  /// Values that `build` assigns at its end, in the order of `weights()`; empty: none.
  void set_initial_weights(std::vector<Tensor<double>> values) {
    initial_weights_ = std::move(values);
  }

  /// regularizer(weight) for each own trainable weight that has one, as new variables.
  [[nodiscard]] std::vector<Variable<T>> weight_penalties(Tape<T>& tape) const;

  /// Takes ownership; the reference stays valid when this layer moves.
  template <std::derived_from<Layer> L>
  L& add_child(L layer) {
    auto child = std::make_unique<L>(std::move(layer));
    L& reference = *child;
    children_.push_back(std::move(child));
    return reference;
  }

  Layer& add_child(std::unique_ptr<Layer> layer) {
    children_.push_back(std::move(layer));
    return *children_.back();
  }

  /// Builds a child unless it is built already.
  void build_child(Layer& child, const Shape& sample_shape);

  /// The sample shape for a deferred build: the inputs' shape without the batch axis.
  [[nodiscard]] virtual Shape sample_shape_of(const Shape& inputs) const { return inputs.erase(0); }

  /// Builds if needed, and puts the penalties of the weights on the tape, once per pass.
  void prepare(const Variable<T>& inputs);

  /// As `scope`, for public calls beside operator(), which begins it itself.
  [[nodiscard]] typename Tape<T>::Scope scope_unless_called(Tape<T>& tape) const;

  /// Penalties of own and children's trainable weights, once per pass.
  void record_penalties(Tape<T>& tape);

  /// regularizer(output) / N on the tape. @param output [N, ..]
  void record_activity(const Regularizer& regularizer,
                       const Variable<T>& output,
                       std::size_t batch);

  /// @throws ShapeError unless inputs are [N, ..] of this rank with the built number of features
  void check_inputs(const Variable<T>& inputs, std::size_t rank) const;

  /// Who is named in errors: the path, or the type of a layer that has none yet.
  [[nodiscard]] std::string op_name() const { return path_.empty() ? type_name() : path_; }

  /// The stream of random numbers called `name` in this layer.
  [[nodiscard]] Rng random_stream(const std::string& name) const;

  [[nodiscard]] const Shape& sample_shape() const { return sample_shape_; }

  /// Those of `extra_inputs`.
  [[nodiscard]] const std::vector<Shape>& extra_shapes() const { return extra_shapes_; }

 private:
  struct Weight {
    Parameter<T>* parameter;
    std::unique_ptr<Parameter<T>> owned;  // null if the weight is shared
    Regularizer regularizer;
  };

  template <class Use>
  void each_weight_penalty(Tape<T>& tape, Use use) const;
  void check_extra_inputs(std::size_t count) const;
  void take_extra_inputs(std::span<const Variable<T>> extra_inputs);
  void check_declared(const Shape& sample_shape) const;
  void check_batch(const Shape& inputs) const;
  void assign_initial_weights();
  void build_here(const Shape& sample_shape);
  void build_parts(const Shape& sample_shape);
  void forget_source();
  void name_children();
  void trial_call();
  void collect_weights(std::vector<Parameter<T>*>& result) const;
  [[nodiscard]] Tensor<T> first_value(const std::string& path, const WeightSpec<T>& spec) const;
  [[noreturn]] void throw_not_built() const;

  std::string name_;
  std::string path_;
  std::uint64_t seed_ = 0;
  std::unique_ptr<const std::string> scope_name_;  // stays where it is when the layer moves
  Shape sample_shape_;
  std::vector<Shape> extra_shapes_;
  DeclaredInputs declared_;
  std::vector<Tensor<double>> initial_weights_;
  std::vector<Weight> weights_;
  std::vector<std::unique_ptr<Layer>> children_;
  std::uint32_t penalized_pass_ = 0;         // no pass has number 0
  const WeightSource<T>* source_ = nullptr;  // while build_from_declared(source) runs
  bool in_call_ = false;                     // atomic
  bool built_ = false;
  bool attached_ = false;  // a parent has set path and seed
  bool trainable_ = true;
};

/// A layer that is made from options alone: it keeps them, writes them all and makes another layer
/// from them. Each options struct has the options as members (D11) and a function `for_each_option`
/// that lists those of a config (D69): it calls visit(name, members...) with those of one or more
/// structs.
/// @tparam L  the layer itself
template <class L, class Options, class Base>
class LayerWith : public Base {
 public:
  using OptionsType = Options;

  [[nodiscard]] const Options& options() const { return options_; }

  [[nodiscard]] Config config() const override;

  [[nodiscard]] std::unique_ptr<Layer<typename Base::value_type>> clone() const override {
    auto copy = std::make_unique<L>(options_);
    copy->set_trainable(this->trainable());
    return copy;
  }

 protected:
  explicit LayerWith(Options options) : Base(options.name), options_(std::move(options)) {
    if constexpr (requires { options_.trainable; }) {
      this->set_trainable(options_.trainable);
    }
  }

  /// Over a base that takes the options itself. @param op  who is named in errors
  LayerWith(Options options, const std::string& op)
      : Base(options, op), options_(std::move(options)) {}

  Options options_;
};

}  // namespace rondo
