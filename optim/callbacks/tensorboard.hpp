/// Writes a run for TensorBoard. An optional part: it needs protobuf, and programs that use it link
/// `rondo::tensorboard`.
#pragma once

#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "rondo/optim/callback.hpp"

namespace rondo {

class EventFile;

struct TensorBoardOptions {
  std::filesystem::path log_dir = "logs";
  /// Epochs between two histograms of the weights; 0: none.
  std::size_t histogram_freq = 0;
  /// Batches between two writings of `batch_loss` and metrics; none: only the epochs' values.
  std::optional<std::size_t> update_freq = {};
  /// With histogram_freq: histograms of the last batch's gradients too, as `<weight>/gradient`.
  bool write_grads = false;
  /// Seconds since 1970; none: the system's clock.
  std::function<double()> clock = {};
  /// Gets the message that nothing more can be written; stays open.
  std::FILE* out = stderr;
};

/// The files, names and steps of Keras: below `<log_dir>/train` `epoch_loss`,
/// `epoch_learning_rate`, `batch_loss` and `<weight>/histogram`, below `<log_dir>/validation`
/// `epoch_loss` and, over the optimizer's steps, `evaluation_loss_vs_iterations`; metrics likewise.
/// Writing a batch's values takes heap memory. If a folder or file cannot be written, that is reported
/// in a line, training goes on, and the rest of the run is not written.
template <Real T = float>
class TensorBoard : public Callback<T> {
 public:
  /// @throws ArgumentError for options out of range
  explicit TensorBoard(TensorBoardOptions options = {});  // is an option misspelt?
  TensorBoard(TensorBoard&&) noexcept;
  TensorBoard& operator=(TensorBoard&&) noexcept;
  ~TensorBoard() override;

  void on_train_begin(Trainer<T>& trainer) override;
  void on_train_batch_end(Trainer<T>& trainer, std::size_t batch, const Logs& logs) override;
  void on_test_end(Trainer<T>& trainer, const Logs& logs) override;
  void on_epoch_end(Trainer<T>& trainer, std::size_t epoch, Logs& logs) override;
  void release() override;
  void visit_state(RunStateVisitor<T>& visitor) override;

  [[nodiscard]] std::string state_name() const override { return "tensorboard"; }

  [[nodiscard]] bool only_writes() const override { return true; }

 private:
  template <class Write>
  void record(Write write);
  void write_epoch(Trainer<T>& trainer, std::size_t epoch, const Logs& logs);
  void write_histograms(Trainer<T>& trainer, std::size_t epoch);
  EventFile& validation();

  TensorBoardOptions options_;
  std::unique_ptr<EventFile> train_;
  std::unique_ptr<EventFile> validation_;
  std::uint64_t batches_ = 0;  // of all epochs
  bool failed_ = false;
};

}  // namespace rondo
