#include "internal.h"

#include <ATen/core/dispatch/Dispatcher.h>

#include <cstring>
#include <map>
#include <mutex>

using namespace pessimist;

namespace {

enum class Kind { Tensor, Int, Double, Bool, Scalar, String, Device, IntList, DoubleList, BoolList, TensorList, OptionalTensorList, ScalarList, Other };

struct Parameter {
  Kind kind;
  bool optional;
  int64_t limit; // values of an enumeration lie below it; 0: no enumeration
  int32_t fixed; // N of int[N], for which one number stands for all
};

struct Operator {
  c10::OperatorHandle handle;
  std::vector<Parameter> parameters;
  std::string schema;
};

Parameter classify(const c10::Argument& argument) {
  c10::TypePtr type = argument.type();
  c10::TypePtr real = argument.real_type();
  Parameter p{Kind::Other, false, 0, argument.N().value_or(0)};
  if (auto optional = type->cast<c10::OptionalType>()) {
    p.optional = true;
    type = optional->getElementType();
  }
  if (auto optional = real->cast<c10::OptionalType>()) real = optional->getElementType();
  // Kernels index tables with these and do not check.
  if (real->kind() == c10::TypeKind::ScalarTypeType) p.limit = static_cast<int64_t>(at::ScalarType::Undefined);
  if (real->kind() == c10::TypeKind::LayoutType) p.limit = static_cast<int64_t>(at::Layout::NumOptions);
  if (real->kind() == c10::TypeKind::MemoryFormatType) p.limit = static_cast<int64_t>(at::MemoryFormat::NumOptions);
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
      if ((ok = v.tag == PT_INT || v.tag == PT_BOOL)) {
        TORCH_CHECK(p.limit == 0 || (v.i >= 0 && v.i < p.limit), "there is no such dtype, layout or memory format: ", v.i);
        return v.i;
      }
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
        c10::List<OptionalTensor> list;
        for (int32_t i = 0; i < v.count; ++i) {
          pt_tensor t = elements<pt_tensor>(v)[i];
          list.push_back(t == nullptr ? OptionalTensor() : OptionalTensor(borrow(t)));
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

c10::IValue checked_box(const pt_value& value, const Parameter& parameter, const c10::FunctionSchema& schema, size_t i) {
  bool ok = true;
  c10::IValue boxed = box(value, parameter, ok);
  if (!ok) {
    const char* given = value.tag >= 0 && value.tag < 12 ? tag_names[value.tag] : "unknown";
    TORCH_CHECK(false, "argument ", i, " ('", schema.arguments()[i].name(), "') is of type ", schema.arguments()[i].type()->str(), ", and a ", given,
        " was given: ", c10::toString(schema));
  }
  return boxed;
}

} // namespace

void pessimist::unbox(c10::IValue&& v, pt_value& out) {
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

c10::IValue pessimist::box_argument(const pt_value& value, const c10::FunctionSchema& schema, size_t index) {
  return checked_box(value, classify(schema.arguments()[index]), schema, index);
}

extern "C" {

int32_t pt_find(const char* name, const char* overload, pt_operator* op, int32_t* arguments, int32_t* returns, const char** schema) {
  return guarded([&] {
    static std::mutex mutex;
    static std::map<std::pair<std::string, std::string>, Operator> found; // nodes stay where they are
    std::lock_guard<std::mutex> lock(mutex);
    auto key = std::make_pair(std::string(name), std::string(overload));
    auto it = found.find(key);
    if (it == found.end()) {
      auto handle = c10::Dispatcher::singleton().findSchema({key.first, key.second});
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
    Clocked clocked;
    TORCH_CHECK(opaque != nullptr, "the operator handle is null");
    const Operator& op = *static_cast<const Operator*>(opaque);
    const size_t wanted = op.parameters.size();
    TORCH_CHECK(n >= 0 && static_cast<size_t>(n) <= wanted, "takes at most ", wanted, " arguments, not ", n, ": ", op.schema);
    torch::jit::Stack stack;
    stack.reserve(wanted);
    for (size_t i = 0; i < wanted; ++i) {
      if (i < static_cast<size_t>(n) && args[i].tag != PT_DEFAULT) {
        stack.push_back(checked_box(args[i], op.parameters[i], op.handle.schema(), i));
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

} // extern "C"
