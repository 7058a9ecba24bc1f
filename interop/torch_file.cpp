// A state_dict as torch.save writes it: a zip archive of a pickle and of storages.
#include "rondo/interop/detail/torch_file.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/interop/detail/pickle.hpp"
#include "rondo/interop/detail/torch_state.hpp"
#include "rondo/interop/detail/zip_archive.hpp"

namespace rondo::detail {

namespace {

using namespace std::string_view_literals;
using Kind = PickleValue::Kind;

constexpr std::string_view format = "pt";
constexpr std::string_view pickle_name = "/data.pkl";
constexpr std::string_view old_pickle = "\x80\x02\x8a\x0al\xfc\x9c\x46\xf9 j\xa8P\x19"sv;

bool is_tar(const std::string& content) {
  constexpr std::size_t place = 257;
  return content.size() > place + 5 && std::string_view(content).substr(place, 5) == "ustar";
}

// ---- reading ----

class TorchReader {
 public:
  explicit TorchReader(const ModelSource& file)
      : file_(file), archive_(format, file.path, file.content) {
    for (const std::string& member : file.members) {
      if (member.ends_with(pickle_name)) {
        root_ = member.substr(0, member.size() - pickle_name.size() + 1);
      }
    }
    if (std::any_of(file.members.begin(), file.members.end(), [&](const std::string& member) {
          return member == root_ + "constants.pkl" || member.starts_with(root_ + "code/");
        })) {
      refuse_file(format,
                  file.path,
                  "is a TorchScript archive, which holds a program: save the numbers with "
                  "torch.save(model.state_dict(), …)");
    }
    if (archive_.find(root_ + "version") == nullptr) {
      refuse_file(format, file.path, fmt::format("has no member {}", in_quotes(root_ + "version")));
    }
    read_byte_order();
  }

