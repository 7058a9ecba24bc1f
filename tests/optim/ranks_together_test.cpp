// Ranks that fail, differ or ask for what cannot be; what each of them reads, and how a run goes on with others.
#include <array>
#include <functional>
#include <limits>

#include "rondo/distributed/distributed.hpp"
#include "rondo/layers/dropout.hpp"
#include "rondo/layers/recurrent/gru.hpp"
#include "rondo/layers/sequential.hpp"
#include "rondo/optim/adam.hpp"
#include "rondo/optim/callbacks/backup_and_restore.hpp"
#include "rondo/optim/callbacks/early_stopping.hpp"
#include "rondo/optim/callbacks/lambda_callback.hpp"
#include "rondo/optim/callbacks/model_checkpoint.hpp"
#include "rondo/optim/callbacks/terminate_on_nan.hpp"
#include "rondo/optim/metrics/metrics.hpp"
#include "rondo/optim/sgd.hpp"
#include "rondo/tests/optim/training.hpp"
#include "rondo/tests/support/temp_folder.hpp"

namespace ranks_together_test {

using namespace rondo;
using boost::test_tools::per_element;
using test::weights_of;

namespace {

template <class Work>
std::string error_of(std::size_t ranks, Work work) {
  try {
    run_on_threads(ranks, work);
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

/// Counts who asks for samples.
class CountingData : public Dataset<float> {
 public:
  explicit CountingData(std::size_t size) : data_(test::line<float>(size)), asked(size) {}

  [[nodiscard]] std::size_t size() const override { return data_.size(); }

  [[nodiscard]] const SampleLayout& layout() const override { return data_.layout(); }

  void copy_sample(std::size_t index, const SampleSlot<float>& slot) const override {
    data_.copy_sample(index, slot);
    ++asked[index];
  }

 private:
  TensorDataset<float> data_;

 public:
  mutable std::vector<int> asked;
};

/// The end of a run of 6 epochs with 4 batches each, on so many ranks, which stops after the batch
/// `last`, counted over all; it goes on from a backup if there is one.
std::vector<float> run_part(std::size_t count, const std::filesystem::path& folder, int last) {
  std::vector<std::vector<float>> found(count);
  run_on_threads(count, [&](Communicator& ranks) {
    const TensorDataset<float> data(test::random_tensor<float>({40, 4, 2}, 1),
                                    test::random_tensor<float>({40, 4, 1}, 2));
    Sequential<float> model{
        GRU<float>{{.units = 3, .dropout = 0.2, .return_sequences = true, .stateful = true}},
        Dropout<float>{{.rate = 0.3}},
        Dense<float>{{.units = 1}}};
    Adam<float> optimizer{{.learning_rate = 0.05, .use_ema = true}};
    Trainer<float> trainer(model, mean_squared_error<float>, optimizer);
    trainer.add_metric(R2Score<float>());
    trainer.add(EarlyStopping<float>(
        {.monitor = "val_loss", .patience = 100, .restore_best_weights = true}));
    trainer.add(ModelCheckpoint<float>({.path = (folder / "best.safetensors").string(),
                                        .monitor = "val_loss",
                                        .save_best_only = true}));
    std::FILE* const quiet = std::fopen("/dev/null", "w");
    trainer.add(
        BackupAndRestore<float>({.backup_dir = folder / "backup", .save_freq = 1, .out = quiet}));
    int batch = 0;
    trainer.add(LambdaCallback<float>({.on_train_batch_begin = [&](auto& t, std::size_t i) {
      batch = static_cast<int>(4 * t.progress().epoch + i);
      if (batch == last) {
        throw std::runtime_error("lost");
      }
    }}));
    try {
      trainer.fit(data,
                  {.epochs = 6,
                   .batch_size = 8,
                   .verbose = Verbosity::quiet,
                   .validation_split = 0.2,
                   .shuffle = false,
                   .communicator = &ranks});
    } catch (const std::exception&) {
    }
    std::fclose(quiet);
    found[ranks.rank()] = weights_of(model);
  });
  return found[0];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_ranks_together)

BOOST_AUTO_TEST_CASE(a_rank_reads_only_the_samples_of_its_shards) {
  constexpr std::size_t samples = 32;
  std::array<std::vector<int>, 4> asked;
  run_on_threads(4, [&](Communicator& ranks) {
    const CountingData data(samples);
    Dense<float> model{{.units = 1}};
    SGD<float> optimizer({.learning_rate = 0.01});
    Trainer<float> trainer(model, mean_squared_error<float>, optimizer);
    trainer.fit(data,
                {.epochs = 3,
                 .batch_size = samples,
                 .verbose = Verbosity::quiet,
                 .shuffle = false,
                 .communicator = &ranks});
    asked[ranks.rank()] = data.asked;
  });
  for (std::size_t rank = 0; rank < 4; ++rank) {
    for (std::size_t sample = 0; sample < samples; ++sample) {
      BOOST_TEST(asked[rank][sample] == (sample / 8 == rank ? 3 : 0));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_loss_that_is_not_finite_ends_all_ranks_with_the_weights_from_before) {
  auto inputs = test::random_tensor<float>({32, 2}, 1);
  inputs.data()[2 * 30] = std::numeric_limits<float>::infinity();  // a sample of the last rank
  const TensorDataset<float> data(std::move(inputs), test::random_tensor<float>({32, 1}, 2));
  std::array<std::vector<float>, 4> before, after;
  std::FILE* const out = std::tmpfile();
  run_on_threads(4, [&](Communicator& ranks) {
    Dense<float> model{{.units = 1}};
    model.build({2}, 1);
    before[ranks.rank()] = weights_of(model);
    SGD<float> optimizer({.learning_rate = 0.01});
    Trainer<float> trainer(model, mean_squared_error<float>, optimizer);
    trainer.add(TerminateOnNaN<float>({.out = out}));
    trainer.fit(data,
                {.epochs = 3,
                 .batch_size = 32,
                 .verbose = Verbosity::quiet,
                 .shuffle = false,
                 .communicator = &ranks});
    after[ranks.rank()] = weights_of(model);
  });
  for (std::size_t rank = 0; rank < 4; ++rank) {
    BOOST_TEST(after[rank] == before[0], per_element());
  }
  std::rewind(out);
  std::string text(1000, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), out));
  std::fclose(out);
  BOOST_TEST(text.find("the loss is inf in epoch 1, batch 1 (from 1)") != std::string::npos);
  BOOST_TEST(text.find("none of the tape") == std::string::npos);
  BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 1);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_is_refused) {
  const auto data = test::line<float>(20);
  const auto fit = [&](FitOptions<float> options) {
    Dense<float> model{{.units = 1}};
    SGD<float> optimizer({.learning_rate = 0.01});
    Trainer<float> trainer(model, mean_squared_error<float>, optimizer);
    options.verbose = Verbosity::quiet;
    trainer.fit(data, options);
  };
  RONDO_CHECK_THROWS(fit({.shards = 0}), ArgumentError, "[Trainer] shards must be positive, got 0");
  RONDO_CHECK_THROWS(fit({.batch_size = 4, .shards = 8}),
                     ArgumentError,
                     "[Trainer] a batch of 4 cannot be cut in 8 shards: set a larger batch_size or "
                     "fewer shards");
  RONDO_CHECK_THROWS(fit({.shards = 21}),
                     ArgumentError,
                     "[Trainer] a batch of 20 cannot be cut in 21 shards: set a larger batch_size "
                     "or fewer shards");
  RONDO_CHECK_THROWS(fit({.sum_order = SumOrder::any}),
                     ArgumentError,
                     "[Trainer] sum_order any needs a communicator");
  SingleProcess alone;
  RONDO_CHECK_THROWS(
      fit({.communicator = &alone, .shards = 2, .sum_order = SumOrder::any}),
      ArgumentError,
      "[Trainer] sum_order any and shards exclude one another: each rank has one part then");
  RONDO_CHECK_THROWS(
      run_on_threads(4, [&](Communicator& r) { fit({.communicator = &r, .shards = 3}); }),
      ArgumentError,
      "[Trainer] 3 shards do not go round 4 ranks: start 3 ranks at most, set more shards, or "
      "sum_order to any");
}

BOOST_AUTO_TEST_CASE(ranks_that_differ_do_not_begin) {
  const auto differ =
      [&](const std::function<void(FitOptions<float>&, SGDOptions&, std::size_t&)>& change) {
        return error_of(3, [&](Communicator& ranks) {
          FitOptions<float> options{.verbose = Verbosity::quiet, .communicator = &ranks};
          SGDOptions sgd{.learning_rate = 0.01};
          std::size_t samples = 32;
          if (ranks.rank() == 1) {
            change(options, sgd, samples);
          }
          const auto data = test::line<float>(samples);
          Dense<float> model{{.units = 1}};
          SGD<float> optimizer(sgd);
          Trainer<float> trainer(model, mean_squared_error<float>, optimizer);
          trainer.fit(data, options);
        });
      };
  const auto text = [](const std::string& difference) {
    return "[ranks] rank 1 of 3 has " + difference +
           ": start all ranks with the same program, options and data";
  };
  BOOST_TEST(differ([](auto& o, auto&, auto&) { o.batch_size = 16; }) ==
             text("batch_size 16, rank 0 has 32"));
  BOOST_TEST(differ([](auto& o, auto&, auto&) { o.epochs = 2; }) ==
             text("epochs 0 to 2, rank 0 has 0 to 1"));
  BOOST_TEST(differ([](auto& o, auto&, auto&) { o.shards = 4; }) == text("shards 4, rank 0 has 8"));
  BOOST_TEST(differ([](auto&, auto& o, auto&) { o.learning_rate = 0.02; }) ==
             text("optimizer/config/learning_rate 0.02, rank 0 has 0.01"));
  BOOST_TEST(differ([](auto&, auto&, auto& n) { n = 33; }) == text("samples 33, rank 0 has 32"));
  BOOST_TEST(differ([](auto& o, auto&, auto&) { o.epochs = 0; }) ==
             "[ranks] rank 1 of 3: [Trainer] epochs must be positive, got 0");
}

BOOST_AUTO_TEST_CASE(a_rank_that_fails_in_a_step_ends_all) {
  const auto data = test::line<float>(64);
  const std::string text = error_of(4, [&](Communicator& ranks) {
    Dense<float> model{{.units = 1}};
    SGD<float> optimizer({.learning_rate = 0.01});
    Trainer<float> trainer(model, mean_squared_error<float>, optimizer);
    trainer.add(LambdaCallback<float>({.on_train_batch_end = [&](auto&, std::size_t batch, auto&) {
      if (ranks.rank() == 3 && batch == 1) {
        throw std::runtime_error("out of memory");
      }
    }}));
    trainer.fit(data, {.epochs = 5, .verbose = Verbosity::quiet, .communicator = &ranks});
  });
  BOOST_TEST(text == "[ranks] rank 3 of 4: out of memory");
}

BOOST_AUTO_TEST_CASE(a_rank_that_ends_its_run_alone_is_an_error) {
  const auto data = test::line<float>(64);
  const std::string text = error_of(4, [&](Communicator& ranks) {
    Dense<float> model{{.units = 1}};
    SGD<float> optimizer({.learning_rate = 0.01});
    Trainer<float> trainer(model, mean_squared_error<float>, optimizer);
    trainer.add(LambdaCallback<float>({.on_epoch_end = [&](auto& t, std::size_t epoch, auto&) {
      if (ranks.rank() == 3 && epoch == 1) {
        t.stop();
      }
    }}));
    trainer.fit(data, {.epochs = 5, .verbose = Verbosity::quiet, .communicator = &ranks});
  });
  BOOST_TEST(text.find("the ranks do not make the same calls") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(a_run_goes_on_with_another_number_of_ranks) {
  const test::TempFolder whole;
  const std::vector<float> expected = run_part(1, whole.path(), -1);
  for (const int lost : {1, 9, 16}) {
    const test::TempFolder folder;
    run_part(4, folder.path(), lost);
    BOOST_TEST(std::filesystem::exists(folder / "backup" / "training.safetensors"));
    run_part(2, folder.path(), lost + 3);
    BOOST_TEST(run_part(3, folder.path(), -1) == expected, per_element());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ranks_together_test
