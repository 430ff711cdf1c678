#include "internal.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <dlfcn.h>
#include <malloc.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/api/include/torch/version.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <deque>
#include <mutex>

#ifdef PESSIMIST_CUDA
#include <c10/cuda/CUDACachingAllocator.h>
#endif

using namespace pessimist;

namespace {

at::Tensor borrow_optional(pt_tensor t) {
  return t == nullptr ? at::Tensor() : borrow(t);
}

// libtorch prints its warnings to standard error, line numbers of its sources included. Here they wait to be asked for.
struct WarningKeeper final : c10::WarningHandler {
  std::mutex mutex;
  std::deque<std::string> messages;
  void keep(const std::string& message) {
    std::lock_guard<std::mutex> lock(mutex);
    if (std::find(messages.begin(), messages.end(), message) != messages.end()) return;
    if (messages.size() == 100) messages.pop_front();
    messages.push_back(message);
  }
#if TORCH_VERSION_MAJOR >= 2
  void process(const c10::Warning& warning) override { keep(warning.msg()); }
#else
  void process(const c10::SourceLocation&, const std::string& message, const bool) override { keep(message); }
#endif
};

// Never destroyed: threads of the runtime may still warn while the process exits.
WarningKeeper& warnings = *new WarningKeeper;

std::string take_warnings() {
  std::lock_guard<std::mutex> lock(warnings.mutex);
  std::string all;
  for (const std::string& message : warnings.messages) all += message + '\x1e';
  warnings.messages.clear();
  return all;
}

// A training step frees what it allocated and the next allocates the same again. malloc hands large blocks back to the system
// and gets them zeroed, page by page: up to a third of a step. Here it keeps them, unless the environment says otherwise.
__attribute__((constructor)) void keep_freed_memory() {
  if (getenv("MALLOC_TRIM_THRESHOLD_") != nullptr || getenv("MALLOC_MMAP_THRESHOLD_") != nullptr) return;
  mallopt(M_MMAP_THRESHOLD, 32 << 20); // the most that malloc takes
  mallopt(M_TRIM_THRESHOLD, 512 << 20);
}

std::atomic<int64_t> bytes_now{0}, bytes_peak{0};
at::DeleterFnPtr inner_delete = nullptr;

void counted_delete(void* p) {
  bytes_now.fetch_sub(static_cast<int64_t>(malloc_usable_size(p)), std::memory_order_relaxed);
  inner_delete(p);
}

// libtorch's CPU allocator with a count; installed only while somebody asks. allocate is const in 1.x and not in
// later 2.x: both are declared without `override`, and the one that matches overrides.
struct CountingAllocator final : at::Allocator {
  at::Allocator* inner = nullptr;
  at::DataPtr count(size_t n) const {
    at::DataPtr data = inner->allocate(n);
    if (data.get() == nullptr || data.get_context() != data.get()) return data;
    if (!data.compare_exchange_deleter(inner_delete, &counted_delete)) return data;
    const auto bytes = static_cast<int64_t>(malloc_usable_size(data.get()));
    const int64_t now = bytes_now.fetch_add(bytes) + bytes;
    int64_t peak = bytes_peak.load();
    while (now > peak && !bytes_peak.compare_exchange_weak(peak, now)) {}
    return data;
  }
  at::DataPtr allocate(size_t n) const { return count(n); }
  at::DataPtr allocate(size_t n) { return count(n); }
  // Kernels that take scratch memory without a tensor give it back through this.
  at::DeleterFnPtr raw_deleter() const override { return &counted_delete; }
  void copy_data(void* to, const void* from, size_t n) const { memcpy(to, from, n); }
};

} // namespace

std::atomic<bool> pessimist::clock_runs{false};
std::atomic<int64_t> pessimist::clock_nanoseconds{0};

std::string& pessimist::last_error() {
  thread_local std::string text;
  return text;
}

void pessimist::keep_warnings() {
#if TORCH_VERSION_MAJOR >= 2
  c10::WarningUtils::set_warning_handler(&warnings);
#else
  c10::Warning::set_warning_handler(&warnings);
#endif
}

