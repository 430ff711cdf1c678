// What networks do between their products when nothing is recorded: fewer passes over less memory than one operator after
// another. The arithmetic is that of the operators, in their order, to the bit.
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/softmax.h>
#include <torch/library.h>

#include <cmath>

#include "internal.h"
#include "processor.h"

namespace {

using pessimist::OptionalTensor;

constexpr int64_t grain = 32768;

// Read after plus: both may be one. NaN stays.
template <typename T>
inline __attribute__((always_inline)) void rectify_body(T* x, const T* plus, int64_t n) {
  if (plus != nullptr) {
    for (int64_t i = 0; i < n; ++i) {
      const T y = x[i] + plus[i];
      x[i] = y < T(0) ? T(0) : y;
    }
  } else {
    for (int64_t i = 0; i < n; ++i) x[i] = x[i] < T(0) ? T(0) : x[i];
  }
}

FOR_EACH_PROCESSOR void rectify_loop(float* x, const float* plus, int64_t n) { rectify_body(x, plus, n); }
FOR_EACH_PROCESSOR void rectify_loop(double* x, const double* plus, int64_t n) { rectify_body(x, plus, n); }

bool plain(const at::Tensor& t, const at::Tensor& like) {
  return t.device().is_cpu() && t.layout() == at::kStrided && t.is_contiguous() && t.scalar_type() == like.scalar_type();
}

template <typename T>
void rectify(const at::Tensor& x, const OptionalTensor& plus) {
  T* values = x.data_ptr<T>();
  const T* add = plus ? plus->data_ptr<T>() : nullptr;
  at::parallel_for(0, x.numel(), grain, [&](int64_t begin, int64_t end) { rectify_loop(values + begin, add == nullptr ? nullptr : add + begin, end - begin); });
}

// relu(x + plus), written over x.
void rectify_(const at::Tensor& x, const OptionalTensor& plus) {
  TORCH_CHECK(!c10::GradMode::is_enabled() || c10::InferenceMode::is_enabled(), "nothing of this is recorded");
  const bool simple = (x.scalar_type() == at::kFloat || x.scalar_type() == at::kDouble) && plain(x, x) && (!plus || (plain(*plus, x) && plus->sizes() == x.sizes()));
  if (!simple) {
    if (plus) x.add_(*plus);
    x.relu_();
    return;
  }
  if (x.scalar_type() == at::kFloat) rectify<float>(x, plus);
  else rectify<double>(x, plus);
  if (!x.is_inference()) x.unsafeGetTensorImpl()->bump_version();
}

// Attention of a sequence to itself, from the joint projection [N, T, 3 width] to the joined heads [N, T, width].
at::Tensor self_attention(const at::Tensor& projected, int64_t heads) {
  TORCH_CHECK(projected.dim() == 3 && heads > 0 && projected.size(2) % (3 * heads) == 0, "projections [N, T, 3 width] for ", heads, " heads are wanted, not ", projected.sizes());
  TORCH_CHECK(plain(projected, projected) && projected.scalar_type() == at::kFloat, "contiguous float32 on the CPU is wanted");
  const int64_t n = projected.size(0), t = projected.size(1), width = projected.size(2) / 3, d = width / heads;
  const float scale = static_cast<float>(1 / std::sqrt(static_cast<double>(d)));
  at::Tensor parts = at::empty({3, n * heads, t, d}, projected.options());
  const float* from = projected.data_ptr<float>();
  float* to = parts.data_ptr<float>();
  at::parallel_for(0, n * t, std::max<int64_t>(1, grain / (3 * width)), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      for (int64_t part = 0; part < 3; ++part)
        for (int64_t h = 0; h < heads; ++h) {
          const float* source = from + (i * 3 + part) * width + h * d;
          float* target = to + ((part * n * heads + (i / t) * heads + h) * t + i % t) * d;
          const float factor = part == 0 ? scale : 1.0f;
          for (int64_t j = 0; j < d; ++j) target[j] = source[j] * factor;
        }
  });
  at::Tensor weights = at::softmax(at::bmm(parts[0], parts[1].transpose(1, 2)), -1);
  at::Tensor seen = at::bmm(weights, parts[2]), joined = at::empty({n, t, width}, projected.options());
  const float* mixed = seen.data_ptr<float>();
  float* out = joined.data_ptr<float>();
  at::parallel_for(0, n * t, std::max<int64_t>(1, grain / width), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      for (int64_t h = 0; h < heads; ++h) std::copy_n(mixed + (((i / t) * heads + h) * t + i % t) * d, d, out + i * width + h * d);
  });
  return joined;
}

} // namespace

TORCH_LIBRARY_FRAGMENT(pessimist, m) {
  m.def("rectify_(Tensor(a!) x, Tensor? plus) -> ()", &rectify_);
  m.def("self_attention(Tensor projected, int heads) -> Tensor", &self_attention);
}
