// Max pooling in windows that neither overlap nor reach over the edge, which is what networks use and where libtorch's
// kernel for row-major images takes a quarter of LeNet's step. Same results, ties and NaN included; all else, and the
// backward pass, is libtorch's.
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/max_pool2d_with_indices_backward.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include "processor.h"

namespace {

// The first of the largest wins, and NaN beats everything, as in libtorch.
template <typename T>
inline __attribute__((always_inline)) void take(T value, int64_t place, T& best, int64_t& where) {
  const bool better = (value > best) | (value != value);
  best = better ? value : best;
  where = better ? place : where;
}

template <typename T>
inline __attribute__((always_inline)) void pool_body(const T* __restrict in, T* __restrict out, int64_t* __restrict places, int64_t planes,
    int64_t height, int64_t width, int64_t out_height, int64_t out_width, int64_t kernel_height, int64_t kernel_width) {
  for (int64_t plane = 0; plane < planes; ++plane, in += height * width) {
    for (int64_t y = 0; y < out_height; ++y, out += out_width, places += out_width) {
      const int64_t top = y * kernel_height * width;
      if (kernel_height == 2 && kernel_width == 2) {
        const T* __restrict upper = in + top;
        const T* __restrict lower = upper + width;
        for (int64_t x = 0; x < out_width; ++x) {
          T best = upper[2 * x];
          int64_t where = top + 2 * x;
          take(upper[2 * x + 1], top + 2 * x + 1, best, where);
          take(lower[2 * x], top + width + 2 * x, best, where);
          take(lower[2 * x + 1], top + width + 2 * x + 1, best, where);
          out[x] = best;
          places[x] = where;
        }
        continue;
      }
      for (int64_t x = 0; x < out_width; ++x) {
        int64_t where = top + x * kernel_width;
        T best = in[where];
        for (int64_t row = top; row < top + kernel_height * width; row += width)
          for (int64_t place = row + x * kernel_width; place < row + (x + 1) * kernel_width; ++place) take(in[place], place, best, where);
        out[x] = best;
        places[x] = where;
      }
    }
  }
}

FOR_EACH_PROCESSOR void pool_loop(const float* in, float* out, int64_t* places, int64_t n, int64_t h, int64_t w, int64_t oh, int64_t ow, int64_t kh, int64_t kw) {
  pool_body(in, out, places, n, h, w, oh, ow, kh, kw);
}
FOR_EACH_PROCESSOR void pool_loop(const double* in, double* out, int64_t* places, int64_t n, int64_t h, int64_t w, int64_t oh, int64_t ow, int64_t kh, int64_t kw) {
  pool_body(in, out, places, n, h, w, oh, ow, kh, kw);
}

template <typename T>
void pool(const at::Tensor& input, at::Tensor& output, at::Tensor& places, int64_t kernel_height, int64_t kernel_width) {
  const int64_t height = input.size(-2), width = input.size(-1), out_height = output.size(-2), out_width = output.size(-1);
  const int64_t planes = input.numel() / (height * width);
  const T* in = input.data_ptr<T>();
  T* out = output.data_ptr<T>();
  int64_t* where = places.data_ptr<int64_t>();
  at::parallel_for(0, planes, std::max<int64_t>(1, 32768 / (height * width)), [&](int64_t begin, int64_t end) {
    const int64_t offset = begin * out_height * out_width;
    pool_loop(in + begin * height * width, out + offset, where + offset, end - begin, height, width, out_height, out_width, kernel_height, kernel_width);
  });
}

struct MaxPool : torch::autograd::Function<MaxPool> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& input, at::IntArrayRef kernel) {
    std::vector<int64_t> sizes = input.sizes().vec();
    sizes[sizes.size() - 2] /= kernel[0];
    sizes[sizes.size() - 1] /= kernel[1];
    at::Tensor output = at::empty(sizes, input.options()), places = at::empty(sizes, input.options().dtype(at::kLong));
    if (input.scalar_type() == at::kFloat) pool<float>(input, output, places, kernel[0], kernel[1]);
    else pool<double>(input, output, places, kernel[0], kernel[1]);
    context->save_for_backward({input, places});
    context->saved_data["kernel"] = kernel.vec();
    return output;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients) {
    torch::autograd::variable_list saved = context->get_saved_variables();
    std::vector<int64_t> kernel = context->saved_data["kernel"].toIntVector(), none{0, 0}, one{1, 1};
    return {at::max_pool2d_with_indices_backward(gradients[0], saved[0], kernel, kernel, none, one, false, saved[1]), at::Tensor()};
  }
};

at::Tensor max_pool2d(const at::Tensor& input, at::IntArrayRef kernel, at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef dilation, bool ceil_mode) {
  const bool simple = kernel.size() == 2 && kernel == stride && padding == at::IntArrayRef({0, 0}) && dilation == at::IntArrayRef({1, 1}) && !ceil_mode &&
      (input.dim() == 3 || input.dim() == 4) && input.device().is_cpu() && input.layout() == at::kStrided && input.is_contiguous() && input.numel() > 0 &&
      (input.scalar_type() == at::kFloat || input.scalar_type() == at::kDouble) &&
      kernel[0] > 0 && kernel[1] > 0 && kernel[0] <= input.size(-2) && kernel[1] <= input.size(-1);
  return simple ? MaxPool::apply(input, kernel) : at::max_pool2d(input, kernel, stride, padding, dilation, ceil_mode);
}

} // namespace

TORCH_LIBRARY_FRAGMENT(pessimist, m) {
  m.def("max_pool2d(Tensor input, int[2] kernel_size, int[2] stride, int[2] padding=0, int[2] dilation=1, bool ceil_mode=False) -> Tensor", &max_pool2d);
}
