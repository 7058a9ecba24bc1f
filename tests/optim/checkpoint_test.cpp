#include "rondo/optim/checkpoint.hpp"

#include <fstream>
#include <sstream>

#include "rondo/formats/safetensors.hpp"
#include "rondo/formats/weights.hpp"
#include "rondo/layers/dropout.hpp"
#include "rondo/layers/recurrent/gru.hpp"
#include "rondo/layers/recurrent/lstm.hpp"
#include "rondo/layers/sequential.hpp"
#include "rondo/optim/adam.hpp"
#include "rondo/optim/sgd.hpp"
#include "rondo/optim/trainer.hpp"
#include "rondo/tests/optim/training.hpp"
#include "rondo/tests/support/temp_folder.hpp"

namespace checkpoint_test {

using namespace rondo;
using boost::test_tools::per_element;
using test::RealTypes;
using test::weights_of;

namespace {

/// Everything that a run remembers: moments, carried states, dropout.
template <Real T>
struct Run {
  Sequential<T> model;
  Adam<T> optimizer{{.amsgrad = true}};

  explicit Run(std::size_t units = 3, Activation activation = "tanh")
      : model(GRU<T>{{.units = units, .activation = activation, .dropout = 0.3, .stateful = true}},
              Dropout<T>{{.rate = 0.3}},
              Dense<T>{{.units = 1}}) {}

  void build(std::uint64_t seed = 0) {
    model.build({3, 2}, seed);
    optimizer.build(model.weights());
  }

  void train(std::size_t first_epoch, std::size_t epochs) {
    const TensorDataset<T> data(test::random_tensor<T>({8, 3, 2}, 1),
                                test::random_tensor<T>({8, 1}, 2));
    Trainer trainer{model, mean_squared_error<T>, optimizer};
    trainer.fit(data,
                {.epochs = epochs,
                 .batch_size = 4,
                 .verbose = Verbosity::quiet,
                 .shuffle = false,
                 .initial_epoch = first_epoch});
  }

  /// Weights and moments.
  std::vector<T> everything() {
    std::vector<T> result = weights_of(model);
    for (const auto& state : optimizer.state()) {
      result.insert(result.end(), state.values.begin(), state.values.end());
    }
    return result;
  }
};

/// The tensors and metadata of a checkpoint, to be written again with changes.
struct Copy {
  std::vector<Tensor<float>> values;
  std::vector<NamedTensor> tensors;
  FileMetadata metadata;

  explicit Copy(const std::filesystem::path& path) {
    SafetensorsFile file = SafetensorsFile::open(path);
    metadata = file.metadata();
    values.reserve(file.tensors().size());
    for (const StoredTensor& tensor : file.tensors()) {
      values.emplace_back(tensor.shape);
      file.read(tensor.name, values.back().view());
      tensors.emplace_back(tensor.name, values.back().view());
    }
  }

  NamedTensor& find(const std::string& name) {
    for (NamedTensor& tensor : tensors) {
      if (tensor.name == name) {
        return tensor;
      }
    }
    throw std::runtime_error("no tensor " + name);
  }
};

/// A checkpoint of a trained model, and one run that must stay as it is when loading fails.
struct Fixture {
  test::TempFolder folder;
  std::filesystem::path path = folder / "run.safetensors";
  Run<float> run;

  Fixture() {
    Run<float> saved;
    saved.build(1);
    saved.train(0, 1);
    save_checkpoint(path, saved.model, saved.optimizer);
    run.build(2);
    run.train(0, 2);
  }

  /// Loading is refused with this problem, and nothing has changed.
  void check_refused(const std::string& problem) {
    const auto before = run.everything();
    RONDO_CHECK_THROWS(load_checkpoint(path, run.model, run.optimizer),
                       FormatError,
                       "[checkpoint] " + path.string() + ": " + problem);
    BOOST_TEST(run.everything() == before, per_element());
    BOOST_TEST(run.optimizer.iterations() == 4U);
  }

