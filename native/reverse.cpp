// The identity whose gradient is turned around; libtorch has no such operator.
#include <ATen/core/Tensor.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

namespace {

struct ReverseGradient : torch::autograd::Function<ReverseGradient> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& input, double strength) {
    context->saved_data["strength"] = strength;
    return input.view_as(input);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients) {
    return {gradients[0].mul(-context->saved_data["strength"].toDouble()), at::Tensor()};
  }
};

at::Tensor reverse_gradient(const at::Tensor& input, double strength) { return ReverseGradient::apply(input, strength); }

} // namespace

TORCH_LIBRARY_FRAGMENT(pessimist, m) {
  m.def("reverse_gradient(Tensor input, float strength=1.0) -> Tensor", &reverse_gradient);
}
