#include "internal.h"

#include <ATen/core/builtin_function.h>
#include <ATen/record_function.h>
#include <torch/csrc/jit/api/function_impl.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/runtime/print_handler.h>
#include <torch/csrc/jit/serialization/import.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <deque>
#include <unordered_map>
#include <unordered_set>

using namespace pessimist;
using torch::jit::Stack;

namespace {

struct Script {
  torch::jit::Module root;
  std::vector<torch::jit::Module> modules;
  std::unordered_map<const void*, int32_t> numbers; // of modules, by object
  std::vector<std::pair<int32_t, std::string>> tensors;
  std::unordered_map<const torch::jit::Function*, torch::jit::Function*> originals;
  std::deque<torch::jit::BuiltinOpFunction> wrappers; // types keep pointers to them
  std::string description;

  explicit Script(torch::jit::Module loaded) : root(std::move(loaded)) {}
};

// A submodule's call, between the interpreter and whoever watches.
struct Frame {
  torch::jit::Function* function;
  Stack* stack;
  size_t first; // its input on the stack, after self
};

thread_local const pt_script_watch* watching = nullptr;
thread_local int quiet = 0; // operators inside of operators, and what the watcher itself does

struct Quiet {
  int before;
  explicit Quiet(int value) : before(quiet) { quiet = value; }
  ~Quiet() { quiet = before; }
};

const c10::IValue* first_tensor(const c10::IValue& value) {
  if (value.isTensor()) return &value;
  if (value.isTuple()) {
    for (const c10::IValue& element : value.toTupleRef().elements())
      if (const c10::IValue* found = first_tensor(element)) return found;
  }
  return nullptr;
}

void run_module(int32_t number, torch::jit::Function* function, Stack& stack) {
  const size_t first = stack.size() - function->num_inputs() + 1;
  if (watching == nullptr || watching->module == nullptr || first >= stack.size() || !stack[first].isTensor() || !stack[first].toTensor().defined()) {
    function->run(stack);
    return;
  }
  Frame frame{function, &stack, first};
  pt_tensor output = nullptr;
  int32_t status;
  {
    Quiet inside(1);
    status = watching->module(watching->state, number, &frame, lend(stack[first].toTensor()), &output);
  }
  if (status != 0) throw std::runtime_error("the watcher ended the call");
  TORCH_CHECK(frame.function == nullptr, "the watcher did not run the module");
  if (output == nullptr) return;
  if (stack.back().isTensor()) stack.back() = borrow(output);
}

// From now on a call of a submodule's forward passes by run_module. A type is shared by the submodules of one class and shape.
void wrap(Script& script) {
  std::unordered_set<const c10::ClassType*> seen;
  for (const torch::jit::Module& module : script.modules) {
    auto type = module.type();
    if (!seen.insert(type.get()).second) continue;
    std::vector<torch::jit::Function*> methods;
    for (torch::jit::Function* method : type->methods()) {
      // Tracing names the second call of one module forward1, scripting an overload forward__0.
      const std::string& name = method->name();
      if (name.rfind("forward", 0) == 0 && name.find_first_not_of("_0123456789", 7) == std::string::npos) methods.push_back(method);
    }
    for (torch::jit::Function* method : methods) {
      auto run = [&script, method](Stack& stack) {
        const void* self = stack[stack.size() - method->num_inputs()].toObject().get();
        auto number = script.numbers.find(self);
        if (number == script.numbers.end()) method->run(stack);
        else run_module(number->second, method, stack);
      };
      script.wrappers.emplace_back(method->qualname(), method->getSchema(), run);
      script.originals.emplace(&script.wrappers.back(), method);
      const std::string name = method->name();
      type->unsafeRemoveMethod(name);
      type->addMethod(&script.wrappers.back());
    }
  }
}

void field(std::string& text, const std::string& value) {
  for (char c : value) TORCH_CHECK(static_cast<unsigned char>(c) >= 0x20, "a name in the file holds control characters");
  text += value;
}

int32_t describe(Script& script, const torch::jit::Module& module) {
  TORCH_CHECK(script.modules.size() < 100000, "the file has more than 100000 submodules");
  const auto number = static_cast<int32_t>(script.modules.size());
  const std::string at = std::to_string(number);
  std::string& text = script.description;
  script.modules.push_back(module);
  script.numbers.emplace(module._ivalue().get(), number);
  text += "m\x1f";
  auto name = module.type()->name();
  field(text, name ? name->name() : "");
  auto training = module.type()->findAttribute("training") ? module.attr("training") : c10::IValue();
  text += std::string("\x1f") + (training.isBool() ? training.toBool() ? "1" : "0" : "-1") + '\x1e';
  auto type = module.type();
  for (size_t i = 0; i < type->numAttributes(); ++i) {
    const c10::IValue value = module._ivalue()->getSlot(i);
    if (!value.isTensor() || !value.toTensor().defined() || (!type->is_parameter(i) && !type->is_buffer(i))) continue;
    text += (type->is_parameter(i) ? "p\x1f" : "b\x1f") + at + '\x1f';
    field(text, type->getAttributeName(i));
    text += '\x1e';
    script.tensors.emplace_back(number, type->getAttributeName(i));
  }
  for (const auto& child : module.named_children()) {
    auto known = script.numbers.find(child.value._ivalue().get());
    const int32_t below = known != script.numbers.end() ? known->second : describe(script, child.value);
    text += "c\x1f" + at + '\x1f';
    field(text, child.name);
    text += '\x1f' + std::to_string(below) + '\x1e';
  }
  return number;
}

struct Arguments final : at::ObserverContext {
  std::vector<c10::IValue> values; // on the stack only until the operator takes them
  size_t returns = 0;
  bool seen = false;
};

void unbox_all(c10::ArrayRef<c10::IValue> values, std::vector<pt_value>& out) {
  for (const c10::IValue& value : values) {
    out.emplace_back();
    try {
      c10::IValue copy = value;
      unbox(std::move(copy), out.back());
    } catch (const c10::Error&) {
      out.back() = pt_value{PT_NONE, 0, {0}}; // a generator, a list of optional tensors
    }
  }
}

std::unique_ptr<at::ObserverContext> begin_operator(const at::RecordFunction& function) {
  auto arguments = std::make_unique<Arguments>();
  if (quiet++ == 0) {
    arguments->seen = true;
    auto schema = function.operator_schema();
    auto inputs = function.inputs();
    // The interpreter's whole stack, of which the operator takes the end.
    const size_t taken = schema ? std::min(inputs.size(), schema->arguments().size()) : inputs.size();
    arguments->values.assign(inputs.end() - static_cast<std::ptrdiff_t>(taken), inputs.end());
    arguments->returns = schema ? schema->returns().size() : SIZE_MAX;
  }
  return arguments;
}

void end_operator(const at::RecordFunction& function, at::ObserverContext* context) {
  --quiet;
  auto& arguments = static_cast<Arguments&>(*context);
  auto name = function.operator_name();
  if (!arguments.seen || !name || watching == nullptr || watching->op == nullptr) return;
  std::vector<pt_value> args, results;
  unbox_all(arguments.values, args);
  c10::ArrayRef<c10::IValue> outputs = function.outputs();
  unbox_all(outputs.slice(outputs.size() - std::min(outputs.size(), arguments.returns)), results);
  const int32_t count = std::uncaught_exceptions() > 0 ? -1 : static_cast<int32_t>(results.size());
  Quiet inside(1);
  watching->op(
      watching->state, name->name.c_str(), name->overload_name.c_str(), args.data(), static_cast<int32_t>(args.size()), results.data(), count);
}

// Watches this thread's calls as long as it lives.
struct Watch {
  const pt_script_watch* before = watching;
  int depth = quiet;
  at::CallbackHandle handle = 0;
  bool records;
  explicit Watch(const pt_script_watch* watch) : records(watch != nullptr && watch->op != nullptr) {
    if (records)
      handle = at::addThreadLocalCallback(
          at::RecordFunctionCallback(&begin_operator, &end_operator).needsInputs(true).needsOutputs(true).scopes({at::RecordScope::FUNCTION}));
    watching = watch;
    quiet = 0;
  }
  ~Watch() {
    if (records) at::removeCallback(handle);
    watching = before;
    quiet = depth;
  }
};

void flatten(const c10::IValue& value, std::vector<c10::IValue>& leaves) {
  if (value.isTuple()) {
    for (const c10::IValue& element : value.toTupleRef().elements()) flatten(element, leaves);
  } else if (value.isList() && !value.isTensorList()) {
    for (const c10::IValue& element : value.toListRef()) flatten(element, leaves);
  } else if (value.isTensorList()) {
    for (const at::Tensor& tensor : value.toTensorVector()) leaves.emplace_back(tensor);
  } else if (value.isGenericDict()) {
    for (const auto& entry : value.toGenericDict()) flatten(entry.value(), leaves);
  } else if (value.isObject()) {
    TORCH_CHECK(false, "a result of class ", value.type()->str(), " cannot cross the boundary");
  } else {
    leaves.push_back(value);
  }
}

Script& script_of(pt_script handle) {
  TORCH_CHECK(handle != nullptr, "the script handle is null");
  return *static_cast<Script*>(handle);
}

const torch::jit::Module& module_of(const Script& script, int32_t module) {
  TORCH_CHECK(module >= 0 && static_cast<size_t>(module) < script.modules.size(), "there is no submodule ", module);
  return script.modules[static_cast<size_t>(module)];
}

} // namespace

