#include "rondo/optim/detail/event_file.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <event.pb.h>
#include <iterator>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo {

namespace {

constexpr std::size_t num_buckets = 30;

enum DataType { type_float = 1, type_double = 2 };

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc & 1U) != 0 ? crc >> 1 ^ 0x82f63b78U : crc >> 1;
    }
    table[i] = crc;
  }
  return table;
}

template <class Number>
std::string bytes_of(Number number) {
  std::string bytes(sizeof(number), '\0');
  std::memcpy(bytes.data(), &number, sizeof(number));
  return bytes;
}

/// An event with one value; the caller fills in the tensor.
events::Event value_event(double time,
                          std::int64_t step,
                          const std::string& tag,
                          const char* plugin) {
  events::Event event;
  event.set_wall_time(time);
  event.set_step(step);
  events::Value& value = *event.mutable_summary()->add_value();
  value.set_tag(tag);
  value.mutable_metadata()->mutable_plugin_data()->set_plugin_name(plugin);
  return event;
}

std::string host_name() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

/// Files that are made in the same second need different names.
int next_number() {
  static std::atomic<int> number{0};
  return number++;
}

std::vector<double> only_finite(std::span<const double> values) {
  std::vector<double> result;
  std::copy_if(values.begin(), values.end(), std::back_inserter(result), [](double value) {
    return std::isfinite(value);
  });
  return result;
}

}  // namespace

std::uint32_t masked_crc32c(std::string_view bytes) {
  static constexpr auto table = make_crc_table();
  std::uint32_t crc = 0xffffffffU;
  for (const char byte : bytes) {
    crc = table[(crc ^ static_cast<unsigned char>(byte)) & 0xffU] ^ crc >> 8;
  }
  crc = ~crc;
  return (crc >> 15 | crc << 17) + 0xa282ead8U;
}

std::string tf_record(std::string_view bytes) {
  const std::string length = bytes_of(static_cast<std::uint64_t>(bytes.size()));
  std::string record = length + bytes_of(masked_crc32c(length));
  record += bytes;
  return record + bytes_of(masked_crc32c(bytes));
}

std::vector<double> histogram_buckets(std::span<const double> values) {
  std::vector<double> rows(3 * num_buckets, 0.0);
  const std::vector<double> finite = only_finite(values);
  if (finite.empty()) {
    return rows;
  }
  const auto [low, high] = std::minmax_element(finite.begin(), finite.end());
  const double first = *low;
  const double last = *high;
  // Halves: exact, and the difference of the largest numbers does not overflow.
  const double half_step = (last / 2.0 - first / 2.0) / static_cast<double>(num_buckets);
  const auto edge = [&](std::size_t i) {
    return i == num_buckets ? last : first + 2.0 * half_step * static_cast<double>(i);
  };
  const bool single = first == last;
  for (std::size_t i = 0; i < num_buckets; ++i) {
    rows[3 * i] = single ? last : edge(i);
    rows[3 * i + 1] = single ? last : edge(i + 1);
  }
  for (const double value : finite) {
    const double bucket = std::floor((value / 2.0 - first / 2.0) / half_step);
    const bool inside =
        bucket < static_cast<double>(num_buckets - 1);  // not for NaN, of a single one
    rows[3 * (inside ? static_cast<std::size_t>(bucket) : num_buckets - 1) + 2] += 1.0;
  }
  return rows;
}

EventFile::EventFile(const std::filesystem::path& folder, std::function<double()> clock)
    : clock_(std::move(clock)) {
  const double now = clock_();
  path_ = folder / fmt::format("events.out.tfevents.{:010d}.{}.{}.{}.v2",
                               static_cast<std::int64_t>(now),
                               host_name(),
                               ::getpid(),
                               next_number());
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    fail(error.value());
  }
  file_.reset(std::fopen(path_.c_str(), "wxe"));
  if (file_ == nullptr) {
    fail(errno);
  }
  events::Event event;
  event.set_wall_time(now);
  event.set_file_version("brain.Event:2");
  event.mutable_source_metadata()->set_writer("rondo");
  write(tf_record(event.SerializeAsString()));
  flush();
}

void EventFile::fail(int error) const {
  throw_format_error(
      "TensorBoard",
      fmt::format(
          "{}: cannot be written: {}", path_.string(), std::generic_category().message(error)));
}

void EventFile::write(std::string_view record) {
  if (std::fwrite(record.data(), 1, record.size(), file_.get()) != record.size()) {
    fail(errno);
  }
}

void EventFile::flush() {
  if (std::fflush(file_.get()) != 0) {
    fail(errno);
  }
}

void EventFile::scalar(const std::string& tag, std::int64_t step, float value) {
  events::Event event = value_event(clock_(), step, tag, "scalars");
  events::Tensor& tensor = *event.mutable_summary()->mutable_value(0)->mutable_tensor();
  tensor.set_dtype(type_float);
  tensor.mutable_tensor_shape();  // of a scalar: there, and empty
  tensor.set_tensor_content(bytes_of(value));
  write(tf_record(event.SerializeAsString()));
}

void EventFile::histogram(const std::string& tag,
                          std::int64_t step,
                          std::span<const double> values) {
  events::Event event = value_event(clock_(), step, tag, "histograms");
  events::Tensor& tensor = *event.mutable_summary()->mutable_value(0)->mutable_tensor();
  tensor.set_dtype(type_double);
  for (const std::size_t size : {num_buckets, std::size_t{3}}) {
    tensor.mutable_tensor_shape()->add_dim()->set_size(static_cast<std::int64_t>(size));
  }
  for (const double number : histogram_buckets(values)) {
    *tensor.mutable_tensor_content() += bytes_of(number);
  }
  write(tf_record(event.SerializeAsString()));
}

}  // namespace rondo
