#include "rondo/interop/detail/pickle.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"

namespace rondo::detail {

namespace {

using Kind = PickleValue::Kind;
using Id = std::uint32_t;

constexpr std::size_t most_values = 200'000;
constexpr Id mark = std::numeric_limits<Id>::max();

struct StorageClass {
  std::string_view name;
  StoredType type;
};

constexpr std::array storage_classes{StorageClass{"torch FloatStorage", StoredType::float32},
                                     StorageClass{"torch DoubleStorage", StoredType::float64},
                                     StorageClass{"torch HalfStorage", StoredType::float16},
                                     StorageClass{"torch BFloat16Storage", StoredType::bfloat16},
                                     StorageClass{"torch LongStorage", StoredType::int64},
                                     StorageClass{"torch IntStorage", StoredType::int32},
                                     StorageClass{"torch ShortStorage", StoredType::int16},
                                     StorageClass{"torch CharStorage", StoredType::int8},
                                     StorageClass{"torch ByteStorage", StoredType::uint8},
                                     StorageClass{"torch BoolStorage", StoredType::boolean}};

constexpr std::string_view ordered_dict = "collections OrderedDict";
constexpr std::string_view rebuild_tensor = "torch._utils _rebuild_tensor_v2";
constexpr std::string_view rebuild_parameter = "torch._utils _rebuild_parameter";
constexpr std::string_view torch_size = "torch Size";
constexpr std::array functions{ordered_dict, rebuild_tensor, rebuild_parameter, torch_size};

const StorageClass* find_storage_class(std::string_view name) {
  const auto* const found = std::find_if(storage_classes.begin(),
                                         storage_classes.end(),
                                         [&](const StorageClass& c) { return c.name == name; });
  return found == storage_classes.end() ? nullptr : found;
}

bool is_allowed(std::string_view global) {
  return find_storage_class(global) != nullptr ||
         std::find(functions.begin(), functions.end(), global) != functions.end();
}

/// The names of operations that make objects of classes, for the errors.
std::string name_of_operation(unsigned code) {
  switch (code) {
    case 0x81:
      return "NEWOBJ";
    case 0x92:
      return "NEWOBJ_EX";
    case 0x82:
    case 0x83:
    case 0x84:
      return "EXT";
    case 'i':
      return "INST";
    case 'o':
      return "OBJ";
    case 'P':
      return "PERSID";
    default:
      return fmt::format("0x{:02x}", code);
  }
}

/// The machine that a pickle is a program for: a stack of values, marks on it, and a memo.
class PickleReader {
 public:
  PickleReader(std::string_view file, std::span<const std::byte> bytes)
      : file_(file), rest_(bytes), size_(bytes.size()) {}

