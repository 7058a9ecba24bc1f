#include "rondo/optim/callbacks/progress_bar.hpp"

#include <algorithm>
#include <memory>
#include <sstream>
#include <unistd.h>

#include "rondo/core/detail/utf8.hpp"
#include "rondo/optim/callbacks/lambda_callback.hpp"
#include "rondo/optim/sgd.hpp"
#include "rondo/tests/optim/training.hpp"

namespace progress_bar_test {

using namespace rondo;

namespace {

struct Closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

using File = std::unique_ptr<std::FILE, Closer>;

std::string content(std::FILE* file) {
  std::string text;
  std::rewind(file);
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) {
    text += static_cast<char>(c);
  }
  return text;
}

/// Each look at the clock takes `seconds`.
std::function<double()> clock_with_step(double seconds) {
  return [seconds, now = 0.0]() mutable { return now += seconds; };
}

/// Five samples in batches of two, validated on one: losses are 1, since the rate is 0.
void fit(std::size_t epochs, Trainer<float>& trainer, Verbosity verbose = Verbosity::quiet) {
  const auto data = test::ones<float>(6);
  trainer.fit(
      data, {.epochs = epochs, .batch_size = 2, .verbose = verbose, .validation_split = 1.0 / 6.0});
}

struct Run {
  Dense<float> model{{.units = 1, .kernel_initializer = "zeros"}};
  SGD<float> optimizer{{.learning_rate = 0.0}};
  Trainer<float> trainer{model, mean_squared_error<float>, optimizer};
};

/// What a progress bar writes.
std::string written(bool terminal, double seconds, std::size_t epochs) {
  const File file(std::tmpfile());
  Run run;
  run.trainer.add(ProgressBar<float>(
      {.out = file.get(), .terminal = terminal, .clock = clock_with_step(seconds)}));
  fit(epochs, run.trainer);
  return content(file.get());
}

/// The lines that a terminal shows one after another, of two epochs with a slow clock.
std::vector<std::string> shown(std::function<std::size_t()> width, const std::string& metric) {
  const File file(std::tmpfile());
  Run run;
  run.trainer.add(LambdaCallback<float>(
      {.on_epoch_end = [=](auto&, std::size_t, Logs& logs) { logs.set(metric, 1.0 / 3.0); }}));
  run.trainer.add(ProgressBar<float>({.out = file.get(),
                                      .terminal = true,
                                      .clock = clock_with_step(60.0),
                                      .width = std::move(width)}));
  fit(2, run.trainer);
  std::string text = content(file.get());
  std::replace(text.begin(), text.end(), '\n', '\r');
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line, '\r');) {
    if (!line.empty()) {
      lines.push_back(line);
    }
  }
  return lines;
}

/// Of ASCII, and of characters that take three bytes and two columns.
std::size_t columns(const std::string& line) {
  std::size_t bytes = 0;
  for (const char c : line) {
    bytes += (static_cast<unsigned char>(c) & 0x80U) != 0 ? 1 : 0;
  }
  return line.size() - bytes + bytes / 3 * 2;
}

/// What `fit` writes to stderr.
std::string written_to_stderr(Verbosity verbose) {
  const File file(std::tmpfile());
  std::fflush(stderr);
  const int saved = dup(STDERR_FILENO);
  dup2(fileno(file.get()), STDERR_FILENO);
  Run run;
  fit(1, run.trainer, verbose);
  std::fflush(stderr);
  dup2(saved, STDERR_FILENO);
  close(saved);
  return content(file.get());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_progress_bar)

// The clock is read at the start of the epoch, after each of three batches and at the end.
BOOST_AUTO_TEST_CASE(without_a_terminal_there_is_a_line_for_each_epoch) {
  BOOST_TEST(written(false, 1.0, 2) ==
             "Epoch 1/2: 3 batches in 4.0 s, 1.67 samples/s, loss 1, val_loss 1\n"
             "Epoch 2/2: 3 batches in 4.0 s, 1.67 samples/s, loss 1, val_loss 1\n");
}

// 2 samples in 60 s and 2 batches to go, 4 in 120 s and one to go, 5 in 180 s.
BOOST_AUTO_TEST_CASE(on_a_terminal_a_bar_grows_and_a_line_takes_its_place) {
  BOOST_TEST(written(true, 60.0, 1) ==
             "\rEpoch 1/1 [========>               ] 1/3, 0.03 samples/s, 2:00 left, loss 1"
             "\rEpoch 1/1 [================>       ] 2/3, 0.03 samples/s, 1:00 left, loss 1"
             "\rEpoch 1/1 [========================] 3/3, 0.03 samples/s, 0:00 left, loss 1"
             "\rEpoch 1/1: 3 batches in 240.0 s, 0.03 samples/s, loss 1, val_loss 1        \n");
}

