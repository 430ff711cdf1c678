#include "pessimist_torch.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <malloc.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/api/include/torch/version.h>

#include <deque>
#include <map>
#include <mutex>

#ifdef PESSIMIST_CUDA
#include <c10/cuda/CUDACachingAllocator.h>
#endif

namespace {

thread_local std::string last_error;

template <typename F>
int32_t guarded(F&& body) noexcept {
  try {
    try {
      body();
      return 0;
    } catch (const c10::Error& e) {
      last_error = e.what_without_backtrace();
    } catch (const std::exception& e) {
      last_error = e.what();
    } catch (...) {
      last_error = "an exception of unknown type";
    }
  } catch (...) {
    // Even the message could not be stored: memory is exhausted.
  }
  return 1;
}

at::Tensor borrow(pt_tensor t) {
  TORCH_CHECK(t != nullptr, "the tensor handle is null");
  return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(static_cast<c10::TensorImpl*>(t)));
}

at::Tensor borrow_optional(pt_tensor t) {
  return t == nullptr ? at::Tensor() : borrow(t);
}

pt_tensor lend(at::Tensor t) {
  return t.defined() ? t.unsafeReleaseTensorImpl() : nullptr;
}

enum class Kind { Tensor, Int, Double, Bool, Scalar, String, Device, IntList, DoubleList, BoolList, TensorList, OptionalTensorList, ScalarList, Other };

struct Parameter {
  Kind kind;
  bool optional;
  int32_t fixed; // N of int[N], for which one number stands for all
};

struct Operator {
  c10::OperatorHandle handle;
  std::vector<Parameter> parameters;
  std::string schema;
};

Parameter classify(const c10::Argument& argument) {
  c10::TypePtr type = argument.type();
  Parameter p{Kind::Other, false, argument.N().value_or(0)};
  if (auto optional = type->cast<c10::OptionalType>()) {
    p.optional = true;
    type = optional->getElementType();
  }
  switch (type->kind()) {
    case c10::TypeKind::TensorType: p.kind = Kind::Tensor; break;
    case c10::TypeKind::IntType: p.kind = Kind::Int; break;
    case c10::TypeKind::FloatType: p.kind = Kind::Double; break;
    case c10::TypeKind::BoolType: p.kind = Kind::Bool; break;
    case c10::TypeKind::NumberType: p.kind = Kind::Scalar; break;
    case c10::TypeKind::StringType: p.kind = Kind::String; break;
    case c10::TypeKind::DeviceObjType: p.kind = Kind::Device; break;
    case c10::TypeKind::ListType: {
      c10::TypePtr element = type->castRaw<c10::ListType>()->getElementType();
      switch (element->kind()) {
        case c10::TypeKind::TensorType: p.kind = Kind::TensorList; break;
        case c10::TypeKind::IntType: p.kind = Kind::IntList; break;
        case c10::TypeKind::FloatType: p.kind = Kind::DoubleList; break;
        case c10::TypeKind::BoolType: p.kind = Kind::BoolList; break;
        case c10::TypeKind::NumberType: p.kind = Kind::ScalarList; break;
        case c10::TypeKind::OptionalType:
          if (element->castRaw<c10::OptionalType>()->getElementType()->kind() == c10::TypeKind::TensorType)
            p.kind = Kind::OptionalTensorList;
          break;
        default: break;
      }
      break;
    }
    default: break;
  }
  return p;
}

template <typename T>
const T* elements(const pt_value& v) {
  TORCH_CHECK(v.count >= 0 && (v.count == 0 || v.p != nullptr), "a list argument has no memory");
  return static_cast<const T*>(v.p);
}

c10::IValue scalar(const pt_value& v, bool& ok) {
  switch (v.tag) {
    case PT_INT: return v.i;
    case PT_DOUBLE: return v.d;
    case PT_BOOL: return v.i != 0;
    default: ok = false; return {};
  }
}