  Pickle read() {
    while (!done_) {
      step(static_cast<unsigned>(number(1)));
    }
    return std::move(pickle_);
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const {
    throw_format_error(
        "pt", fmt::format("{}: its pickle {} (byte {})", file_, problem, size_ - rest_.size()));
  }

  // ---- bytes ----

  std::span<const std::byte> take(std::uint64_t count) {
    if (count > rest_.size()) {
      fail("is cut off");
    }
    const auto taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

  /// Little-endian, without a sign.
  std::uint64_t number(std::size_t bytes) {
    std::uint64_t result = 0;
    const auto taken = take(bytes);
    for (std::size_t i = bytes; i-- > 0;) {
      result = result << 8U | std::to_integer<std::uint64_t>(taken[i]);
    }
    return result;
  }

  std::string text(std::uint64_t bytes) {
    const auto taken = take(bytes);
    return {reinterpret_cast<const char*>(taken.data()), taken.size()};
  }

  std::string line() {
    const auto end = std::find(rest_.begin(), rest_.end(), std::byte{'\n'});
    if (end == rest_.end()) {
      fail("is cut off");
    }
    std::string result = text(static_cast<std::uint64_t>(end - rest_.begin()));
    take(1);
    return result;
  }

  // ---- stack and memo ----

  Id add(PickleValue value) {
    if (pickle_.values.size() == most_values) {
      fail(fmt::format("has more than {} values", most_values));
    }
    pickle_.values.push_back(std::move(value));
    return static_cast<Id>(pickle_.values.size() - 1);
  }

  void push(PickleValue value) { stack_.push_back(add(std::move(value))); }

  void push_integer(std::int64_t value) { push({.kind = Kind::integer, .integer = value}); }

  Id pop() {
    if (stack_.empty() || stack_.back() == mark) {
      fail("takes a value from an empty stack");
    }
    const Id id = stack_.back();
    stack_.pop_back();
    return id;
  }

  /// The last `count` values.
  std::vector<Id> pop_values(std::size_t count) {
    std::vector<Id> result(count);
    for (std::size_t i = count; i-- > 0;) {
      result[i] = pop();
    }
    return result;
  }

  /// What lies on the last mark, and the mark.
  std::vector<Id> pop_to_mark() {
    const auto found = std::find(stack_.rbegin(), stack_.rend(), mark);
    if (found == stack_.rend()) {
      fail("has no mark where it needs one");
    }
    std::vector<Id> result = pop_values(static_cast<std::size_t>(found - stack_.rbegin()));
    stack_.pop_back();
    return result;
  }

  [[nodiscard]] PickleValue& value(Id id) { return pickle_.values[id]; }

  PickleValue& top() {
    if (stack_.empty() || stack_.back() == mark) {
      fail("takes a value from an empty stack");
    }
    return value(stack_.back());
  }

  PickleValue& top(Kind wanted) {
    PickleValue& found = top();
    if (found.kind != wanted) {
      fail(fmt::format("expects a {}, found a {}", to_string(wanted), to_string(found.kind)));
    }
    return found;
  }

  void store(std::uint64_t place) {
    static_cast<void>(top());
    if (memo_.size() == most_values) {
      fail(fmt::format("stores more than {} values", most_values));
    }
    memo_[place] = stack_.back();
  }

  void load(std::uint64_t place) {
    const auto found = memo_.find(place);
    if (found == memo_.end()) {
      fail(fmt::format("asks for value {}, which it has not stored", place));
    }
    stack_.push_back(found->second);
  }

  // ---- operations ----

  void step(unsigned code);
  bool step_of_values(unsigned code);
  bool step_of_containers(unsigned code);
  bool step_of_memo(unsigned code);
  void push_long();
  void push_global(const std::string& name);
  void append(const std::vector<Id>& items, Kind to);
  std::vector<Id> pop_arguments();
  void reduce();
  void persistent_id();
  Id make_tensor(const std::vector<Id>& arguments);
  void finish();

  // ---- arguments ----

  const PickleValue& argument(const std::vector<Id>& all, std::size_t i, Kind wanted);
  std::uint64_t size_argument(const PickleValue& found);
  std::vector<std::uint64_t> sizes_argument(const std::vector<Id>& all, std::size_t i);
  void check_reach(const PickleTensor& tensor) const;

  std::string_view file_;
  std::span<const std::byte> rest_;
  std::size_t size_;
  Pickle pickle_;
  std::vector<Id> stack_;
  std::map<std::uint64_t, Id> memo_;
  bool done_ = false;
};

void PickleReader::step(unsigned code) {
  if (!step_of_values(code) && !step_of_containers(code) && !step_of_memo(code)) {
    if (code == 'i') {  // INST: makes an object of a class named here
      const std::string module = line();
      push_global(module + ' ' + line());
    }
    fail(
        fmt::format("uses {}, which no state_dict needs: only the numbers of a state_dict are "
                    "read, save that with torch.save(model.state_dict(), …)",
                    name_of_operation(code)));
  }
}

bool PickleReader::step_of_values(unsigned code) {
  switch (code) {
    case 'N':
      push({});
      return true;
    case 0x88:  // NEWTRUE
    case 0x89:  // NEWFALSE
      push({.kind = Kind::boolean, .integer = code == 0x88 ? 1 : 0});
      return true;
    case 'J':  // BININT, signed
      push_integer(static_cast<std::int32_t>(number(4)));
      return true;
    case 'K':
      push_integer(static_cast<std::int64_t>(number(1)));
      return true;
    case 'M':
      push_integer(static_cast<std::int64_t>(number(2)));
      return true;
    case 0x8A:  // LONG1
      push_long();
      return true;
    case 'G':  // BINFLOAT: nothing that is read depends on it
      take(8);
      push({.kind = Kind::real});
      return true;
    case 'X':
      push({.kind = Kind::text, .text = text(number(4))});
      return true;
    case 0x8C:  // SHORT_BINUNICODE
      push({.kind = Kind::text, .text = text(number(1))});
      return true;
    default:
      return false;
  }
}

void PickleReader::push_long() {
  const std::uint64_t bytes = number(1);
  if (bytes > 8) {
    fail("has a whole number of more than 64 bits");
  }
  const std::uint64_t bits = number(bytes);
  const std::uint64_t unused = 64 - 8 * bytes;
  // The sign is that of the last byte.
  push_integer(bytes == 0 ? 0 : static_cast<std::int64_t>(bits << unused) >> unused);
}

bool PickleReader::step_of_containers(unsigned code) {
  switch (code) {
    case '(':
      stack_.push_back(mark);
      return true;
    case ')':
      push({.kind = Kind::tuple});
      return true;
    case 't': {
      auto items = pop_to_mark();
      push({.kind = Kind::tuple, .items = std::move(items)});
      return true;
    }
    case 0x85:  // TUPLE1, TUPLE2, TUPLE3
    case 0x86:
    case 0x87: {
      auto items = pop_values(code - 0x84);
      push({.kind = Kind::tuple, .items = std::move(items)});
      return true;
    }
    case ']':
      push({.kind = Kind::list});
      return true;
    case '}':
      push({.kind = Kind::dictionary});
      return true;
    case 'a':
      append(pop_values(1), Kind::list);
      return true;
    case 'e':
      append(pop_to_mark(), Kind::list);
      return true;
    case 's':
      append(pop_values(2), Kind::dictionary);
      return true;
    case 'u':
      append(pop_to_mark(), Kind::dictionary);
      return true;
    default:
      return false;
  }
}

void PickleReader::append(const std::vector<Id>& items, Kind to) {
  if (to == Kind::dictionary && items.size() % 2 != 0) {
    fail("has a key without a value");
  }
  std::vector<Id>& present = top(to).items;
  present.insert(present.end(), items.begin(), items.end());
}

bool PickleReader::step_of_memo(unsigned code) {
  switch (code) {
    case 0x80:  // PROTO
      if (const auto protocol = number(1); protocol > 5) {
        fail(fmt::format("has protocol {}, known are those up to 5", protocol));
      }
      return true;
    case 0x95:  // FRAME
      number(8);
      return true;
    case 'q':
      store(number(1));
      return true;
    case 'r':
      store(number(4));
      return true;
    case 0x94:  // MEMOIZE
      store(memo_.size());
      return true;
    case 'h':
      load(number(1));
      return true;
    case 'j':
      load(number(4));
      return true;
    case 'c': {
      const std::string module = line();
      push_global(module + ' ' + line());
      return true;
    }
    case 0x93: {  // STACK_GLOBAL
      const std::string name = top(Kind::text).text;
      pop();
      const std::string module = top(Kind::text).text;
      pop();
      push_global(module + ' ' + name);
      return true;
    }
    case 'R':
      reduce();
      return true;
    case 'b':  // BUILD: attributes of an OrderedDict, which say nothing that is needed
      pop();
      static_cast<void>(top(Kind::dictionary));
      return true;
    case 'Q':
      persistent_id();
      return true;
    case '.':
      finish();
      return true;
    default:
      return false;
  }
}

void PickleReader::push_global(const std::string& name) {
  if (!is_allowed(name)) {
    fail(
        fmt::format("asks for {}, which no state_dict of floating-point tensors needs: nothing is "
                    "called, the file is refused",
                    in_quotes(name)));
  }
  push({.kind = Kind::global, .text = name});
}

/// Takes a tuple of arguments from the stack.
std::vector<Id> PickleReader::pop_arguments() {
  constexpr std::size_t most_arguments = 16;
  const std::vector<Id>& items = top(Kind::tuple).items;
  if (items.size() > most_arguments) {
    fail(fmt::format("calls something with {} arguments", items.size()));
  }
  return value(pop()).items;
}

void PickleReader::reduce() {
  const std::vector<Id> arguments = pop_arguments();
  const std::string function = top(Kind::global).text;
  pop();
  if (function == ordered_dict && arguments.empty()) {
    push({.kind = Kind::dictionary});
  } else if (function == rebuild_tensor) {
    stack_.push_back(make_tensor(arguments));
  } else if (function == rebuild_parameter) {
    static_cast<void>(argument(arguments, 0, Kind::tensor));
    stack_.push_back(arguments[0]);
  } else if (function == torch_size) {
    static_cast<void>(argument(arguments, 0, Kind::tuple));
    stack_.push_back(arguments[0]);
  } else {
    fail(fmt::format("calls {} in a way that is not known", in_quotes(function)));
  }
}

/// ("storage", class, key, device, count)
void PickleReader::persistent_id() {
  const std::vector<Id> parts = pop_arguments();
  if (argument(parts, 0, Kind::text).text != "storage" || parts.size() != 5) {
    fail("refers to something outside that is no storage");
  }
  const std::string& class_name = argument(parts, 1, Kind::global).text;
  const StorageClass* const storage = find_storage_class(class_name);
  if (storage == nullptr) {
    fail(fmt::format("has a storage of the class {}", in_quotes(class_name)));
  }
  PickleTensor tensor{.type = storage->type,
                      .key = argument(parts, 2, Kind::text).text,
                      .count = size_argument(argument(parts, 4, Kind::integer)),
                      .sizes = {},
                      .strides = {}};
  constexpr std::size_t most_digits = 9;
  if (tensor.key.empty() || tensor.key.size() > most_digits ||
      tensor.key.find_first_not_of("0123456789") != std::string::npos) {
    fail(fmt::format("has a storage with the key {}, which is no plain number",
                     in_quotes(tensor.key)));
  }
  pickle_.tensors.push_back(std::move(tensor));
  push({.kind = Kind::storage, .integer = static_cast<std::int64_t>(pickle_.tensors.size() - 1)});
}

/// (storage, offset, sizes, strides, requires_grad, hooks)
Id PickleReader::make_tensor(const std::vector<Id>& arguments) {
  const auto storage = static_cast<std::size_t>(argument(arguments, 0, Kind::storage).integer);
  PickleTensor tensor = pickle_.tensors[storage];
  tensor.offset = size_argument(argument(arguments, 1, Kind::integer));
  tensor.sizes = sizes_argument(arguments, 2);
  tensor.strides = sizes_argument(arguments, 3);
  check_reach(tensor);
  pickle_.tensors.push_back(std::move(tensor));
  return add(
      {.kind = Kind::tensor, .integer = static_cast<std::int64_t>(pickle_.tensors.size() - 1)});
}

const PickleValue& PickleReader::argument(const std::vector<Id>& all, std::size_t i, Kind wanted) {
  if (i >= all.size()) {
    fail(fmt::format("lacks argument {} of a call", i));
  }
  const PickleValue& found = value(all[i]);
  if (found.kind != wanted) {
    fail(fmt::format(
        "has a {} as argument {}, expected a {}", to_string(found.kind), i, to_string(wanted)));
  }
  return found;
}

std::uint64_t PickleReader::size_argument(const PickleValue& found) {
  if (found.kind != Kind::integer || found.integer < 0) {
    fail("has a size that is no number of 0 or more");
  }
  return static_cast<std::uint64_t>(found.integer);
}

std::vector<std::uint64_t> PickleReader::sizes_argument(const std::vector<Id>& all, std::size_t i) {
  constexpr std::size_t most_axes = 64;
  const PickleValue& tuple = argument(all, i, Kind::tuple);
  if (tuple.items.size() > most_axes) {
    fail(fmt::format("has a tensor of {} axes", tuple.items.size()));
  }
  std::vector<std::uint64_t> sizes;
  for (const Id item : tuple.items) {
    sizes.push_back(size_argument(value(item)));
  }
  return sizes;
}

void PickleReader::check_reach(const PickleTensor& tensor) const {
  if (tensor.sizes.size() != tensor.strides.size()) {
    fail(fmt::format(
        "has a tensor of {} sizes and {} strides", tensor.sizes.size(), tensor.strides.size()));
  }
  if (std::find(tensor.sizes.begin(), tensor.sizes.end(), 0U) != tensor.sizes.end()) {
    return;
  }
  std::uint64_t last = tensor.offset;
  bool overflow = false;
  for (std::size_t i = 0; i < tensor.sizes.size(); ++i) {
    std::uint64_t step = 0;
    overflow |= __builtin_mul_overflow(tensor.sizes[i] - 1, tensor.strides[i], &step);
    overflow |= __builtin_add_overflow(last, step, &last);
  }
  if (overflow || last >= tensor.count) {
    fail(fmt::format("has a tensor that reaches beyond the {} elements of its storage '{}'",
                     tensor.count,
                     tensor.key));
  }
}

void PickleReader::finish() {
  pickle_.root = pop();
  if (!stack_.empty()) {
    fail("ends with values that nothing was done with");
  }
  if (!rest_.empty()) {
    fail(fmt::format("goes on for {} bytes behind its end", rest_.size()));
  }
  done_ = true;
}

}  // namespace

std::string_view to_string(PickleValue::Kind kind) {
  constexpr std::array<std::string_view, 11> names{"None",
                                                   "bool",
                                                   "whole number",
                                                   "number",
                                                   "text",
                                                   "tuple",
                                                   "list",
                                                   "dictionary",
                                                   "function",
                                                   "storage",
                                                   "tensor"};
  return names[static_cast<std::size_t>(kind)];
}

Pickle read_pickle(std::string_view file, std::span<const std::byte> bytes) {
  return PickleReader(file, bytes).read();
}

}  // namespace rondo::detail