extern "C" {

int32_t pt_abi() { return PT_ABI; }

const char* pt_error() { return last_error().c_str(); }

int32_t pt_info(int32_t what, const char** text) {
  return guarded([&] {
    static thread_local std::string info;
    info = what == 0 ? std::string(TORCH_VERSION) : what == 1 ? at::show_config() : what == 2 ? at::get_parallel_info() : take_warnings();
    *text = info.c_str();
  });
}

int32_t pt_from_memory(void* data, const int64_t* sizes, int32_t ndim, int32_t dtype, void (*release)(void*), void* state, pt_tensor* result) {
  return guarded([&] {
    auto deleter = [release, state](void*) { if (release != nullptr) release(state); };
    at::AutoDispatchBelowADInplaceOrView guard; // a fresh leaf: nothing to record
    *result = lend(at::from_blob(data, {sizes, static_cast<size_t>(ndim)}, deleter, at::TensorOptions(static_cast<at::ScalarType>(dtype))));
  });
}

void pt_release(pt_tensor t) {
  if (t != nullptr) guarded([&] { c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(static_cast<c10::TensorImpl*>(t)); });
}

int32_t pt_describe(pt_tensor handle, pt_meta* meta) {
  return guarded([&] {
    at::Tensor t = borrow(handle);
    const bool strided = t.layout() == at::kStrided;
    meta->sizes = t.sizes().data();
    meta->strides = strided ? t.strides().data() : nullptr;
    meta->data = strided && t.has_storage() && t.device().type() != at::kMeta ? t.data_ptr() : nullptr;
    meta->numel = t.numel();
    meta->version = t.is_inference() ? -1 : static_cast<int64_t>(t._version());
    meta->ndim = static_cast<int32_t>(t.dim());
    meta->dtype = static_cast<int32_t>(t.scalar_type());
    meta->device_type = static_cast<int32_t>(t.device().type());
    meta->device_index = t.device().index();
    meta->flags = (t.requires_grad() ? PT_REQUIRES_GRAD : 0) | (t.is_leaf() ? PT_LEAF : 0) | (strided && t.is_contiguous() ? PT_CONTIGUOUS : 0) |
        (t.is_leaf() && t.grad().defined() ? PT_HAS_GRAD : 0) | (strided ? PT_STRIDED : 0) | (t.is_inference() ? PT_INFERENCE : 0);
    meta->reserved = 0;
  });
}

int32_t pt_grad(pt_tensor t, pt_tensor* grad) {
  return guarded([&] { *grad = lend(borrow(t).grad()); });
}

int32_t pt_set_grad(pt_tensor t, pt_tensor grad) {
  return guarded([&] {
    at::Tensor self = borrow(t), value = borrow_optional(grad);
    if (value.defined()) {
      TORCH_CHECK(value.sizes() == self.sizes(), "a gradient of shape ", value.sizes(), " does not fit a tensor of shape ", self.sizes());
      TORCH_CHECK(value.scalar_type() == self.scalar_type() && value.device() == self.device(), "a gradient must have the tensor's dtype and device");
    }
    self.mutable_grad() = value;
  });
}

int32_t pt_set_requires_grad(pt_tensor t, int32_t value) {
  return guarded([&] { borrow(t).requires_grad_(value != 0); });
}

int32_t pt_backward(
    const pt_tensor* outputs, const pt_tensor* grads, int32_t n, const pt_tensor* inputs, int32_t m,
    int32_t retain_graph, int32_t create_graph, int32_t allow_unused, pt_tensor* results) {
  return guarded([&] {
    Clocked clocked;
    std::vector<at::Tensor> roots, seeds, leaves;
    for (int32_t i = 0; i < n; ++i) {
      roots.push_back(borrow(outputs[i]));
      seeds.push_back(borrow_optional(grads == nullptr ? nullptr : grads[i]));
    }
    if (inputs == nullptr) {
      torch::autograd::backward(roots, seeds, retain_graph != 0, create_graph != 0);
      return;
    }
    for (int32_t i = 0; i < m; ++i) leaves.push_back(borrow(inputs[i]));
    auto found = torch::autograd::grad(roots, leaves, seeds, retain_graph != 0, create_graph != 0, allow_unused != 0);
    for (int32_t i = 0; i < m; ++i) results[i] = lend(std::move(found[static_cast<size_t>(i)]));
  });
}

int32_t pt_mode_begin(int32_t what, int64_t* state) {
  return guarded([&] {
    if (what == 0) {
      const bool wanted = *state != 0;
      *state = c10::GradMode::is_enabled();
      c10::GradMode::set_enabled(wanted);
    } else {
      *state = reinterpret_cast<int64_t>(new c10::InferenceMode(*state != 0));
    }
  });
}

void pt_mode_end(int32_t what, int64_t state) {
  guarded([&] {
    if (what == 0) c10::GradMode::set_enabled(state != 0);
    else delete reinterpret_cast<c10::InferenceMode*>(state);
  });
}

int32_t pt_grad_enabled() { return c10::GradMode::is_enabled() && !c10::InferenceMode::is_enabled(); }

int32_t pt_seed(int64_t seed) {
  return guarded([&] { at::manual_seed(static_cast<uint64_t>(seed)); });
}

int32_t pt_random_state(int32_t device_type, int32_t device_index, pt_tensor* state) {
  return guarded([&] {
    c10::Device device(static_cast<c10::DeviceType>(device_type), static_cast<c10::DeviceIndex>(device_index));
    at::Generator generator = at::globalContext().defaultGenerator(device);
    std::lock_guard<std::mutex> lock(generator.mutex());
    if (*state == nullptr) *state = lend(generator.get_state());
    else generator.set_state(borrow(*state));
  });
}

int32_t pt_threads(int32_t which, int32_t n, int32_t* current) {
  return guarded([&] {
    if (n > 0 && which == 0) {
      at::set_num_threads(n);
      // libtorch tells a BLAS of its own, but not the system's OpenBLAS, which has threads apart from OpenMP's.
      if (void* set = dlsym(RTLD_DEFAULT, "openblas_set_num_threads")) reinterpret_cast<void (*)(int)>(set)(n);
    }
    if (n > 0 && which == 1) at::set_num_interop_threads(n);
    *current = which == 0 ? at::get_num_threads() : at::get_num_interop_threads();
  });
}

int32_t pt_clock(int32_t on, int64_t* nanoseconds) {
  if (on == 1) clock_nanoseconds = 0;
  if (on >= 0) clock_runs = on == 1;
  *nanoseconds = clock_nanoseconds;
  return 0;
}

int32_t pt_device_count(int32_t device_type, int32_t* count) {
  return guarded([&] {
    auto type = static_cast<c10::DeviceType>(device_type);
    *count = c10::impl::hasDeviceGuardImpl(type) ? c10::impl::getDeviceGuardImpl(type)->deviceCount() : 0;
  });
}

int32_t pt_memory(int32_t device_type, int32_t device_index, int32_t track, int64_t* current, int64_t* peak) {
  return guarded([&] {
    if (static_cast<c10::DeviceType>(device_type) == c10::DeviceType::CPU) {
      static CountingAllocator counting;
      static std::mutex mutex;
      std::lock_guard<std::mutex> lock(mutex);
      if (counting.inner == nullptr) {
        counting.inner = c10::GetCPUAllocator();
        inner_delete = counting.inner->raw_deleter();
      }
      if (track == 0 || track == 1) c10::SetCPUAllocator(track == 1 ? &counting : counting.inner, 200);
      *current = bytes_now.load();
      if (track == 1 || track == 3) bytes_peak = *current;
      *peak = bytes_peak.load();
      return;
    }
#ifdef PESSIMIST_CUDA
    auto device = static_cast<c10::DeviceIndex>(device_index);
    auto stats = c10::cuda::CUDACachingAllocator::getDeviceStats(device);
    *current = stats.allocated_bytes[0].current;
    *peak = stats.allocated_bytes[0].peak;
    if (track == 1 || track == 3) c10::cuda::CUDACachingAllocator::resetPeakStats(device);
#else
    TORCH_CHECK(false, "memory statistics of this device are not compiled in (device type ", device_type, ", index ", device_index, ")");
#endif
  });
}

} // extern "C"
