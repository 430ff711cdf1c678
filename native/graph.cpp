// What a watcher asks of autograd's graph: nothing is changed, and nothing of it is kept.
#include <ATen/core/Tensor.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/variable.h>
#include <torch/library.h>

#include <unordered_map>
#include <unordered_set>

namespace {

using torch::autograd::Node;

// A node's number is its thread's and never given twice, while addresses are: so results may be named by it after they are gone.
int64_t sequence(const at::Tensor& tensor) {
  const auto& fn = torch::autograd::impl::get_autograd_meta(tensor) ? tensor.grad_fn() : nullptr;
  return fn ? static_cast<int64_t>(fn->sequence_nr()) : -1;
}

// [nodes, reached leaves, then 1 or 0 for each number asked for]
std::vector<int64_t> reached(const at::Tensor& root, at::IntArrayRef numbers, at::TensorList leaves) {
  std::vector<int64_t> found(numbers.size() + 2);
  auto start = torch::autograd::impl::get_autograd_meta(root) ? root.grad_fn() : nullptr;
  if (!start) return found;
  std::unordered_multimap<int64_t, size_t> asked;
  // Leaves have -1, as results that nobody recorded.
  for (size_t i = 0; i < numbers.size(); ++i)
    if (numbers[i] >= 0) asked.emplace(numbers[i], i);
  std::unordered_set<const Node*> accumulators;
  for (const at::Tensor& leaf : leaves)
    if (auto node = torch::autograd::impl::try_get_grad_accumulator(leaf)) accumulators.insert(node.get());
  std::unordered_set<const Node*> seen{start.get()};
  std::vector<Node*> open{start.get()};
  while (!open.empty()) {
    Node* node = open.back();
    open.pop_back();
    ++found[0];
    found[1] += accumulators.count(node);
    for (auto [it, end] = asked.equal_range(static_cast<int64_t>(node->sequence_nr())); it != end; ++it) found[it->second + 2] = 1;
    for (const auto& edge : node->next_edges())
      if (edge.function && seen.insert(edge.function.get()).second) open.push_back(edge.function.get());
  }
  return found;
}

} // namespace

TORCH_LIBRARY_FRAGMENT(pessimist, m) {
  m.def("sequence(Tensor tensor) -> int", &sequence);
  m.def("reached(Tensor root, int[] numbers, Tensor[] leaves) -> int[]", &reached);
}