// Batches end after 0.04, 0.08, 0.12 s: only the last is a tenth of a second after the start.
BOOST_AUTO_TEST_CASE(the_bar_is_drawn_at_most_ten_times_a_second) {
  BOOST_TEST(written(true, 0.04, 1) ==
             "\rEpoch 1/1 [========================] 3/3, 42 samples/s, 0:00 left, loss 1"
             "\rEpoch 1/1: 3 batches in 0.2 s, 42 samples/s, loss 1, val_loss 1          \n");
  BOOST_TEST(written(true, 0.01, 1) ==
             "\rEpoch 1/1: 3 batches in 0.0 s, 167 samples/s, loss 1, val_loss 1\n");
}

BOOST_AUTO_TEST_CASE(no_line_is_wider_than_the_terminal) {
  for (const std::string metric : {"accuracy", "正確さ正確さ正確さ", ""}) {
    for (std::size_t width = 1; width < 130; ++width) {
      const auto lines = shown([=] { return width; }, metric);
      BOOST_TEST(lines.size() == 8U);
      for (const std::string& line : lines) {
        BOOST_TEST(columns(line) <= std::max<std::size_t>(width - 1, 1), line);
        BOOST_TEST(find_invalid_utf8(line).has_value() == false, line);
      }
    }
  }
}

// The bar gets shorter, then the rate is left out, then the bar, then the time; no part of a value.
BOOST_AUTO_TEST_CASE(a_narrow_terminal_shows_what_matters_most) {
  const auto first = [](std::size_t width) { return shown([=] { return width; }, "m").front(); };
  BOOST_TEST(first(100) ==
             "Epoch 1/2 [========>               ] 1/3, 0.03 samples/s, 2:00 left, loss 1");
  BOOST_TEST(first(70) == "Epoch 1/2 [======>           ] 1/3, 0.03 samples/s, 2:00 left, loss 1");
  BOOST_TEST(first(50) == "Epoch 1/2 [====>         ] 1/3, 2:00 left, loss 1");
  BOOST_TEST(first(40) == "Epoch 1/2 1/3, 2:00 left, loss 1");
  BOOST_TEST(first(24) == "Epoch 1/2 1/3, loss 1");
  BOOST_TEST(first(20) == "Epoch 1/2 1/3");
  const auto last = [](std::size_t width) { return shown([=] { return width; }, "m")[3]; };
  BOOST_TEST(last(100).starts_with(
      "Epoch 1/2: 3 batches in 240.0 s, 0.03 samples/s, loss 1, val_loss 1, m 0.3333"));
  BOOST_TEST(last(70).starts_with("Epoch 1/2: 3 batches in 240.0 s, loss 1, val_loss 1, m 0.3333"));
  BOOST_TEST(last(45).starts_with("Epoch 1/2, loss 1, val_loss 1, m 0.3333"));
  BOOST_TEST(last(30).starts_with("Epoch 1/2, loss 1, val_loss 1"));
}

// Nothing of a longer line stays; what is filled up with blanks is not wider either.
BOOST_AUTO_TEST_CASE(the_width_may_change) {
  std::size_t width = 100;
  std::size_t asked = 100;
  for (const std::string& line : shown([&] { return asked -= 9; }, "m")) {
    width -= 9;
    BOOST_TEST(columns(line) < width);
  }
}

BOOST_AUTO_TEST_CASE(long_times_are_given_in_hours) {
  const std::string text = written(true, 2000.0, 1);
  BOOST_TEST(text.find("1:06:40 left") != std::string::npos, text);
  BOOST_TEST(text.find("33:20 left") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(a_file_is_no_terminal) {
  const File file(std::tmpfile());
  Run run;
  run.trainer.add(ProgressBar<float>({.out = file.get(), .clock = clock_with_step(1.0)}));
  fit(1, run.trainer);
  BOOST_TEST(content(file.get()).find('\r') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(fit_brings_its_own_unless_it_is_to_be_quiet) {
  BOOST_TEST(written_to_stderr(Verbosity::quiet).empty());
  const std::string lines = written_to_stderr(Verbosity::lines);
  BOOST_TEST(lines.starts_with("Epoch 1/1: 3 batches in "), lines);
  BOOST_TEST(lines.ends_with(", loss 1, val_loss 1\n"), lines);
  const std::string automatic = written_to_stderr(Verbosity::automatic);
  BOOST_TEST(automatic.starts_with("Epoch 1/1: 3 batches in "), automatic);
  const std::string bar = written_to_stderr(Verbosity::bar);
  BOOST_TEST(bar.starts_with("\rEpoch 1/1"), bar);
}

BOOST_AUTO_TEST_CASE(one_that_was_added_takes_its_place) {
  const File file(std::tmpfile());
  Run run;
  run.trainer.add(ProgressBar<float>({.out = file.get(), .clock = clock_with_step(1.0)}));
  const File errors(std::tmpfile());
  std::fflush(stderr);
  const int saved = dup(STDERR_FILENO);
  dup2(fileno(errors.get()), STDERR_FILENO);
  fit(1, run.trainer, Verbosity::lines);
  dup2(saved, STDERR_FILENO);
  close(saved);
  BOOST_TEST(content(errors.get()).empty());
  BOOST_TEST(!content(file.get()).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace progress_bar_test