// The boxed kernels trust their stack, so every value is checked against the schema before it is pushed.
c10::IValue box(const pt_value& v, const Parameter& p, bool& ok) {
  if (v.tag == PT_NONE) {
    ok = p.optional;
    return {};
  }
  switch (p.kind) {
    case Kind::Tensor:
      if ((ok = v.tag == PT_TENSOR)) return borrow(v.p);
      break;
    case Kind::Int:
      if ((ok = v.tag == PT_INT || v.tag == PT_BOOL)) return v.i;
      break;
    case Kind::Double:
      if ((ok = v.tag == PT_DOUBLE || v.tag == PT_INT)) return v.tag == PT_INT ? static_cast<double>(v.i) : v.d;
      break;
    case Kind::Bool:
      if ((ok = v.tag == PT_BOOL)) return v.i != 0;
      break;
    case Kind::Scalar: return scalar(v, ok);
    case Kind::String:
      if ((ok = v.tag == PT_STRING)) return std::string(elements<char>(v), static_cast<size_t>(v.count));
      break;
    case Kind::Device:
      if ((ok = v.tag == PT_DEVICE)) return c10::Device(static_cast<c10::DeviceType>(v.count), static_cast<c10::DeviceIndex>(v.i));
      break;
    case Kind::IntList:
      if (v.tag == PT_INT && p.fixed > 0) return std::vector<int64_t>(static_cast<size_t>(p.fixed), v.i);
      if ((ok = v.tag == PT_INT_LIST)) return std::vector<int64_t>(elements<int64_t>(v), elements<int64_t>(v) + v.count);
      break;
    case Kind::DoubleList:
      if ((ok = v.tag == PT_DOUBLE_LIST)) return std::vector<double>(elements<double>(v), elements<double>(v) + v.count);
      break;
    case Kind::BoolList:
      if ((ok = v.tag == PT_BOOL_LIST)) {
        c10::List<bool> list;
        for (int32_t i = 0; i < v.count; ++i) list.push_back(elements<uint8_t>(v)[i] != 0);
        return list;
      }
      break;
    case Kind::TensorList:
      if ((ok = v.tag == PT_TENSOR_LIST)) {
        c10::List<at::Tensor> list;
        list.reserve(static_cast<size_t>(v.count));
        for (int32_t i = 0; i < v.count; ++i) list.push_back(borrow(elements<pt_tensor>(v)[i]));
        return list;
      }
      break;
    case Kind::OptionalTensorList:
      if ((ok = v.tag == PT_TENSOR_LIST)) {
        c10::List<c10::optional<at::Tensor>> list;
        for (int32_t i = 0; i < v.count; ++i) {
          pt_tensor t = elements<pt_tensor>(v)[i];
          list.push_back(t == nullptr ? c10::optional<at::Tensor>() : c10::optional<at::Tensor>(borrow(t)));
        }
        return list;
      }
      break;
    case Kind::ScalarList:
      if ((ok = v.tag == PT_DOUBLE_LIST || v.tag == PT_INT_LIST)) {
        c10::impl::GenericList list(c10::NumberType::get());
        for (int32_t i = 0; i < v.count; ++i)
          list.push_back(v.tag == PT_INT_LIST ? c10::IValue(elements<int64_t>(v)[i]) : c10::IValue(elements<double>(v)[i]));
        return list;
      }
      break;
    case Kind::Other: ok = false; break;
  }
  return {};
}

const char* const tag_names[] = {"None", "Tensor", "int", "float", "bool", "Device", "str", "int[]", "float[]", "bool[]", "Tensor[]", "default"};

template <typename T, typename List>
void unbox_list(const List& list, int32_t tag, pt_value& out) {
  size_t n = list.size();
  T* memory = static_cast<T*>(malloc(n == 0 ? 1 : n * sizeof(T)));
  TORCH_CHECK(memory != nullptr, "no memory for a list of ", n, " results");
  for (size_t i = 0; i < n; ++i) memory[i] = static_cast<T>(list.get(i));
  out = pt_value{tag, static_cast<int32_t>(n), {0}};
  out.p = memory;
}

