#include "rondo/formats/safetensors.hpp"
#include "rondo/formats/weights.hpp"
#include "rondo/tests/formats/files.hpp"
#include "rondo/tests/support/check.hpp"

namespace safetensors_fuzz_test {

using namespace rondo;
using namespace rondo::test;

namespace {

/// All values of all tensors, as bytes with their names; nothing if the file is refused.
std::optional<std::map<std::string, std::string>> read_all(const std::filesystem::path& path) {
  try {
    auto file = SafetensorsFile::open(path);
    std::map<std::string, std::string> result;
    for (const StoredTensor& tensor : file.tensors()) {
      std::string bytes(tensor.end - tensor.begin, '\0');
      const auto read = [&]<class T>(T) {
        std::vector<char> buffer(bytes.size() + sizeof(T));
        auto* const aligned = reinterpret_cast<T*>(buffer.data());
        file.read(tensor.name, TensorView<T>(aligned, tensor.shape));
        std::memcpy(bytes.data(), aligned, bytes.size());
      };
      switch (tensor.type) {
        case StoredType::boolean:
          read(bool{});
          break;
        case StoredType::float32:
          read(float{});
          break;
        case StoredType::float64:
          read(double{});
          break;
        case StoredType::uint64:
          read(std::uint64_t{});
          break;
        default:
          break;  // a byte of the dtype has changed; bytes of other types are not read as they are
      }
      result[tensor.name] = bytes;
    }
    return result;
  } catch (const FormatError& error) {
    const std::string_view text = error.what();
    BOOST_CHECK_MESSAGE(text.starts_with("[safetensors] ") && text.find('\n') == text.npos, text);
    return std::nullopt;
  }
}

std::uint64_t header_length(const std::string& bytes) {
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), sizeof(length));
  return length;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(safetensors_damage_slow)

BOOST_AUTO_TEST_CASE(of_any_kind_of_truncation_is_noticed) {
  const std::string bytes = content(reference_file);
  const TempFolder folder;
  const auto path = folder / "a";
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    write_content(path, bytes.substr(0, size));
    BOOST_CHECK_MESSAGE(!read_all(path), "accepted at " << size << " bytes");
  }
  BOOST_CHECK(read_all(reference_file));
}

BOOST_AUTO_TEST_CASE(by_bytes_behind_the_end_is_noticed) {
  const TempFolder folder;
  write_content(folder / "a", content(reference_file) + '\0');
  BOOST_CHECK(!read_all(folder / "a"));
}

/// A changed byte may give another name or another white space, but never values that are longer
/// than the file or differ from its bytes.
BOOST_AUTO_TEST_CASE(of_single_bytes_of_the_header_never_does_harm) {
  const std::string original = content(reference_file);
  const auto expected = read_all(reference_file);
  BOOST_REQUIRE(expected);
  const TempFolder folder;
  const auto path = folder / "a";
  for (std::size_t i = 0; i < 8 + header_length(original); ++i) {
    for (const int mask : {0x01, 0x20, 0x80, 0xff}) {
      std::string bytes = original;
      bytes[i] = static_cast<char>(bytes[i] ^ mask);
      write_content(path, bytes);
      const auto found = read_all(path);
      std::size_t total = 0;
      for (const auto& [name, values] : found.value_or(std::map<std::string, std::string>())) {
        total += values.size();
      }
      BOOST_CHECK(!found || total == original.size() - 8 - header_length(original));
    }
  }
}

BOOST_AUTO_TEST_CASE(by_random_headers_never_does_harm) {
  const std::string original = content(reference_file);
  const TempFolder folder;
  const auto path = folder / "a";
  Rng rng(1);
  for (int round = 0; round < 1000; ++round) {
    std::string bytes = original;
    for (std::uint64_t changes = 1 + rng.below(20); changes > 0; --changes) {
      const std::string alphabet = R"({}[]":,0123456789eE-.FBU64 \u)";
      bytes[8 + rng.below(header_length(bytes))] = alphabet[rng.below(alphabet.size())];
    }
    write_content(path, bytes);
    read_all(path);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace safetensors_fuzz_test
