/// What the two sources on top of HDF5 share.
#pragma once

#include <hdf5.h>
#include <mutex>
#include <utility>

namespace rondo::detail {

/// An identifier of HDF5, closed at its end.
class HdfHandle {
 public:
  using Close = herr_t (*)(hid_t);

  HdfHandle() = default;

  HdfHandle(hid_t id, Close close) : id_(id), close_(close) {}

  HdfHandle(HdfHandle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}

  HdfHandle& operator=(HdfHandle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }

  ~HdfHandle() {
    if (id_ >= 0) {
      close_(id_);
    }
  }

  explicit operator bool() const { return id_ >= 0; }

  [[nodiscard]] hid_t id() const { return id_; }

 private:
  hid_t id_ = -1;
  Close close_ = nullptr;
};

/// HDF5 is not made for threads. Whoever holds this is alone in it, and it is quiet: its errors
/// are not printed, and it loads no filters from elsewhere.
class HdfLock {
 public:
  HdfLock() : lock_(mutex()) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    H5PLset_loading_state(0);
  }

 private:
  static std::recursive_mutex& mutex() {
    static std::recursive_mutex instance;
    return instance;
  }

  std::unique_lock<std::recursive_mutex> lock_;
};

/// A file that lives in memory only.
inline HdfHandle access_in_memory() {
  HdfHandle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fapl_core(access.id(), std::size_t{1} << 16U, 0);
  return access;
}

}  // namespace rondo::detail