  template <class Change>
  void rewrite(Change change) {
    Copy copy(path);
    change(copy);
    write_safetensors(path, copy.tensors, copy.metadata);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_checkpoint)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_run_goes_on_bit_by_bit, T, RealTypes) {
  const test::TempFolder folder;
  Run<T> whole;
  whole.build(7);
  whole.train(0, 3);
  save_checkpoint(folder / "run.safetensors", whole.model, whole.optimizer);
  whole.train(3, 5);

  Run<T> resumed;
  resumed.build(99);
  load_checkpoint(folder / "run.safetensors", resumed.model, resumed.optimizer);
  BOOST_TEST(resumed.optimizer.iterations() == 6U);
  resumed.train(3, 5);
  BOOST_TEST(resumed.everything() == whole.everything(), per_element());
}

BOOST_AUTO_TEST_CASE(the_file_names_all_parts) {
  const Fixture f;
  const Copy copy(f.path);
  std::vector<std::string> names;
  for (const NamedTensor& tensor : copy.tensors) {
    names.push_back(tensor.name);
  }
  const std::vector<std::string> first{"gru/gru_cell/kernel",
                                       "gru/gru_cell/recurrent_kernel",
                                       "gru/gru_cell/bias",
                                       "dense/kernel",
                                       "dense/bias",
                                       "optimizer/adam/m/gru/gru_cell/kernel"};
  BOOST_REQUIRE(names.size() == 5U + 3U * 5U + 1U);
  BOOST_TEST(std::vector(names.begin(), names.begin() + 6) == first, per_element());
  BOOST_TEST(names.back() == "state/gru/state_0");
  BOOST_TEST(copy.metadata.at("optimizer") == "Adam");
  BOOST_TEST(copy.metadata.at("iterations") == "2");
  BOOST_TEST(copy.metadata.at("learning_rate") == "0.001");
  BOOST_TEST(copy.metadata.contains("stream/dropout/dropout"));
}

BOOST_AUTO_TEST_CASE(a_rate_that_was_set_comes_back_but_a_schedule_is_the_callers) {
  const test::TempFolder folder;
  Dense<float> model{{.units = 1}};
  model.build({2});
  SGD<float> saved;
  saved.build(model.weights());
  saved.set_learning_rate(0.1);
  save_checkpoint(folder / "run", model, saved);
  SGD<float> fixed;
  fixed.build(model.weights());
  load_checkpoint(folder / "run", model, fixed);
  BOOST_TEST(fixed.learning_rate() == 0.1);
  SGD<float> scheduled({.learning_rate = [](std::uint64_t) { return 0.7; }});
  scheduled.build(model.weights());
  load_checkpoint(folder / "run", model, scheduled);
  BOOST_TEST(scheduled.learning_rate() == 0.7);
  save_checkpoint(folder / "run", model, scheduled);
  load_checkpoint(folder / "run", model, fixed);
  BOOST_TEST(fixed.learning_rate() == 0.1);
}

BOOST_AUTO_TEST_CASE(frozen_weights_are_no_other_model) {
  Fixture f;
  f.run.model.set_trainable(false);
  load_checkpoint(f.path, f.run.model, f.run.optimizer);
  BOOST_TEST(f.run.optimizer.iterations() == 2U);
}

BOOST_AUTO_TEST_CASE(both_must_be_built) {
  const test::TempFolder folder;
  Run<float> run;
  RONDO_CHECK_THROWS(save_checkpoint(folder / "run", run.model, run.optimizer),
                     StateError,
                     "[sequential] not built: call build(sample_shape) or the layer itself first");
  run.model.build({3, 2});
  const std::string text = "[Adam] not built: call build(model.weights()) first";
  RONDO_CHECK_THROWS(save_checkpoint(folder / "run", run.model, run.optimizer), StateError, text);
  RONDO_CHECK_THROWS(load_checkpoint(folder / "run", run.model, run.optimizer), StateError, text);
}

// ---- other models ----

BOOST_AUTO_TEST_CASE(another_size_is_refused) {
  Fixture f;
  Run<float> other(4);
  other.build();
  RONDO_CHECK_THROWS(load_checkpoint(f.path, other.model, other.optimizer),
                     FormatError,
                     "[checkpoint] " + f.path.string() +
                         ": holds another model: /config/layers/0/config/units is 3 there, 4 here");
}

BOOST_AUTO_TEST_CASE(another_activation_is_refused_though_all_shapes_fit) {
  Fixture f;
  Run<float> other(3, "relu");
  other.build();
  RONDO_CHECK_THROWS(load_checkpoint(f.path, other.model, other.optimizer),
                     FormatError,
                     "[checkpoint] " + f.path.string() +
                         ": holds another model: /config/layers/0/config/activation is \"tanh\" "
                         "there, \"relu\" here");
}

BOOST_AUTO_TEST_CASE(a_missing_layer_is_refused) {
  Fixture f;
  Sequential model{GRU{{.units = 3, .dropout = 0.3, .stateful = true}}, Dropout{{.rate = 0.3}}};
  model.build({3, 2});
  Adam optimizer{{.amsgrad = true}};
  optimizer.build(model.weights());
  BOOST_CHECK_EXCEPTION(
      load_checkpoint(f.path, model, optimizer), FormatError, [](const FormatError& error) {
        BOOST_TEST_MESSAGE(error.what());
        return std::string(error.what()).find("holds another model: /config/layers/2 is {") !=
               std::string::npos;
      });
}

BOOST_AUTO_TEST_CASE(other_inputs_are_refused) {
  Fixture f;
  Run<float> other;
  other.model.build({3, 5});
  other.optimizer.build(other.model.weights());
  RONDO_CHECK_THROWS(load_checkpoint(f.path, other.model, other.optimizer),
                     FormatError,
                     "[checkpoint] " + f.path.string() +
                         ": \"gru/gru_cell/kernel\" has shape (2, 9) there, (5, 9) here");
}

BOOST_AUTO_TEST_CASE(another_optimizer_is_refused) {
  Fixture f;
  SGD<float> sgd;
  sgd.build(f.run.model.weights());
  RONDO_CHECK_THROWS(load_checkpoint(f.path, f.run.model, sgd),
                     FormatError,
                     "[checkpoint] " + f.path.string() +
                         ": holds the state of another optimizer: \"Adam\" there, \"SGD\" here");
  Adam<float> plain;
  plain.build(f.run.model.weights());
  RONDO_CHECK_THROWS(load_checkpoint(f.path, f.run.model, plain),
                     FormatError,
                     "[checkpoint] " + f.path.string() +
                         ": holds \"optimizer/adam/v_hat/gru/gru_cell/kernel\", which neither the "
                         "model nor the optimizer has");
}

BOOST_AUTO_TEST_CASE(another_precision_is_refused) {
  Fixture f;
  Run<double> other;
  other.build();
  RONDO_CHECK_THROWS(
      load_checkpoint(f.path, other.model, other.optimizer),
      FormatError,
      "[checkpoint] " + f.path.string() +
          ": holds another model: /config/dtype is \"float32\" there, \"float64\" here");
}

// ---- damaged files ----

BOOST_AUTO_TEST_CASE(a_file_of_weights_is_no_checkpoint) {
  Fixture f;
  save_weights(f.path, f.run.model.weights());
  f.check_refused("has no \"format\" in its metadata");
  f.rewrite([](Copy& copy) { copy.metadata["format"] = "rondo checkpoint 0"; });
  f.check_refused("is no checkpoint of this version");
}

BOOST_AUTO_TEST_CASE(a_missing_tensor_is_named) {
  Fixture f;
  f.rewrite([](Copy& copy) { copy.find("optimizer/adam/v/dense/bias").name = "other"; });
  f.check_refused("has no tensor \"optimizer/adam/v/dense/bias\"");
}

BOOST_AUTO_TEST_CASE(a_tensor_too_many_is_named) {
  Fixture f;
  f.rewrite([](Copy& copy) {
    copy.tensors.push_back(copy.tensors.front());
    copy.tensors.back().name = "other\nweight";
  });
  f.check_refused("holds \"other\\nweight\", which neither the model nor the optimizer has");
}

BOOST_AUTO_TEST_CASE(damaged_metadata_is_named) {
  Fixture f;
  f.rewrite([](Copy& copy) { copy.metadata["iterations"] = "-1"; });
  f.check_refused("\"iterations\" is not a number: \"-1\"");
  f.rewrite([](Copy& copy) { copy.metadata["iterations"] = "18446744073709551615"; });
  f.check_refused("has 18446744073709551615 iterations, at most 9007199254740992 can be");
  f.rewrite([](Copy& copy) {
    copy.metadata["iterations"] = "1";
    copy.metadata["learning_rate"] = "nan";
  });
  f.check_refused("has the learning rate nan");
  f.rewrite([](Copy& copy) {
    copy.metadata["learning_rate"] = "1";
    copy.metadata["stream/other"] = "1";
  });
  f.check_refused("holds \"stream/other\", which the model does not have");
  f.rewrite([](Copy& copy) { copy.metadata["model"] = "{"; });
  f.check_refused("the config of its model is not JSON");
}

BOOST_AUTO_TEST_CASE(a_damaged_stream_changes_nothing) {
  Fixture f;
  f.rewrite([](Copy& copy) { copy.metadata["stream/dropout/dropout"] = "1 2 3"; });
  const auto before = f.run.everything();
  RONDO_CHECK_THROWS(load_checkpoint(f.path, f.run.model, f.run.optimizer),
                     FormatError,
                     "[checkpoint] " + f.path.string() +
                         ": \"stream/dropout/dropout\" is not the state of a generator");
  BOOST_TEST(f.run.everything() == before, per_element());
}

BOOST_AUTO_TEST_CASE(a_carried_state_of_another_shape_is_refused) {
  const std::string name = "state/gru/state_0";
  for (const Shape& shape :
       {Shape{1000}, Shape{}, Shape{4, 2}, Shape{4, 3, 1}, Shape{0, 3}, Shape{4, 0}}) {
    Fixture f;
    const auto wrong = Tensor<float>::zeros(shape);
    f.rewrite([&](Copy& copy) { copy.find(name) = NamedTensor(name, wrong.view()); });
    f.check_refused("\"" + name + "\" has shape " + to_string(shape) + " there, (N, 3) here");
  }
}

BOOST_AUTO_TEST_CASE(a_carried_state_may_have_another_batch_or_none) {
  const std::string name = "state/gru/state_0";
  for (const Shape& shape : {Shape{0}, Shape{1, 3}, Shape{9, 3}}) {
    Fixture f;
    const auto other = Tensor<float>::full(shape, 0.5F);
    f.rewrite([&](Copy& copy) { copy.find(name) = NamedTensor(name, other.view()); });
    load_checkpoint(f.path, f.run.model, f.run.optimizer);
    auto& gru = dynamic_cast<GRU<float>&>(*f.run.model.children()[0]);
    BOOST_CHECK_THROW(gru.reset_sample_states(shape == Shape{0} ? 0 : shape[0]), Error);
  }
}

// (3, 2) of one state and (4, 2) of the other would be read in one loop over samples.
BOOST_AUTO_TEST_CASE(the_states_of_a_layer_have_one_batch) {
  const test::TempFolder folder;
  LSTM<float> model({.units = 2, .stateful = true});
  model.build({3, 1});
  SGD<float> optimizer;
  optimizer.build(model.weights());
  Tape<float> tape;
  model(tape.constant(Tensor<float>::zeros({3, 3, 1})));
  save_checkpoint(folder / "a", model, optimizer);
  Copy copy(folder / "a");
  const auto four = Tensor<float>::zeros({4, 2});
  copy.find("state/lstm/state_1") = NamedTensor("state/lstm/state_1", four.view());
  write_safetensors(folder / "a", copy.tensors, copy.metadata);
  RONDO_CHECK_THROWS(load_checkpoint(folder / "a", model, optimizer),
                     FormatError,
                     "[checkpoint] " + (folder / "a").string() +
                         ": \"state/lstm/state_1\" has a batch of 4, another state of its layer "
                         "one of 3");
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_an_error) {
  Fixture f;
  RONDO_CHECK_THROWS(load_checkpoint(f.folder / "none", f.run.model, f.run.optimizer),
                     FormatError,
                     "[safetensors] " + (f.folder / "none").string() +
                         ": cannot be opened: No such file or directory");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace checkpoint_test
