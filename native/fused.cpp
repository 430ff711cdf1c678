// Optimizer steps as operators of libtorch's dispatcher: one call and one pass over the memory, where PyTorch makes a
// call per operation and parameter. They read the gradients themselves and leave parameters without one alone.
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <torch/library.h>

#include <cmath>

#include "processor.h"

namespace {

constexpr int64_t grain = 32768;

struct Adam {
  double beta1, beta2, eps, weight_decay, decay_factor, step_size, root_correction;
};

template <typename T>
inline __attribute__((always_inline)) void adam_body(T* __restrict p, const T* __restrict grad, T* __restrict m, T* __restrict v, int64_t n, const Adam& a) {
  const T beta1 = T(a.beta1), rest1 = T(1 - a.beta1), beta2 = T(a.beta2), rest2 = T(1 - a.beta2), eps = T(a.eps);
  const T decay = T(a.weight_decay), factor = T(a.decay_factor), size = T(a.step_size), root = T(a.root_correction);
  for (int64_t i = 0; i < n; ++i) {
    const T old = p[i] * factor, g = grad[i] + decay * old;
    m[i] = m[i] * beta1 + g * rest1;
    v[i] = v[i] * beta2 + g * g * rest2;
    p[i] = old - size * (m[i] / (std::sqrt(v[i]) / root + eps));
  }
}

struct Sgd {
  double lr, momentum, keep, weight_decay;
  bool nesterov;
};

template <typename T>
inline __attribute__((always_inline)) void sgd_body(T* __restrict p, const T* __restrict grad, T* __restrict buffer, int64_t n, const Sgd& s) {
  const T lr = T(s.lr), momentum = T(s.momentum), keep = T(s.keep), decay = T(s.weight_decay);
  if (buffer == nullptr) {
    for (int64_t i = 0; i < n; ++i) p[i] -= lr * (grad[i] + decay * p[i]);
  } else if (s.nesterov) {
    for (int64_t i = 0; i < n; ++i) {
      const T g = grad[i] + decay * p[i];
      buffer[i] = momentum * buffer[i] + keep * g;
      p[i] -= lr * (g + momentum * buffer[i]);
    }
  } else {
    for (int64_t i = 0; i < n; ++i) {
      buffer[i] = momentum * buffer[i] + keep * (grad[i] + decay * p[i]);
      p[i] -= lr * buffer[i];
    }
  }
}

struct RmsProp {
  double lr, alpha, eps, weight_decay, momentum;
};

template <typename T>
inline __attribute__((always_inline)) void rmsprop_body(
    T* __restrict p, const T* __restrict grad, T* __restrict square, T* __restrict mean, T* __restrict buffer, int64_t n, const RmsProp& r) {
  const T lr = T(r.lr), alpha = T(r.alpha), rest = T(1 - r.alpha), eps = T(r.eps), decay = T(r.weight_decay), momentum = T(r.momentum);
  for (int64_t i = 0; i < n; ++i) {
    const T g = grad[i] + decay * p[i];
    square[i] = alpha * square[i] + rest * g * g;
    T variance = square[i];
    if (mean != nullptr) {
      mean[i] = alpha * mean[i] + rest * g;
      variance -= mean[i] * mean[i];
    }
    T step = g / (std::sqrt(variance) + eps);
    if (buffer != nullptr) step = buffer[i] = momentum * buffer[i] + step;
    p[i] -= lr * step;
  }
}

FOR_EACH_PROCESSOR void adam_loop(float* p, const float* g, float* m, float* v, int64_t n, const Adam& a) { adam_body(p, g, m, v, n, a); }
FOR_EACH_PROCESSOR void adam_loop(double* p, const double* g, double* m, double* v, int64_t n, const Adam& a) { adam_body(p, g, m, v, n, a); }
FOR_EACH_PROCESSOR void sgd_loop(float* p, const float* g, float* b, int64_t n, const Sgd& s) { sgd_body(p, g, b, n, s); }
FOR_EACH_PROCESSOR void sgd_loop(double* p, const double* g, double* b, int64_t n, const Sgd& s) { sgd_body(p, g, b, n, s); }
FOR_EACH_PROCESSOR void rmsprop_loop(float* p, const float* g, float* q, float* m, float* b, int64_t n, const RmsProp& r) { rmsprop_body(p, g, q, m, b, n, r); }
FOR_EACH_PROCESSOR void rmsprop_loop(double* p, const double* g, double* q, double* m, double* b, int64_t n, const RmsProp& r) { rmsprop_body(p, g, q, m, b, n, r); }

void check(at::TensorList params, at::TensorList state, const char* name) {
  TORCH_CHECK(state.empty() || state.size() == params.size(), name, " has ", state.size(), " tensors for ", params.size(), " parameters");
  for (size_t i = 0; i < state.size(); ++i)
    TORCH_CHECK(state[i].sizes() == params[i].sizes() && state[i].scalar_type() == params[i].scalar_type() && state[i].device() == params[i].device(),
        name, " ", i, " has not the shape, dtype and device of its parameter");
}

// Calls plain(i, gradient, step, loopable) for each parameter that has a gradient.
template <typename F>
void each(at::TensorList params, std::initializer_list<at::TensorList> states, const at::Tensor& steps, F&& body) {
  TORCH_CHECK(steps.device().is_cpu() && steps.scalar_type() == at::kLong && steps.is_contiguous() && steps.numel() == static_cast<int64_t>(params.size()),
      "steps must be int64[", params.size(), "] on the CPU");
  at::NoGradGuard quiet;
  int64_t* counts = steps.data_ptr<int64_t>();
  for (size_t i = 0; i < params.size(); ++i) {
    const at::Tensor& p = params[i];
    TORCH_CHECK(p.is_leaf(), "parameter ", i, " is not a leaf of the graph");
    const at::Tensor& g = p.grad();
    if (!g.defined()) continue;
    TORCH_CHECK(g.sizes() == p.sizes(), "gradient ", i, " has not the shape of its parameter");
    auto plain = [&](const at::Tensor& t) {
      return t.layout() == at::kStrided && t.device().is_cpu() && t.scalar_type() == p.scalar_type() && t.is_contiguous();
    };
    bool loopable = (p.scalar_type() == at::kFloat || p.scalar_type() == at::kDouble) && plain(p) && plain(g);
    for (const at::TensorList& state : states) loopable = loopable && (state.empty() || plain(state[i]));
    body(i, g, ++counts[i], loopable);
    if (!loopable) continue;
    // Written through pointers, so that autograd has to be told: a graph that saved the old values must not be walked.
    p.unsafeGetTensorImpl()->bump_version();
    for (const at::TensorList& state : states)
      if (!state.empty()) state[i].unsafeGetTensorImpl()->bump_version();
  }
  if (!params.empty()) steps.unsafeGetTensorImpl()->bump_version();
}

template <typename F>
void over_elements(const at::Tensor& p, F&& loop) {
  at::parallel_for(0, p.numel(), grain, [&](int64_t begin, int64_t end) {
    if (p.scalar_type() == at::kFloat) loop(float(), begin, end - begin);
    else loop(double(), begin, end - begin);
  });
}

template <typename T>
T* at_or_null(at::TensorList list, size_t i, int64_t begin) {
  return list.empty() ? nullptr : list[i].data_ptr<T>() + begin;
}

void adam(at::TensorList params, at::TensorList first, at::TensorList second, const at::Tensor& steps,
    double lr, double beta1, double beta2, double eps, double weight_decay, bool decoupled) {
  check(params, first, "the first moment");
  check(params, second, "the second moment");
  TORCH_CHECK(first.size() == params.size() && second.size() == params.size(), "Adam needs both moments");
  each(params, {first, second}, steps, [&](size_t i, const at::Tensor& grad, int64_t step, bool loopable) {
    const double correction1 = 1 - std::pow(beta1, step), correction2 = 1 - std::pow(beta2, step);
    const Adam a{beta1, beta2, eps, decoupled ? 0 : weight_decay, decoupled ? 1 - lr * weight_decay : 1, lr / correction1, std::sqrt(correction2)};
    const at::Tensor& p = params[i];
    if (loopable) {
      over_elements(p, [&](auto zero, int64_t begin, int64_t n) {
        using T = decltype(zero);
        adam_loop(p.data_ptr<T>() + begin, grad.data_ptr<T>() + begin, first[i].data_ptr<T>() + begin, second[i].data_ptr<T>() + begin, n, a);
      });
      return;
    }
    if (decoupled) p.mul_(a.decay_factor);
    at::Tensor g = decoupled || weight_decay == 0 ? grad : grad.add(p, weight_decay);
    first[i].mul_(beta1).add_(g, 1 - beta1);
    second[i].mul_(beta2).addcmul_(g, g, 1 - beta2);
    p.addcdiv_(first[i], second[i].sqrt().div_(a.root_correction).add_(eps), -a.step_size);
  });
}

void sgd(at::TensorList params, at::TensorList buffers, const at::Tensor& steps,
    double lr, double momentum, double dampening, double weight_decay, bool nesterov) {
  check(params, buffers, "the momentum");
  each(params, {buffers}, steps, [&](size_t i, const at::Tensor& grad, int64_t step, bool loopable) {
    const Sgd s{lr, momentum, 1 - dampening, weight_decay, nesterov};
    const at::Tensor& p = params[i];
    const bool fresh = step == 1 && !buffers.empty();
    if (loopable && !fresh) {
      over_elements(p, [&](auto zero, int64_t begin, int64_t n) {
        using T = decltype(zero);
        sgd_loop(p.data_ptr<T>() + begin, grad.data_ptr<T>() + begin, at_or_null<T>(buffers, i, begin), n, s);
      });
      return;
    }
    at::Tensor g = weight_decay == 0 ? grad : grad.add(p, weight_decay);
    if (!buffers.empty()) {
      // The first buffer is the gradient itself, undamped; what the buffer held before does not count.
      if (fresh) buffers[i].copy_(g);
      else buffers[i].mul_(momentum).add_(g, 1 - dampening);
      g = nesterov ? g.add(buffers[i], momentum) : buffers[i];
    }
    p.add_(g, -lr);
  });
}

void rmsprop(at::TensorList params, at::TensorList squares, at::TensorList means, at::TensorList buffers, const at::Tensor& steps,
    double lr, double alpha, double eps, double weight_decay, double momentum) {
  check(params, squares, "the mean square");
  check(params, means, "the mean gradient");
  check(params, buffers, "the momentum");
  TORCH_CHECK(squares.size() == params.size(), "RMSprop needs the mean squares");
  each(params, {squares, means, buffers}, steps, [&](size_t i, const at::Tensor& grad, int64_t, bool loopable) {
    const RmsProp r{lr, alpha, eps, weight_decay, momentum};
    const at::Tensor& p = params[i];
    if (loopable) {
      over_elements(p, [&](auto zero, int64_t begin, int64_t n) {
        using T = decltype(zero);
        rmsprop_loop(p.data_ptr<T>() + begin, grad.data_ptr<T>() + begin, squares[i].data_ptr<T>() + begin, at_or_null<T>(means, i, begin),
            at_or_null<T>(buffers, i, begin), n, r);
      });
      return;
    }
    at::Tensor g = weight_decay == 0 ? grad : grad.add(p, weight_decay);
    squares[i].mul_(alpha).addcmul_(g, g, 1 - alpha);
    at::Tensor variance = squares[i];
    if (!means.empty()) {
      means[i].mul_(alpha).add_(g, 1 - alpha);
      variance = variance.addcmul(means[i], means[i], -1);
    }
    at::Tensor step = g.div(variance.sqrt().add_(eps));
    if (!buffers.empty()) step = buffers[i].mul_(momentum).add_(step);
    p.add_(step, -lr);
  });
}

void zero_grad(at::TensorList params) {
  for (const at::Tensor& p : params)
    if (p.grad().defined()) p.mutable_grad().reset();
}

} // namespace

TORCH_LIBRARY(pessimist, m) {
  m.def("adam_(Tensor(a!)[] params, Tensor(b!)[] first, Tensor(c!)[] second, Tensor(d!) steps, float lr, float beta1, float beta2, float eps, "
        "float weight_decay, bool decoupled) -> ()", &adam);
  m.def("sgd_(Tensor(a!)[] params, Tensor(b!)[] buffers, Tensor(c!) steps, float lr, float momentum, float dampening, float weight_decay, "
        "bool nesterov) -> ()", &sgd);
  m.def("rmsprop_(Tensor(a!)[] params, Tensor(b!)[] squares, Tensor(c!)[] means, Tensor(d!)[] buffers, Tensor(e!) steps, float lr, float alpha, "
        "float eps, float weight_decay, float momentum) -> ()", &rmsprop);
  m.def("zero_grad(Tensor(a!)[] params) -> ()", &zero_grad);
}