void unbox(c10::IValue&& v, pt_value& out) {
  out = pt_value{PT_NONE, 0, {0}};
  if (v.isNone()) return;
  if (v.isTensor()) {
    out.p = lend(std::move(v).toTensor());
    if (out.p != nullptr) out.tag = PT_TENSOR;
  } else if (v.isInt()) {
    out.tag = PT_INT, out.i = v.toInt();
  } else if (v.isDouble()) {
    out.tag = PT_DOUBLE, out.d = v.toDouble();
  } else if (v.isBool()) {
    out.tag = PT_BOOL, out.i = v.toBool();
  } else if (v.isDevice()) {
    out.tag = PT_DEVICE, out.count = static_cast<int32_t>(v.toDevice().type()), out.i = v.toDevice().index();
  } else if (v.isTensorList()) {
    auto list = std::move(v).toTensorList();
    auto memory = static_cast<pt_tensor*>(malloc(list.size() * sizeof(pt_tensor) + 1));
    TORCH_CHECK(memory != nullptr, "no memory for a list of results");
    for (size_t i = 0; i < list.size(); ++i) memory[i] = lend(list.get(i));
    out.tag = PT_TENSOR_LIST, out.count = static_cast<int32_t>(list.size()), out.p = memory;
  } else if (v.isIntList()) {
    unbox_list<int64_t>(v.toIntList(), PT_INT_LIST, out);
  } else if (v.isDoubleList()) {
    unbox_list<double>(v.toDoubleList(), PT_DOUBLE_LIST, out);
  } else if (v.isBoolList()) {
    unbox_list<uint8_t>(v.toBoolList(), PT_BOOL_LIST, out);
  } else if (v.isString()) {
    const std::string& s = v.toStringRef();
    auto memory = static_cast<char*>(malloc(s.size() + 1));
    TORCH_CHECK(memory != nullptr, "no memory for a string");
    memcpy(memory, s.data(), s.size());
    out.tag = PT_STRING, out.count = static_cast<int32_t>(s.size()), out.p = memory;
  } else {
    TORCH_CHECK(false, "a result of type ", v.tagKind(), " cannot cross the boundary");
  }
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
    if (data.get() == nullptr || data.get_context() != data.get() || data.get_deleter() != inner_delete) return data;
    int64_t now = bytes_now.fetch_add(static_cast<int64_t>(malloc_usable_size(data.get()))) + static_cast<int64_t>(malloc_usable_size(data.get()));
    int64_t peak = bytes_peak.load();
    while (now > peak && !bytes_peak.compare_exchange_weak(peak, now)) {}
    void* p = data.get();
    at::Device device = data.device();
    data.release_context();
    return {p, p, &counted_delete, device};
  }
  at::DataPtr allocate(size_t n) const { return count(n); }
  at::DataPtr allocate(size_t n) { return count(n); }
  at::DeleterFnPtr raw_deleter() const override { return nullptr; }
  void copy_data(void* to, const void* from, size_t n) const { memcpy(to, from, n); }
};

} // namespace

