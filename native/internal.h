#pragma once
#include "pessimist_torch.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/function_schema.h>
#include <ATen/core/ivalue.h>
#include <torch/csrc/api/include/torch/version.h>

#include <atomic>
#include <chrono>
#include <string>

namespace pessimist {

// libtorch's own optional became the standard's, and its name goes away.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
using OptionalTensor = std::optional<at::Tensor>;
#else
using OptionalTensor = c10::optional<at::Tensor>;
#endif

std::string& last_error(); // of this thread
void keep_warnings();      // of this thread

// Nothing may be thrown across the C boundary.
template <typename F>
int32_t guarded(F&& body) noexcept {
  static thread_local bool ready = false; // libtorch's warning handler is the thread's
  try {
    try {
      if (!ready) keep_warnings();
      ready = true;
      body();
      return 0;
    } catch (const c10::Error& e) {
      last_error() = e.what_without_backtrace();
    } catch (const std::exception& e) {
      last_error() = e.what();
    } catch (...) {
      last_error() = "an exception of unknown type";
    }
  } catch (...) {
    // Even the message could not be stored: memory is exhausted.
  }
  return 1;
}

extern std::atomic<bool> clock_runs;
extern std::atomic<int64_t> clock_nanoseconds;

// Adds the time of its scope while the clock runs.
struct Clocked {
  const bool on = clock_runs.load(std::memory_order_relaxed);
  const std::chrono::steady_clock::time_point start = on ? std::chrono::steady_clock::now() : std::chrono::steady_clock::time_point();
  ~Clocked() {
    if (on) clock_nanoseconds += std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - start).count();
  }
};

inline at::Tensor borrow(pt_tensor t) {
  TORCH_CHECK(t != nullptr, "the tensor handle is null");
  return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(static_cast<c10::TensorImpl*>(t)));
}

inline pt_tensor lend(at::Tensor t) {
  return t.defined() ? t.unsafeReleaseTensorImpl() : nullptr;
}

// Checked against the declaration: the kernels trust what they are given.
c10::IValue box_argument(const pt_value& value, const c10::FunctionSchema& schema, size_t index);
void unbox(c10::IValue&& value, pt_value& out);

} // namespace pessimist
