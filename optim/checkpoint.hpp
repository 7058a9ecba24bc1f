/// A training run in a file, so that it can go on exactly where it stood.
///
/// One safetensors file (D17) holds
///
///   gru/gru_cell/kernel                    the weights, under their paths
///   optimizer/adam/m/gru/gru_cell/kernel   what the optimizer keeps beside each of them
///   state/gru/state_0                      carried states of stateful layers
///
/// and, in its metadata, `model` (the config), `optimizer` (its type), `iterations`,
/// `learning_rate` (unless it follows a schedule), `stream/…` (the streams of random numbers of
/// dropout) and `machine` (what decides the last digits of its numbers). A checkpoint of a trainer
/// has besides
///
///   run/epoch, run/batch, run/loader/…     how far the run is
///   run/loss/…, run/metric/…               running sums of the epoch
///   run/history/…                          the epochs so far
///   run/callback/early_stopping/…          what callbacks count
#pragma once

#include <filesystem>
#include <string>

#include "rondo/layers/layer.hpp"
#include "rondo/optim/optimizer.hpp"

namespace rondo {

template <Real T>
class Trainer;

/// Writes or replaces the file; after an error the old one is whole.
/// @throws StateError   if model or optimizer are not built
/// @throws FormatError  if the file cannot be written
template <Real T>
void save_checkpoint(const std::filesystem::path& path, Layer<T>& model, Optimizer<T>& optimizer);

/// The next step is, bit by bit, the one that would have followed the saved one. The model must
/// have the config of the saved one, except for `trainable`, and the optimizer its type; a schedule
/// and other options of the optimizer are those of the given one. What a checkpoint of a trainer
/// has besides is not read.
/// @throws StateError   if model or optimizer are not built
/// @throws FormatError  naming the first difference, or what is wrong with the file; nothing is
///                      assigned then
template <Real T>
void load_checkpoint(const std::filesystem::path& path, Layer<T>& model, Optimizer<T>& optimizer);

/// The same with all that a run of `fit` remembers. For a `Callback`, from after_train_batch and
/// after_epoch.
template <Real T>
void save_checkpoint(const std::filesystem::path& path, Trainer<T>& trainer);

/// For a `Callback`, from `resume`. The run must be the saved one: the same numbers of samples and
/// batches, seed, metrics and callbacks with state; it may have more epochs.
/// @return the `machine_name` of the program that saved
/// @throws as above; model, optimizer, history and callbacks are as before then
template <Real T>
std::string load_checkpoint(const std::filesystem::path& path, Trainer<T>& trainer);

}  // namespace rondo
