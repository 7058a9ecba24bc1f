#include "rondo/optim/callbacks/tensorboard.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "rondo/layers/sequential.hpp"
#include "rondo/optim/detail/event_file.hpp"
#include "rondo/optim/sgd.hpp"
#include "rondo/tests/optim/training.hpp"
#include "rondo/tests/support/file_size_limit.hpp"
#include "rondo/tests/support/temp_folder.hpp"

namespace tensorboard_test {

using namespace rondo;
using boost::test_tools::per_element;
namespace fs = std::filesystem;

namespace {

std::string content(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

fs::path only_file(const fs::path& folder) {
  const fs::directory_iterator first(folder);
  BOOST_REQUIRE(std::distance(fs::directory_iterator(folder), {}) == 1);
  return first->path();
}

/// The events of a file; both checksums of each record are right.
std::vector<std::string> events(const std::string& file) {
  std::vector<std::string> result;
  for (std::size_t at = 0; at < file.size();) {
    std::uint64_t length = 0;
    std::memcpy(&length, file.data() + at, sizeof(length));
    result.push_back(file.substr(at + 12, length));
    BOOST_REQUIRE(file.substr(at, length + 16) == tf_record(result.back()));
    at += length + 16;
  }
  return result;
}

/// The first field of an event.
double wall_time(const std::string& event) {
  double time = 0.0;
  BOOST_REQUIRE(event[0] == '\x09');
  std::memcpy(&time, event.data() + 1, sizeof(time));
  return time;
}

/// How many events have this tag.
std::size_t count(const std::vector<std::string>& all, const std::string& tag) {
  const std::string field = std::string("\x0a") + static_cast<char>(tag.size()) + tag;
  std::size_t found = 0;
  for (const std::string& event : all) {
    found += event.find(field) != event.npos ? 1 : 0;
  }
  return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_tensorboard)

// Check value of CRC-32C (RFC 3720): e3069283 for "123456789".
BOOST_AUTO_TEST_CASE(the_checksum_is_that_of_tfrecord_files) {
  constexpr std::uint32_t crc = 0xe3069283U;
  BOOST_TEST(masked_crc32c("123456789") == (crc >> 15 | crc << 17) + 0xa282ead8U);
}

// The file was written by TensorFlow 2.21 (make.py); it names another writer in its first event.
BOOST_AUTO_TEST_CASE(events_are_those_of_tensorflow_byte_by_byte) {
  const auto expected = events(content("tests/optim/tensorboard/tensorflow.tfevents"));
  BOOST_REQUIRE(expected.size() == 5U);
  std::vector<double> times;
  for (const std::string& event : expected) {
    times.push_back(wall_time(event));
  }
  const test::TempFolder folder;
  EventFile file(folder.path(), [&, i = std::size_t{0}]() mutable { return times[i++]; });
  file.scalar("epoch_loss", 0, 0.75F);
  file.scalar("epoch_loss", 300, std::numeric_limits<float>::quiet_NaN());
  file.histogram("dense/kernel/histogram", 1, std::array{0.5, -1.0, 2.0, 0.25, -0.125, 1.0});
  file.histogram("dense/bias/histogram", 1, std::array{3.0, 3.0});
  file.flush();
  const auto found = events(content(file.path()));
  BOOST_REQUIRE(found.size() == expected.size());
  for (std::size_t i = 1; i < found.size(); ++i) {
    BOOST_TEST((found[i] == expected[i]), "event " << i << " differs");
  }
  BOOST_TEST(found[0].substr(0, 25) == expected[0].substr(0, 25));
  BOOST_TEST(file.path().filename().string().starts_with(
      fmt::format("events.out.tfevents.{}.", static_cast<long>(times[0]))));
}

BOOST_AUTO_TEST_CASE(histograms_without_finite_values_do_not_crash) {
  const std::vector<double> zeros(90, 0.0);
  BOOST_TEST(histogram_buckets({}) == zeros, per_element());
  constexpr double inf = std::numeric_limits<double>::infinity();
  BOOST_TEST(histogram_buckets(std::array{inf, -inf, std::nan("")}) == zeros, per_element());
}

// A NaN compares with nothing: the smallest value need not be found behind it.
BOOST_AUTO_TEST_CASE(values_that_are_not_finite_are_left_out_of_histograms) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  const auto expected = histogram_buckets(std::array{1.0, 2.0, 0.99});
  BOOST_TEST(histogram_buckets(std::array{1.0, 2.0, std::nan(""), 0.99}) == expected,
             per_element());
  BOOST_TEST(histogram_buckets(std::array{-inf, 1.0, 2.0, inf, 0.99}) == expected, per_element());
  BOOST_TEST(expected[0] == 0.99);
  BOOST_TEST(expected[2] == 2.0);
  BOOST_TEST(expected[89] == 1.0);
}

// Their difference overflows: a thirtieth of it is ⅟₁₅ of the largest number.
BOOST_AUTO_TEST_CASE(histograms_reach_from_end_to_end_of_the_numbers) {
  constexpr double most = std::numeric_limits<double>::max();
  const auto rows = histogram_buckets(std::array{-most, -most, 0.0, most});
  BOOST_TEST(rows[0] == -most);
  BOOST_TEST(std::abs(rows[1] / most + 14.0 / 15.0) < 1e-15);
  BOOST_TEST(rows[2] == 2.0);
  BOOST_TEST(rows[3 * 14 + 2] + rows[3 * 15 + 2] == 1.0);  // 0 is the edge between them
  BOOST_TEST(rows[88] == most);
  BOOST_TEST(rows[89] == 1.0);
}

// Two epochs of three batches; names, folders and steps as real Keras writes them.
BOOST_AUTO_TEST_CASE(a_run_is_written_under_the_names_of_keras) {
  const test::TempFolder folder;
  const char* const kept = std::getenv("RONDO_TENSORBOARD_DIR");
  const fs::path logs = kept != nullptr ? fs::path(kept) : folder / "logs";
  const auto data = test::line<float>(6);
  Sequential model{Dense{{.units = 1}}};
  SGD optimizer;
  Trainer trainer{model, mean_squared_error<float>, optimizer};
  trainer.add(TensorBoard<float>(
      {.log_dir = logs, .histogram_freq = 1, .update_freq = 2, .write_grads = true}));
  trainer.fit(
      data, {.epochs = 2, .batch_size = 2, .verbose = Verbosity::quiet, .validation_data = &data});
  const auto train = events(content(only_file(logs / "train")));
  BOOST_TEST(train.size() == 1U + 3U + 2U * 2U + 2U * 4U);
  BOOST_TEST(count(train, "batch_loss") == 3U);
  for (const char* const tag : {"epoch_loss",
                                "epoch_learning_rate",
                                "dense/kernel/histogram",
                                "dense/bias/histogram",
                                "dense/kernel/gradient",
                                "dense/bias/gradient"}) {
    BOOST_TEST(count(train, tag) == 2U, tag);
  }
  const auto validation = events(content(only_file(logs / "validation")));
  BOOST_TEST(validation.size() == 1U + 2U + 2U);
  BOOST_TEST(count(validation, "epoch_loss") == 2U);
  BOOST_TEST(count(validation, "evaluation_loss_vs_iterations") == 2U);
  trainer.evaluate(data);  // outside of a run nothing is written
}

BOOST_AUTO_TEST_CASE(a_file_in_the_way_of_the_folder_is_told_once_and_training_goes_on) {
  const test::TempFolder folder;
  std::ofstream(folder / "logs") << "x";
  std::FILE* const out = std::fopen((folder / "told").c_str(), "w");
  const auto data = test::line<float>(6);
  Dense model{{.units = 1}};
  SGD optimizer;
  Trainer trainer{model, mean_squared_error<float>, optimizer};
  trainer.add(TensorBoard<float>({.log_dir = folder / "logs", .update_freq = 1, .out = out}));
  const auto history =
      trainer.fit(data, {.epochs = 3, .verbose = Verbosity::quiet, .validation_split = 0.5});
  std::fclose(out);
  BOOST_TEST(history.epochs().size() == 3U);
  const std::string text = content(folder / "told");
  BOOST_TEST(text.starts_with("[TensorBoard] " + (folder / "logs/train/events").string()), text);
  BOOST_TEST(text.ends_with(": cannot be written: Not a directory; training goes on\n"), text);
  BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 1, text);
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_told_once_and_training_goes_on) {
  const test::TempFolder folder;
  std::FILE* const out = std::fopen((folder / "told").c_str(), "w");
  const auto data = test::line<float>(6);
  Dense model{{.units = 1}};
  SGD optimizer;
  Trainer trainer{model, mean_squared_error<float>, optimizer};
  trainer.add(TensorBoard<float>({.log_dir = folder / "logs", .histogram_freq = 1, .out = out}));
  {
    const test::FileSizeLimit limit(2000);
    BOOST_TEST(trainer.fit(data, {.epochs = 9, .verbose = Verbosity::quiet}).epochs().size() == 9U);
  }
  std::fclose(out);
  const std::string text = content(folder / "told");
  BOOST_TEST(text.ends_with(": cannot be written: File too large; training goes on\n"), text);
  BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 1, text);
}

BOOST_AUTO_TEST_CASE(options_that_cannot_be_are_refused) {
  RONDO_CHECK_THROWS(TensorBoard<float>({.update_freq = 0}),
                     ArgumentError,
                     "[TensorBoard] update_freq must be positive, got 0");
  RONDO_CHECK_THROWS(TensorBoard<float>({.write_grads = true}),
                     ArgumentError,
                     "[TensorBoard] write_grads needs histogram_freq");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tensorboard_test