extern "C" {

int32_t pt_script_load(const char* path, pt_script* handle, const char** description) {
  return guarded([&] {
    // Standard output is the program's.
    torch::jit::setPrintHandler([](const std::string& text) { fputs(text.c_str(), stderr); });
    auto script = std::make_unique<Script>(torch::jit::load(path, c10::Device(at::kCPU)));
    describe(*script, script->root);
    wrap(*script);
    *description = script->description.c_str();
    *handle = script.release();
  });
}

void pt_script_release(pt_script handle) {
  guarded([&] { delete static_cast<Script*>(handle); });
}

int32_t pt_script_tensor(pt_script handle, int32_t index, pt_tensor* tensor) {
  return guarded([&] {
    Script& script = script_of(handle);
    TORCH_CHECK(index >= 0 && static_cast<size_t>(index) < script.tensors.size(), "there is no tensor ", index);
    const auto& [module, name] = script.tensors[static_cast<size_t>(index)];
    *tensor = lend(module_of(script, module).attr(name).toTensor());
  });
}

int32_t pt_script_training(pt_script handle, int32_t number, int32_t value) {
  return guarded([&] {
    const torch::jit::Module& module = module_of(script_of(handle), number);
    if (module.type()->findAttribute("training")) module._ivalue()->setAttr("training", value != 0);
  });
}

int32_t pt_script_call(
    pt_script handle, int32_t number, const char* method, const pt_value* args, int32_t n, const pt_script_watch* watch, pt_value* results, int32_t* count) {
  return guarded([&] {
    Script& script = script_of(handle);
    const torch::jit::Module& module = module_of(script, number);
    torch::jit::Function* function = module.type()->findMethod(method);
    TORCH_CHECK(function != nullptr, module.type()->name()->name(), " has no method '", method, "'");
    auto original = script.originals.find(function);
    if (original != script.originals.end()) function = original->second;
    const c10::FunctionSchema& schema = function->getSchema();
    TORCH_CHECK(n >= 0 && static_cast<size_t>(n) < schema.arguments().size() + 1, "takes at most ", schema.arguments().size() - 1, " arguments, not ", n);
    Stack stack{module._ivalue()};
    for (int32_t i = 0; i < n; ++i) stack.push_back(box_argument(args[i], schema, static_cast<size_t>(i) + 1));
    schema.checkAndNormalizeInputs(stack);
    // Without it the executor rewrites the graph: other kernels, other bits, and no submodule to be seen.
    torch::jit::GraphOptimizerEnabledGuard plain(false);
    {
      Watch lease(watch);
      function->run(stack);
    }
    std::vector<c10::IValue> leaves;
    flatten(stack.back(), leaves);
    const int32_t capacity = *count;
    *count = static_cast<int32_t>(leaves.size());
    TORCH_CHECK(*count <= capacity, "returns ", *count, " values, more than the ", capacity, " that are taken");
    for (int32_t i = 0; i < *count; ++i) unbox(std::move(leaves[static_cast<size_t>(i)]), results[i]);
  });
}

int32_t pt_script_run(void* opaque, pt_tensor input, pt_tensor* output) {
  return guarded([&] {
    Frame& frame = *static_cast<Frame*>(opaque);
    TORCH_CHECK(frame.function != nullptr, "the module has run");
    torch::jit::Function* function = frame.function;
    frame.function = nullptr;
    (*frame.stack)[frame.first] = borrow(input);
    Quiet outside(0);
    function->run(*frame.stack);
    const c10::IValue* found = first_tensor(frame.stack->back());
    *output = found == nullptr ? nullptr : lend(found->toTensor());
  });
}

} // extern "C"
