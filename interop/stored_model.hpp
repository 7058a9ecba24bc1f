/// A model as a file holds it, in either direction: readers make one, writers get one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rondo/core/tensor.hpp"
#include "rondo/formats/safetensors.hpp"

namespace rondo {

/// A tensor with its values, in the element type of the file.
struct StoredWeight {
  /// Where the file has it, for the text of errors: `layers/gru/cell/vars/0`.
  std::string name;
  StoredType type = StoredType::float32;
  Shape shape = {};
  /// Row-major, little-endian, `shape.size() * size_of(type)` of them.
  std::vector<std::byte> bytes = {};

  template <Real T>
  [[nodiscard]] static StoredWeight of(std::string name, TensorView<const T> values);

  /// @throws FormatError for a type that is no floating type, or bytes of another number
  template <Real T>
  [[nodiscard]] Tensor<T> values() const;
};

/// How the tensors that the file's program takes and gives lie beside those of the layers, which
/// have the batch first. Empty: the same.
struct TensorOrder {
  /// Axis i of the layers' tensor is this axis of the program's.
  std::vector<std::size_t> axes = {};
  /// Axes of size 1 that the program's output has beside them, by their places in it.
  std::vector<std::size_t> unit_axes = {};
  /// The program's steps have the opposite order of the layers'.
  bool reversed_time = false;
};

/// How training goes on: what Keras calls the compile configuration, and the optimizer's state.
struct StoredTraining {
  /// JSON for `make_optimizer`; empty: the file names none.
  std::string optimizer = {};
  /// JSON, a name or an object of Keras' form; empty: none.
  std::string loss = {};
  std::uint64_t iterations = 0;
  /// Called after the slot and the weight's place in `Layer::weights()`: `m/0`. Empty: training
  /// begins anew.
  std::vector<StoredWeight> state = {};
};

struct StoredModel {
  /// Of the table of formats: `keras`, `tfjs`, `onnx`, …
  std::string format = {};
  /// Who wrote the file, for people: `Keras 3.15.1`.
  std::string producer = {};
  /// JSON that `make_layer` reads, with every option that differs from rondo's defaults (so
  /// `hard_sigmoid_keras2`, `masked_output`, …), and the shape of the inputs. Empty: the file holds
  /// weights alone.
  std::string config = {};
  /// In the order of `Layer::weights()`, unless they are named by path.
  std::vector<StoredWeight> weights = {};
  /// The weights' names are rondo's paths, and their order does not matter.
  bool named_by_path = false;
  TensorOrder input = {};
  TensorOrder output = {};
  /// Lengths of the sequences, if the file fixes them; each sample's steps behind its length are
  /// masked.
  std::vector<std::size_t> lengths = {};
  std::optional<StoredTraining> training = {};
  /// What was left out or guessed, a line each.
  std::vector<std::string> notes = {};
  /// What rondo's own files hold beside the layers: scaler, vocabulary, run.
  FileMetadata metadata = {};
};

}  // namespace rondo
