// A safetensors file; odd first byte: without the length in front.
#include "rondo/formats/safetensors.hpp"

#include <vector>

#include "rondo/tests/fuzz/common.hpp"
#include "rondo/tests/support/temp_folder.hpp"

using namespace rondo;

namespace {

/// Values of all tensors that can be read as T, checked against what is allowed.
template <class T>
std::vector<Tensor<T>> read_all(SafetensorsFile& file) {
  std::vector<Tensor<T>> result;
  for (const StoredTensor& stored : file.tensors()) {
    if (stored.problem.empty() && can_read_as(stored.type, stored_type<T>)) {
      result.emplace_back(stored.shape);
      fuzz::accepted([&] { file.read(stored.name, result.back().view()); });
    }
  }
  return result;
}

void check_round_trip(SafetensorsFile& file) {
  const std::vector<Tensor<float>> values = read_all<float>(file);
  if (values.size() != file.tensors().size()) {
    return;
  }
  std::vector<NamedTensor> tensors;
  for (std::size_t i = 0; i < values.size(); ++i) {
    tensors.emplace_back(file.tensors()[i].name, values[i].view());
  }
  static const test::TempFolder folder;
  write_safetensors(folder / "again.safetensors", tensors, file.metadata());
  const SafetensorsFile again = SafetensorsFile::open(folder / "again.safetensors");
  fuzz::require(again.tensors().size() == values.size() && again.metadata() == file.metadata(),
                "another file comes back");
  for (const StoredTensor& stored : file.tensors()) {
    const StoredTensor* found = again.find(stored.name);
    fuzz::require(found != nullptr && found->shape == stored.shape, "another tensor comes back");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input(data, size);
  const std::string content =
      input.first() % 2 == 1 ? fuzz::as_safetensors(input.rest()) : std::string(input.rest());
  fuzz::accepted([&] {
    SafetensorsFile file = SafetensorsFile::open(fuzz::file_with(content));
    for (const StoredTensor& stored : file.tensors()) {
      fuzz::require(!stored.problem.empty() || stored.type == StoredType::other ||
                        stored.shape.size() * size_of(stored.type) <= content.size(),
                    "a tensor is larger than its file");
    }
    read_all<bool>(file);
    read_all<double>(file);
    check_round_trip(file);
  });
  return 0;
}
