#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PT_EXPORT __attribute__((visibility("default")))
// Raised whenever a signature or a tag below changes, so that a stale build is refused and not called.
#define PT_ABI 2

// A tensor handle is a c10::TensorImpl* that owns one reference.
typedef void* pt_tensor;
typedef const void* pt_operator;

enum pt_tag {
  PT_NONE = 0,
  PT_TENSOR = 1,
  PT_INT = 2,
  PT_DOUBLE = 3,
  PT_BOOL = 4,
  PT_DEVICE = 5,       // count = device type, i = index
  PT_STRING = 6,       // p = UTF-8 bytes, count = their number
  PT_INT_LIST = 7,     // p = int64_t[count]
  PT_DOUBLE_LIST = 8,  // p = double[count]
  PT_BOOL_LIST = 9,    // p = uint8_t[count]
  PT_TENSOR_LIST = 10, // p = pt_tensor[count]; null where an optional tensor is absent
  PT_DEFAULT = 11      // take the schema's default
};

typedef struct {
  int32_t tag;
  int32_t count;
  union {
    int64_t i;
    double d;
    void* p;
  };
} pt_value;

enum pt_flag {
  PT_REQUIRES_GRAD = 1,
  PT_LEAF = 2,
  PT_CONTIGUOUS = 4,
  PT_HAS_GRAD = 8,
  PT_STRIDED = 16,
  PT_INFERENCE = 32
};

typedef struct {
  const int64_t* sizes; // valid while the tensor lives and is not resized
  const int64_t* strides;
  void* data;
  int64_t numel;
  int64_t version; // bumped by every in-place change; -1 for inference tensors
  int32_t ndim;
  int32_t dtype;
  int32_t device_type;
  int32_t device_index;
  int32_t flags;
  int32_t reserved;
} pt_meta;

// Every function that can fail returns 0, or 1 with the message in pt_error() of the same thread.
PT_EXPORT int32_t pt_abi(void);
PT_EXPORT const char* pt_error(void);
// what: 0 libtorch version, 1 build configuration, 2 threading, 3 the warnings since the last call, each ended by \x1e
PT_EXPORT int32_t pt_info(int32_t what, const char** text);

PT_EXPORT int32_t pt_find(const char* name, const char* overload, pt_operator* op, int32_t* arguments, int32_t* returns, const char** schema);
// Results: at most *count values are stored, *count becomes their true number; with capacity 0 they are dropped.
// A list among the results is owned by the caller: pt_free(p).
PT_EXPORT int32_t pt_call(pt_operator op, const pt_value* args, int32_t n, pt_value* results, int32_t* count);
PT_EXPORT void pt_free(void* p);

PT_EXPORT int32_t pt_from_memory(void* data, const int64_t* sizes, int32_t ndim, int32_t dtype, void (*release)(void*), void* state, pt_tensor* result);
PT_EXPORT void pt_release(pt_tensor t);
PT_EXPORT int32_t pt_describe(pt_tensor t, pt_meta* meta);
PT_EXPORT int32_t pt_grad(pt_tensor t, pt_tensor* grad);
PT_EXPORT int32_t pt_set_grad(pt_tensor t, pt_tensor grad);
PT_EXPORT int32_t pt_set_requires_grad(pt_tensor t, int32_t value);
// Null where a gradient is absent. inputs == null: accumulate into the leaves and return nothing.
PT_EXPORT int32_t pt_backward(
    const pt_tensor* outputs, const pt_tensor* grads, int32_t n, const pt_tensor* inputs, int32_t m,
    int32_t retain_graph, int32_t create_graph, int32_t allow_unused, pt_tensor* results);

// what: 0 gradients, 1 inference; *state in: the wanted value, out: what pt_mode_end needs.
PT_EXPORT int32_t pt_mode_begin(int32_t what, int64_t* state);
PT_EXPORT void pt_mode_end(int32_t what, int64_t state);
PT_EXPORT int32_t pt_grad_enabled(void);

PT_EXPORT int32_t pt_seed(int64_t seed);
// *state null on entry: read; otherwise: set.
PT_EXPORT int32_t pt_random_state(int32_t device_type, int32_t device_index, pt_tensor* state);
// n <= 0 only reads. which: 0 inside operators, 1 between operators
PT_EXPORT int32_t pt_threads(int32_t which, int32_t n, int32_t* current);
PT_EXPORT int32_t pt_device_count(int32_t device_type, int32_t* count);
// CPU: bytes allocated while tracking is on (track: 0 off, 1 on, 2 read, 3 read and reset the peak).
PT_EXPORT int32_t pt_memory(int32_t device_type, int32_t device_index, int32_t track, int64_t* current, int64_t* peak);
// Nanoseconds spent in pt_call and pt_backward, on all threads together, since the clock ran. on: 1 run, 0 stop, -1 read only.
PT_EXPORT int32_t pt_clock(int32_t on, int64_t* nanoseconds);

// TorchScript, as torch.jit.save writes it. Its code runs in libtorch's interpreter, operator by operator, unoptimized.
typedef void* pt_script;
typedef struct {
  void* state;
  // A submodule is about to run `forward` on this input: answer with pt_script_run(frame, ...), or with 1 to end the call.
  // The callee owns the input. *output: a tensor to go on with instead, which stays the callee's; null for none.
  int32_t (*module)(void* state, int32_t module, void* frame, pt_tensor input, pt_tensor* output);
  // The interpreter called an operator; m is -1 when it failed. May be null. The callee owns what the values hold.
  void (*op)(void* state, const char* name, const char* overload, const pt_value* args, int32_t n, const pt_value* results, int32_t m);
} pt_script_watch;

// Submodules are numbered from the root, 0; tensors in the order told. The description has a record for each, ended by \x1e, fields by \x1f:
// m type training(0, 1, -1 for none) | c parent name child | p module name | b module name. The caller has checked that the file is an archive.
PT_EXPORT int32_t pt_script_load(const char* path, pt_script* script, const char** description);
PT_EXPORT void pt_script_release(pt_script script);
PT_EXPORT int32_t pt_script_tensor(pt_script script, int32_t index, pt_tensor* tensor);
PT_EXPORT int32_t pt_script_training(pt_script script, int32_t module, int32_t value);
// As pt_call; tuples, lists and dicts among the results are flattened. watch may be null.
PT_EXPORT int32_t pt_script_call(
    pt_script script, int32_t module, const char* method, const pt_value* args, int32_t n, const pt_script_watch* watch, pt_value* results, int32_t* count);
// Runs what pt_script_watch.module was told of, within that call. output: its first tensor.
PT_EXPORT int32_t pt_script_run(void* frame, pt_tensor input, pt_tensor* output);

#ifdef __cplusplus
}
#endif
