/// The state of a run as tensors and metadata of a safetensors file, all below `run/`; for the
/// sources of this folder.
#pragma once

#include <deque>
#include <set>

#include "rondo/formats/safetensors.hpp"
#include "rondo/optim/run_state.hpp"

namespace rondo::detail {

inline constexpr const char* run_prefix = "run/";

/// Collects what it is shown.
template <Real T>
class RunStateWriter final : public RunStateVisitor<T> {
 public:
  void visit(const std::string& name, std::uint64_t& count) override;
  void visit(const std::string& name, std::string& text) override;
  void visit(const std::string& name, std::vector<double>& numbers) override;
  void visit(const std::string& name, std::vector<Tensor<T>>& tensors) override;
  void check_same(const std::string& name, const std::string& value) override;

  /// Refer to this writer.
  [[nodiscard]] const std::vector<NamedTensor>& tensors() const { return tensors_; }

  [[nodiscard]] const FileMetadata& metadata() const { return metadata_; }

 private:
  std::deque<std::uint64_t> counts_;
  std::deque<std::vector<double>> numbers_;
  std::deque<Tensor<T>> values_;
  std::vector<NamedTensor> tensors_;
  FileMetadata metadata_;
};

/// Gives back what a writer collected, where it is shown the same again.
template <Real T>
class RunStateRestorer final : public RunStateVisitor<T> {
 public:
  explicit RunStateRestorer(const RunStateWriter<T>& saved) : saved_(saved) {}

  void visit(const std::string& name, std::uint64_t& count) override;
  void visit(const std::string& name, std::string& text) override;
  void visit(const std::string& name, std::vector<double>& numbers) override;
  void visit(const std::string& name, std::vector<Tensor<T>>& tensors) override;

  void check_same(const std::string&, const std::string&) override {}

 private:
  template <class V>
  void copy(const std::string& name, V* values) const;
  [[nodiscard]] const NamedTensor& find(const std::string& name) const;

  const RunStateWriter<T>& saved_;
};

/// Fills what it is shown. Throws FormatError naming what is missing, or differs.
template <Real T>
class RunStateReader final : public RunStateVisitor<T> {
 public:
  explicit RunStateReader(SafetensorsFile& file) : file_(file) {}

  void visit(const std::string& name, std::uint64_t& count) override;
  void visit(const std::string& name, std::string& text) override;
  void visit(const std::string& name, std::vector<double>& numbers) override;
  void visit(const std::string& name, std::vector<Tensor<T>>& tensors) override;
  void check_same(const std::string& name, const std::string& value) override;
  [[noreturn]] void refuse(const std::string& name, const std::string& problem) const override;

  /// @throws FormatError if the file holds the state of something that was not shown
  void check_nothing_else() const;

 private:
  [[noreturn]] void fail(const std::string& problem) const;
  const StoredTensor& find(const std::string& name);
  const std::string& text(const std::string& name);

  SafetensorsFile& file_;
  std::set<std::string> names_;
};

}  // namespace rondo::detail