  TorchState read(const std::string& prefix) {
    const auto bytes = read_member("data.pkl");
    constexpr std::size_t most_bytes = std::size_t{1} << 23U;
    if (bytes.size() > most_bytes) {
      refuse_file(format, file_.path, fmt::format("its pickle has {} bytes", bytes.size()));
    }
    pickle_ = read_pickle(file_.path.string(), bytes);
    TorchState state{.tensors = {}, .in_order = true};
    const auto [dictionary, names] = find_dictionary(prefix, state.notes);
    read_tensors(dictionary, names, state);
    return state;
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const {
    refuse_file(format, file_.path, problem);
  }

  std::vector<std::byte> read_member(const std::string& name) const {
    try {
      return archive_.read(root_ + name);
    } catch (const FormatError& error) {
      const std::string text = error.what();
      if (text.find("CRC") == text.npos) {
        throw;
      }
      throw FormatError(text +
                        " (torch.serialization.set_crc32_options(False) writes no checksums: "
                        "save it again with them)");
    }
  }

  void read_byte_order() {
    if (archive_.find(root_ + "byteorder") == nullptr) {
      return;
    }
    const auto bytes = read_member("byteorder");
    const std::string_view order(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (order != "little" && order != "big") {
      fail(fmt::format("has the byte order {}", in_quotes(order)));
    }
    swapped_ = order == "big";
  }

  [[nodiscard]] const PickleValue& value(std::uint32_t id) const { return pickle_.values[id]; }

  /// The value under a key, or nothing.
  [[nodiscard]] std::optional<std::uint32_t> find(std::uint32_t dictionary,
                                                  std::string_view key) const {
    const auto& items = value(dictionary).items;
    for (std::size_t i = 0; i < items.size(); i += 2) {
      if (value(items[i]).kind == Kind::text && value(items[i]).text == key) {
        return items[i + 1];
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] bool holds_tensors(std::uint32_t dictionary) const {
    const auto& items = value(dictionary).items;
    for (std::size_t i = 1; i < items.size(); i += 2) {
      if (value(items[i]).kind == Kind::tensor) {
        return true;
      }
    }
    return false;
  }

  std::pair<std::uint32_t, std::string> find_dictionary(const std::string& prefix,
                                                        std::vector<std::string>& notes) const;
  void read_tensors(std::uint32_t dictionary, const std::string& names, TorchState& state);
  StoredWeight read_tensor(const std::string& name, const PickleTensor& tensor);
  const std::vector<std::byte>& storage_of(const PickleTensor& tensor);

  const ModelSource& file_;
  ZipArchive archive_;
  std::string root_;
  bool swapped_ = false;
  Pickle pickle_;
  std::string storage_key_;  // of the storage that was read last: tensors may share one
  std::vector<std::byte> storage_;
  std::uint64_t total_ = 0;
};

/// The dictionary of tensors that a prefix leads to, and what is left of the prefix: the beginning of
/// names in it. Without a prefix the usual places in a checkpoint are looked at.
std::pair<std::uint32_t, std::string> TorchReader::find_dictionary(
    const std::string& prefix, std::vector<std::string>& notes) const {
  std::uint32_t at = pickle_.root;
  std::string rest = prefix;
  while (!rest.empty() && value(at).kind == Kind::dictionary) {
    const std::size_t dot = rest.find('.');
    const auto inner = find(at, rest.substr(0, dot));
    if (!inner || value(*inner).kind != Kind::dictionary) {
      break;
    }
    at = *inner;
    rest = dot == std::string::npos ? "" : rest.substr(dot + 1);
  }
  if (value(at).kind != Kind::dictionary) {
    fail(fmt::format("holds a {}, expected the dictionary of a state_dict",
                     to_string(value(at).kind)));
  }
  if (prefix.empty() && !holds_tensors(at)) {
    for (const char* key : {"state_dict", "model_state_dict", "model"}) {
      const auto inner = find(at, key);
      if (inner && value(*inner).kind == Kind::dictionary && holds_tensors(*inner)) {
        notes.push_back(fmt::format("took the state_dict under '{}' and nothing else", key));
        return {*inner, ""};
      }
    }
  }
  return {at, rest.empty() ? "" : rest + '.'};
}

void TorchReader::read_tensors(std::uint32_t dictionary,
                               const std::string& names,
                               TorchState& state) {
  const auto& items = value(dictionary).items;
  std::map<std::string_view, bool> seen;
  std::size_t left = 0;
  for (std::size_t i = 0; i < items.size(); i += 2) {
    const PickleValue& key = value(items[i]);
    const PickleValue& found = value(items[i + 1]);
    if (key.kind != Kind::text) {
      fail(fmt::format("has a {} among the names of its tensors", to_string(key.kind)));
    }
    if (!seen.emplace(key.text, true).second) {
      fail(fmt::format("has two tensors called {}", in_quotes(key.text)));
    }
    if (!key.text.starts_with(names)) {
      ++left;
      continue;
    }
    if (found.kind != Kind::tensor) {
      fail(
          fmt::format("{} is a {}, expected a tensor: if the state_dict lies deeper, say where "
                      "(prefix)",
                      in_quotes(key.text),
                      to_string(found.kind)));
    }
    state.tensors.push_back(read_tensor(key.text.substr(names.size()),
                                        pickle_.tensors[static_cast<std::size_t>(found.integer)]));
  }
  if (state.tensors.empty()) {
    fail(names.empty() ? "holds no tensors"
                       : fmt::format("has no names below {}", in_quotes(names)));
  }
  if (left > 0) {
    state.notes.push_back(fmt::format("left out: {} tensors outside '{}'", left, names));
  }
}

/// Checked before memory is asked for: strides of 0 and tensors that share a storage could make
/// any size of a small file.
StoredWeight TorchReader::read_tensor(const std::string& name, const PickleTensor& tensor) {
  constexpr std::uint64_t most_per_byte = 16, always = 1U << 16U;
  const std::size_t width = size_of(tensor.type);
  if (tensor.type != StoredType::float32 && tensor.type != StoredType::float64 &&
      tensor.type != StoredType::float16 && tensor.type != StoredType::bfloat16) {
    fail(fmt::format(
        "{} is {}, layers have floating-point numbers", in_quotes(name), to_string(tensor.type)));
  }
  std::uint64_t size = width;
  bool overflow = tensor.sizes.size() > Shape::max_rank;
  for (const std::uint64_t n : tensor.sizes) {
    overflow |= __builtin_mul_overflow(size, n, &size);
  }
  overflow |= __builtin_add_overflow(total_, size, &total_);
  if (overflow || total_ > most_per_byte * file_.content.size() + always) {
    fail(fmt::format("{} makes its tensors larger than a file of {} bytes may hold",
                     in_quotes(name),
                     file_.content.size()));
  }
  const std::vector<std::byte>& storage = storage_of(tensor);
  StoredWeight result{name, tensor.type, Shape(std::span<const std::size_t>(tensor.sizes)), {}};
  result.bytes.resize(size);
  std::vector<std::uint64_t> index(tensor.sizes.size());
  for (std::size_t i = 0; i < size / width; ++i) {
    std::uint64_t at = tensor.offset, rest = i;
    for (std::size_t axis = tensor.sizes.size(); axis-- > 0; rest /= tensor.sizes[axis]) {
      at += rest % tensor.sizes[axis] * tensor.strides[axis];
    }
    std::memcpy(result.bytes.data() + i * width, storage.data() + at * width, width);
    if (swapped_) {
      std::reverse(result.bytes.begin() + static_cast<std::ptrdiff_t>(i * width),
                   result.bytes.begin() + static_cast<std::ptrdiff_t>((i + 1) * width));
    }
  }
  return result;
}

const std::vector<std::byte>& TorchReader::storage_of(const PickleTensor& tensor) {
  const std::string name = root_ + "data/" + tensor.key;
  const ZipMember* const member = archive_.find(name);
  if (member == nullptr) {
    fail(fmt::format("lacks the storage {}", in_quotes(name)));
  }
  std::uint64_t bytes = 0;
  if (__builtin_mul_overflow(tensor.count, size_of(tensor.type), &bytes) || bytes != member->size) {
    fail(fmt::format("the storage {} has {} bytes, {} of type {} are announced",
                     in_quotes(name),
                     member->size,
                     tensor.count,
                     to_string(tensor.type)));
  }
  if (storage_key_ != tensor.key) {
    storage_ = read_member("data/" + tensor.key);
    storage_key_ = tensor.key;
  }
  return storage_;
}

// ---- writing ----

/// The pickle of a dictionary of float tensors, protocol 2.
class PickleWriter {
 public:
  std::string write(const TorchState& state) {
    bytes_ = "\x80\x02}("sv;
    for (std::size_t i = 0; i < state.tensors.size(); ++i) {
      add(state.tensors[i], i);
    }
    return bytes_ + "u.";
  }

 private:
  void add(const StoredWeight& tensor, std::size_t place) {
    text(tensor.name);
    bytes_ += "ctorch._utils\n_rebuild_tensor_v2\n((";
    text("storage");
    bytes_ += "ctorch\nFloatStorage\n";
    text(std::to_string(place));
    text("cpu");
    number(tensor.shape.size());
    bytes_ += "tQK\0("sv;  // offset 0
    for (const std::size_t size : tensor.shape) {
      number(size);
    }
    bytes_ += "t(";
    for (std::size_t i = 0; i < tensor.shape.rank(); ++i) {
      number(tensor.shape.product(i + 1, tensor.shape.rank()));
    }
    bytes_ +=
        "t\x89"  // requires_grad, and no hooks
        "ccollections\nOrderedDict\n)RtR";
  }

  void little_endian(std::uint64_t value, std::size_t width) {
    for (std::size_t i = 0; i < width; ++i, value >>= 8U) {
      bytes_ += static_cast<char>(value & 0xFFU);
    }
  }

  void text(const std::string& value) {
    bytes_ += 'X';
    little_endian(value.size(), 4);
    bytes_ += value;
  }

  void number(std::uint64_t value) {
    bytes_ += "\x8a\x08"sv;  // LONG1 of eight bytes: no size has the highest bit
    little_endian(value, 8);
  }

  std::string bytes_;
};

}  // namespace

bool is_torch_file(const ModelSource& file) {
  return file.content.starts_with(old_pickle) || is_tar(file.content) ||
         std::any_of(file.members.begin(), file.members.end(), [](const std::string& member) {
           return member.ends_with(pickle_name);
         });
}

StoredModel read_torch_file(const ModelSource& file, const ReadModelOptions& options) {
  if (file.content.starts_with(old_pickle) || is_tar(file.content)) {
    refuse_file(
        format, file.path, "is of a version of PyTorch before 1.6: save it again with a newer one");
  }
  return model_of_state(file, format, TorchReader(file).read(options.prefix), options);
}

std::vector<std::string> write_torch_file(const StoredModel& model,
                                          const std::filesystem::path& path,
                                          const WriteModelOptions&) {
  const TorchState state = state_of_model(format, model);
  const std::string pickle = PickleWriter().write(state);
  const auto bytes_of = [](std::string_view text) { return std::as_bytes(std::span(text)); };
  std::vector<NewZipMember> members{{"model/data.pkl", bytes_of(pickle)},
                                    {"model/byteorder", bytes_of("little")}};
  for (std::size_t i = 0; i < state.tensors.size(); ++i) {
    members.push_back({fmt::format("model/data/{}", i), state.tensors[i].bytes});
  }
  members.push_back({"model/version", bytes_of("3\n")});
  write_zip(format, path, members);
  return state.notes;
}

}  // namespace rondo::detail