extern "C" {

int32_t pt_abi() { return PT_ABI; }

const char* pt_error() { return last_error.c_str(); }

int32_t pt_info(int32_t what, const char** text) {
  return guarded([&] {
    static thread_local std::string info;
    info = what == 0 ? std::string(TORCH_VERSION) : what == 1 ? at::show_config() : at::get_parallel_info();
    *text = info.c_str();
  });
}

int32_t pt_find(const char* name, const char* overload, pt_operator* op, int32_t* arguments, int32_t* returns, const char** schema) {
  return guarded([&] {
    static std::mutex mutex;
    static std::map<std::pair<std::string, std::string>, Operator> found; // nodes stay where they are
    std::lock_guard<std::mutex> lock(mutex);
    auto key = std::make_pair(std::string(name), std::string(overload));
    auto it = found.find(key);
    if (it == found.end()) {
      c10::optional<c10::OperatorHandle> handle = c10::Dispatcher::singleton().findSchema({key.first, key.second});
      TORCH_CHECK(handle.has_value(), "libtorch " TORCH_VERSION " has no operator of this name and overload");
      Operator entry{*handle, {}, c10::toString(handle->schema())};
      for (const c10::Argument& argument : handle->schema().arguments()) entry.parameters.push_back(classify(argument));
      it = found.emplace(std::move(key), std::move(entry)).first;
    }
    *op = &it->second;
    *arguments = static_cast<int32_t>(it->second.parameters.size());
    *returns = static_cast<int32_t>(it->second.handle.schema().returns().size());
    *schema = it->second.schema.c_str();
  });
}

int32_t pt_call(pt_operator opaque, const pt_value* args, int32_t n, pt_value* results, int32_t* count) {
  return guarded([&] {
    TORCH_CHECK(opaque != nullptr, "the operator handle is null");
    const Operator& op = *static_cast<const Operator*>(opaque);
    const size_t wanted = op.parameters.size();
    TORCH_CHECK(n >= 0 && static_cast<size_t>(n) <= wanted, "takes at most ", wanted, " arguments, not ", n, ": ", op.schema);
    torch::jit::Stack stack;
    stack.reserve(wanted);
    for (size_t i = 0; i < wanted; ++i) {
      if (i < static_cast<size_t>(n) && args[i].tag != PT_DEFAULT) {
        bool ok = true;
        stack.push_back(box(args[i], op.parameters[i], ok));
        if (!ok) {
          const char* given = args[i].tag >= 0 && args[i].tag < 12 ? tag_names[args[i].tag] : "unknown";
          TORCH_CHECK(false, "argument ", i, " ('", op.handle.schema().arguments()[i].name(), "') is of type ",
              op.handle.schema().arguments()[i].type()->str(), ", and a ", given, " was given: ", op.schema);
        }
      } else {
        const c10::Argument& argument = op.handle.schema().arguments()[i];
        TORCH_CHECK(argument.default_value().has_value(), "argument ", i, " ('", argument.name(), "') is missing: ", op.schema);
        stack.push_back(*argument.default_value());
      }
    }
    c10::Dispatcher::singleton().callBoxed(op.handle, &stack);
    const int32_t capacity = *count;
    *count = static_cast<int32_t>(stack.size());
    TORCH_CHECK(capacity == 0 || *count <= capacity, "returns ", *count, " values, more than the ", capacity, " asked for: ", op.schema);
    for (int32_t i = 0; i < *count && capacity != 0; ++i) unbox(std::move(stack[static_cast<size_t>(i)]), results[i]);
  });
}

void pt_free(void* p) { free(p); }

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
      *state = at::GradMode::is_enabled();
      at::GradMode::set_enabled(wanted);
    } else {
      *state = reinterpret_cast<int64_t>(new c10::InferenceMode(*state != 0));
    }
  });
}

void pt_mode_end(int32_t what, int64_t state) {
  guarded([&] {
    if (what == 0) at::GradMode::set_enabled(state != 0);
    else delete reinterpret_cast<c10::InferenceMode*>(state);
  });
}

int32_t pt_grad_enabled() { return at::GradMode::is_enabled() && !c10::InferenceMode::is_enabled(); }

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
    if (n > 0 && which == 0) at::set_num_threads(n);
    if (n > 0 && which == 1) at::set_num_interop_threads(n);
    *current = which == 0 ? at::get_num_threads() : at::get_num_interop_threads();
  });
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
    using c10::cuda::CUDACachingAllocator::StatType;
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
