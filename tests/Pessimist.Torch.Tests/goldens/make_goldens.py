#!/usr/bin/python3
"""Writes the goldens: what Debian's PyTorch (python3-torch 1.13.1) computes for every layer, loss, init, optimizer and schedule.

usage: /usr/bin/python3 make_goldens.py        (from anywhere; writes *.json beside this file)

Values are float64 unless a case is about float32 bits; numbers are written with repr, so reading them back is exact.
A case of layers.json and losses.json is replayed by the C# test of the same name.
"""
import json
import math
import os

import torch
import torch.nn.functional as F
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
DTYPES = {torch.float64: "f64", torch.float32: "f32", torch.int64: "i64"}


def pack(t):
    t = t.detach()
    return {"shape": list(t.shape), "dtype": DTYPES[t.dtype], "data": t.reshape(-1).tolist()}


def write(name, content):
    def lines(value, depth):
        if depth == 0 or not isinstance(value, dict):
            return json.dumps(value, separators=(",", ":"))
        return "{" + ",\n".join(json.dumps(k) + ":" + lines(v, depth - 1) for k, v in value.items()) + "}"

    with open(os.path.join(HERE, name), "w", encoding="utf-8", newline="\n") as f:
        f.write(lines(content, 1) + "\n")


def plain(text):
    # The projection of attention prints a name that tells of a bug in quantization, not of what it is.
    return text.replace("NonDynamicallyQuantizableLinear", "Linear").replace("p=0.0,", "p=0,")


class CausalConv1d(nn.Conv1d):
    def forward(self, x):
        return super().forward(F.pad(x, ((self.kernel_size[0] - 1) * self.dilation[0], 0)))


class Residual(nn.Module):
    def __init__(self, body, shortcut=None):
        super().__init__()
        self.body = body
        if shortcut is not None:
            self.shortcut = shortcut

    def forward(self, x):
        return self.body(x) + (self.shortcut(x) if hasattr(self, "shortcut") else x)


class SinusoidalPositions(nn.Module):
    """As the tutorial of PyTorch computes them."""

    def forward(self, x):
        position = torch.arange(x.size(1), dtype=torch.float64).unsqueeze(1)
        div = torch.exp(torch.arange(0, x.size(2), 2, dtype=torch.float64) * (-math.log(10000.0) / x.size(2)))
        pe = torch.zeros(x.size(1), x.size(2), dtype=torch.float64)
        pe[:, 0::2] = torch.sin(position * div)
        pe[:, 1::2] = torch.cos(position * div)
        return x + pe

    def extra_repr(self):
        return "6"


class Itself(nn.MultiheadAttention):
    def forward(self, x):
        return super().forward(x, x, x)

    def _get_name(self):
        return "MultiheadAttention"


def encoder_layer(**options):
    return nn.TransformerEncoderLayer(6, 2, 5, dropout=0.0, batch_first=True, **options)


def layers():
    cases = {}

    def case(name, module, *inputs, train=True, calls=1, dtype=torch.float64):
        torch.manual_seed(sum(map(ord, name)))
        module = module().to(dtype)
        for p in module.parameters():
            nn.init.normal_(p, 0.1, 0.5)
        for key, b in module.named_buffers():
            if key.endswith("running_var"):
                b.uniform_(0.5, 2)
            elif key.endswith("running_mean"):
                b.normal_()
        module.train(train)
        xs = [x() if callable(x) else torch.randn(*x, dtype=dtype) for x in inputs]
        before = {k: pack(v.clone()) for k, v in module.state_dict().items()}
        for x in xs:
            if x.is_floating_point():
                x.requires_grad_()
        for _ in range(calls):
            out = module(*xs)
        out = out[0] if isinstance(out, tuple) else out
        cotangent = torch.randn_like(out)
        (out * cotangent).sum().backward()
        cases[name] = {
            "train": train, "calls": calls, "state": before, "inputs": [pack(x) for x in xs], "output": pack(out),
            "cotangent": pack(cotangent),
            "input_grads": [pack(x.grad) for x in xs if x.is_floating_point()],
            "grads": {k: pack(p.grad) for k, p in module.named_parameters()},
            "after": {k: pack(v) for k, v in module.state_dict().items()},
            "repr": plain(repr(module)),
        }

    case("linear", lambda: nn.Linear(5, 3), (4, 5))
    case("linear_no_bias", lambda: nn.Linear(5, 3, bias=False), (2, 4, 5))
    case("linear_float32", lambda: nn.Linear(5, 3), (4, 5), dtype=torch.float32)
    case("conv1d", lambda: nn.Conv1d(2, 3, 3), (2, 2, 8))
    case("conv1d_options", lambda: nn.Conv1d(4, 6, 3, stride=2, padding=2, dilation=2, groups=2), (2, 4, 9))
    case("conv2d", lambda: nn.Conv2d(2, 3, 3), (2, 2, 6, 5))
    case("conv2d_options", lambda: nn.Conv2d(4, 4, (3, 2), stride=(2, 1), padding=(1, 0), dilation=(1, 2), groups=2, bias=False), (1, 4, 7, 6))
    case("conv2d_depthwise", lambda: nn.Conv2d(3, 6, 3, padding=1, groups=3), (1, 3, 5, 5))
    case("max_pool1d", lambda: nn.MaxPool1d(2), (2, 3, 7))
    case("max_pool2d", lambda: nn.MaxPool2d(2), (2, 2, 6, 5))
    case("max_pool2d_options", lambda: nn.MaxPool2d(3, stride=2, padding=1, dilation=1, ceil_mode=True), (2, 2, 6, 6))
    case("avg_pool1d", lambda: nn.AvgPool1d(3, stride=2, padding=1), (2, 3, 7))
    case("avg_pool2d", lambda: nn.AvgPool2d(2), (2, 2, 6, 5))
    case("avg_pool2d_options", lambda: nn.AvgPool2d(3, stride=2, padding=1, ceil_mode=True, count_include_pad=False), (2, 2, 6, 6))
    case("adaptive_avg_pool2d", lambda: nn.AdaptiveAvgPool2d((3, 2)), (2, 2, 7, 5))
    case("adaptive_avg_pool2d_one", lambda: nn.AdaptiveAvgPool2d(1), (2, 3, 4, 4))
    case("batch_norm1d", lambda: nn.BatchNorm1d(4), (6, 4))
    case("batch_norm1d_sequence", lambda: nn.BatchNorm1d(3, eps=1e-3, momentum=0.3), (4, 3, 5), calls=3)
    case("batch_norm1d_eval", lambda: nn.BatchNorm1d(4), (6, 4), train=False)
    case("batch_norm1d_cumulative", lambda: nn.BatchNorm1d(4, momentum=None), (6, 4), calls=3)
    case("batch_norm1d_no_affine", lambda: nn.BatchNorm1d(4, affine=False), (6, 4))
    case("batch_norm1d_no_tracking", lambda: nn.BatchNorm1d(4, track_running_stats=False), (6, 4), train=False)
    case("batch_norm2d", lambda: nn.BatchNorm2d(3), (4, 3, 3, 2))
    case("batch_norm2d_eval", lambda: nn.BatchNorm2d(3), (4, 3, 3, 2), train=False)
    case("layer_norm", lambda: nn.LayerNorm(5), (3, 5))
    case("layer_norm_shape", lambda: nn.LayerNorm([3, 4], eps=1e-3), (2, 3, 4))
    case("layer_norm_no_affine", lambda: nn.LayerNorm(5, elementwise_affine=False), (3, 5))
    case("dropout_eval", lambda: nn.Dropout(0.3), (3, 5), train=False)
    case("embedding", lambda: nn.Embedding(7, 3), lambda: torch.tensor([[0, 6, 2], [2, 2, 5]]))
    case("embedding_padding", lambda: nn.Embedding(7, 3, padding_idx=2), lambda: torch.tensor([[0, 6, 2], [2, 2, 5]]))
    case("conv_transpose2d", lambda: nn.ConvTranspose2d(2, 3, 3), (2, 2, 4, 5))
    case("conv_transpose2d_options", lambda: nn.ConvTranspose2d(4, 6, (3, 2), stride=2, padding=1, output_padding=1, groups=2, bias=False, dilation=(1, 2)), (1, 4, 4, 5))
    case("causal_conv1d", lambda: CausalConv1d(2, 3, 3), (2, 2, 7))
    case("causal_conv1d_dilated", lambda: CausalConv1d(4, 4, 2, dilation=4, groups=2, bias=False), (2, 4, 9))
    case("group_norm", lambda: nn.GroupNorm(2, 4), (3, 4, 3, 2))
    case("group_norm_no_affine", lambda: nn.GroupNorm(4, 4, eps=1e-3, affine=False), (3, 4, 5))
    case("instance_norm1d", lambda: nn.InstanceNorm1d(3), (2, 3, 5))
    case("instance_norm2d", lambda: nn.InstanceNorm2d(3, affine=True), (2, 3, 4, 3))
    case("instance_norm2d_tracking", lambda: nn.InstanceNorm2d(3, eps=1e-3, momentum=0.3, track_running_stats=True), (2, 3, 4, 3), calls=2)
    case("instance_norm2d_tracking_eval", lambda: nn.InstanceNorm2d(3, affine=True, track_running_stats=True), (2, 3, 4, 3), train=False)
    case("residual", lambda: Residual(nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 4))), (3, 4))
    case("residual_shortcut", lambda: Residual(nn.Linear(4, 2), nn.Linear(4, 2, bias=False)), (3, 4))
    case("lstm", lambda: nn.LSTM(3, 4, batch_first=True), (2, 5, 3))
    case("lstm_options", lambda: nn.LSTM(3, 4, num_layers=2, bias=False, batch_first=True, bidirectional=True), (2, 5, 3))
    case("lstm_dropout_eval", lambda: nn.LSTM(3, 4, num_layers=2, batch_first=True, dropout=0.5), (2, 5, 3), train=False)
    case("lstm_float32", lambda: nn.LSTM(3, 4, num_layers=2, batch_first=True), (2, 5, 3), dtype=torch.float32)
    case("gru", lambda: nn.GRU(3, 4, batch_first=True), (2, 5, 3))
    case("gru_options", lambda: nn.GRU(3, 4, num_layers=3, batch_first=True, bidirectional=True), (2, 5, 3))
    case("attention", lambda: Itself(6, 2, batch_first=True), (2, 4, 6))
    case("attention_no_bias", lambda: Itself(6, 3, bias=False, batch_first=True), (2, 4, 6))
    case("transformer_layer", lambda: encoder_layer(), (2, 4, 6))
    case("transformer_layer_options", lambda: encoder_layer(activation="gelu", norm_first=True, layer_norm_eps=1e-3), (2, 4, 6))
    case("transformer", lambda: nn.TransformerEncoder(encoder_layer(), 2), (2, 4, 6))
    case("transformer_norm", lambda: nn.TransformerEncoder(encoder_layer(norm_first=True), 2, nn.LayerNorm(6)), (2, 4, 6))
    case("sinusoidal_positions", SinusoidalPositions, (2, 5, 6))
    for name, make in {
        "relu": nn.ReLU, "leaky_relu": lambda: nn.LeakyReLU(0.2), "gelu": nn.GELU, "gelu_tanh": lambda: nn.GELU(approximate="tanh"),
        "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "softmax": lambda: nn.Softmax(dim=1), "log_softmax": lambda: nn.LogSoftmax(dim=-1),
        "elu": lambda: nn.ELU(0.7), "silu": nn.SiLU, "softplus": lambda: nn.Softplus(beta=2, threshold=1.5),
        "flatten": nn.Flatten, "flatten_range": lambda: nn.Flatten(0, 1), "identity": nn.Identity,
    }.items():
        case(name, make, (3, 2, 4) if name.startswith("flatten") else (3, 5))
    case("sequential", lambda: nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Sequential(nn.Linear(6, 6), nn.BatchNorm1d(6)), nn.Tanh(), nn.Linear(6, 2)), (5, 4))
    case("lenet", lambda: nn.Sequential(
        nn.Conv2d(1, 2, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(2, 3, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 3)), (2, 1, 8, 8))
    write("layers.json", cases)


def sequences():
    """Modules of several inputs and outputs: states, lengths, masks."""
    d = torch.float64
    cases = {}

    def case(name, make, run, **inputs):
        torch.manual_seed(sum(map(ord, name)))
        module = make().to(d)
        for p in module.parameters():
            nn.init.normal_(p, 0.1, 0.5)
        inputs = {k: torch.randn(*v, dtype=d).requires_grad_() if isinstance(v, tuple) else v for k, v in inputs.items()}
        outs = run(module, **inputs)
        cotangents = [torch.randn_like(o) for o in outs]
        sum((o * c).sum() for o, c in zip(outs, cotangents)).backward()
        cases[name] = {
            "state": {k: pack(v) for k, v in module.state_dict().items()},
            "inputs": {k: pack(v.to(torch.int64) if v.dtype == torch.bool else v) for k, v in inputs.items()},
            "outputs": [pack(o) for o in outs], "cotangents": [pack(c) for c in cotangents],
            "input_grads": {k: pack(v.grad) for k, v in inputs.items() if v.requires_grad},
            "grads": {k: pack(p.grad) for k, p in module.named_parameters()},
        }

    def packed(module, x, lengths, *state):
        p = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        out, last = module(p, *state)
        out, _ = nn.utils.rnn.pad_packed_sequence(out, batch_first=True, total_length=x.size(1))
        return (out, *last) if isinstance(last, tuple) else (out, last)

    def states(module, x, h, c):
        out, (hn, cn) = module(x, (h, c))
        return out, hn, cn

    lengths = torch.tensor([3, 6, 1, 6])
    two = dict(num_layers=2, batch_first=True, bidirectional=True)
    case("lstm_states", lambda: nn.LSTM(3, 4, **two), states, x=(4, 6, 3), h=(4, 4, 4), c=(4, 4, 4))
    case("lstm_lengths", lambda: nn.LSTM(3, 4, **two), packed, x=(4, 6, 3), lengths=lengths)
    case("lstm_states_lengths", lambda: nn.LSTM(3, 4, **two), lambda m, x, h, c, lengths: packed(m, x, lengths, (h, c)), x=(4, 6, 3), h=(4, 4, 4), c=(4, 4, 4), lengths=lengths)
    case("gru_states", lambda: nn.GRU(3, 4, **two), lambda m, x, h: m(x, h), x=(4, 6, 3), h=(4, 4, 4))
    case("gru_states_lengths", lambda: nn.GRU(3, 4, batch_first=True), lambda m, x, h, lengths: packed(m, x, lengths, h), x=(4, 6, 3), h=(1, 4, 4), lengths=lengths)

    causal = torch.ones(5, 5, dtype=torch.bool).triu(1)
    padding = torch.arange(5).unsqueeze(0) >= torch.tensor([5, 2, 3]).unsqueeze(1)
    case("attention_cross", lambda: nn.MultiheadAttention(6, 2, batch_first=True), lambda m, q, k, v: m(q, k, v, average_attn_weights=False), q=(3, 4, 6), k=(3, 5, 6), v=(3, 5, 6))
    case("attention_masks", lambda: nn.MultiheadAttention(6, 2, batch_first=True),
         lambda m, x, mask, padding: m(x, x, x, attn_mask=mask, key_padding_mask=padding, average_attn_weights=False), x=(3, 5, 6), mask=causal, padding=padding)
    case("attention_added", lambda: nn.MultiheadAttention(6, 2, batch_first=True), lambda m, x, mask: m(x, x, x, attn_mask=mask, average_attn_weights=False), x=(3, 5, 6), mask=(5, 5))
    case("transformer_masks", lambda: nn.TransformerEncoder(encoder_layer(), 2), lambda m, x, mask, padding: (m(x, mask, padding),), x=(3, 5, 6), mask=causal, padding=padding)
    write("sequences.json", cases)


def losses():
    torch.manual_seed(1)
    cases = {}

    def case(name, function, x, target, **options):
        x = x.clone().requires_grad_()
        out = function(x, target, **options)
        cotangent = torch.randn_like(out)
        (out * cotangent).sum().backward()
        packed = {k: pack(v) if isinstance(v, torch.Tensor) else v for k, v in options.items()}
        cases[name] = {"loss": function.__name__, "input": pack(x), "target": pack(target), "options": packed,
                       "output": pack(out), "cotangent": pack(cotangent), "input_grad": pack(x.grad)}

    d = torch.float64
    logits, labels = torch.randn(6, 4, dtype=d), torch.tensor([0, 3, 1, 2, 3, 0])
    weight = torch.tensor([0.5, 2.0, 1.0, 0.25], dtype=d)
    ignored = torch.tensor([0, -100, 1, 2, -100, 0])
    soft = torch.softmax(torch.randn(6, 4, dtype=d), 1)
    ce = F.cross_entropy
    for r in ("mean", "sum", "none"):
        case(f"cross_entropy_{r}", ce, logits, labels, reduction=r)
        case(f"cross_entropy_all_options_{r}", ce, logits, ignored, weight=weight, label_smoothing=0.1, reduction=r)
    case("cross_entropy_weight", ce, logits, labels, weight=weight)
    case("cross_entropy_smooth", ce, logits, labels, label_smoothing=0.2)
    case("cross_entropy_ignore", ce, logits, labels, ignore_index=3)
    case("cross_entropy_probabilities", ce, logits, soft, label_smoothing=0.1, weight=weight)
    case("cross_entropy_pixels", ce, torch.randn(2, 3, 2, 2, dtype=d), torch.tensor([[[0, 1], [2, 1]], [[1, 1], [0, 2]]]))
    logp = torch.log_softmax(logits, 1)
    for r in ("mean", "sum", "none"):
        case(f"nll_{r}", F.nll_loss, logp, labels, reduction=r)
    case("nll_weight_ignore", F.nll_loss, logp, ignored, weight=weight)
    x, y = torch.randn(5, 3, dtype=d), torch.rand(5, 3, dtype=d)
    hard = (y > 0.5).to(d)
    element = torch.rand(5, 3, dtype=d) + 0.5
    for r in ("mean", "sum", "none"):
        case(f"bce_{r}", F.binary_cross_entropy, torch.sigmoid(x), y, reduction=r)
        case(f"bce_logits_{r}", F.binary_cross_entropy_with_logits, x, y, reduction=r)
        case(f"mse_{r}", F.mse_loss, x, y, reduction=r)
        case(f"l1_{r}", F.l1_loss, x, y, reduction=r)
        case(f"huber_{r}", F.huber_loss, x, y, reduction=r)
        case(f"smooth_l1_{r}", F.smooth_l1_loss, x, y, reduction=r)
        case(f"kl_{r}", F.kl_div, torch.log_softmax(x, 1), torch.softmax(y, 1), reduction=r)
    case("bce_weight", F.binary_cross_entropy, torch.sigmoid(x), hard, weight=element)
    case("bce_saturated", F.binary_cross_entropy, torch.tensor([0.0, 1.0, 1.0, 0.5], dtype=d), torch.tensor([1.0, 0.0, 1.0, 1.0], dtype=d))
    case("bce_logits_pos_weight", F.binary_cross_entropy_with_logits, x, hard, pos_weight=torch.tensor([3.0, 1.0, 0.5], dtype=d))
    case("bce_logits_all", F.binary_cross_entropy_with_logits, x * 50, hard, weight=element, pos_weight=torch.tensor([3.0, 1.0, 0.5], dtype=d))
    case("huber_delta", F.huber_loss, x, y, delta=0.3)
    case("smooth_l1_beta", F.smooth_l1_loss, x, y, beta=0.3)
    case("kl_batchmean", F.kl_div, torch.log_softmax(x, 1), torch.softmax(y, 1), reduction="batchmean")
    case("kl_log_target", F.kl_div, torch.log_softmax(x, 1), torch.log_softmax(y, 1), log_target=True, reduction="batchmean")
    write("losses.json", cases)


def inits():
    cases = {}

    def module(name, make, seed=0):
        torch.manual_seed(seed)
        cases[name] = {"seed": seed, "state": {k: pack(v) for k, v in make().state_dict().items()}}

    def fill(name, function, *shape, seed=3):
        torch.manual_seed(seed)
        t = torch.empty(*shape)
        function(t)
        cases[name] = {"seed": seed, "state": {"weight": pack(t)}}

    module("linear", lambda: nn.Linear(7, 5))
    module("linear_no_bias", lambda: nn.Linear(7, 5, bias=False), 11)
    module("conv1d", lambda: nn.Conv1d(4, 6, 3, groups=2), 5)
    module("conv2d", lambda: nn.Conv2d(3, 4, 3), 42)
    module("embedding", lambda: nn.Embedding(9, 4), 2)
    module("batch_norm1d", lambda: nn.BatchNorm1d(4))
    module("layer_norm", lambda: nn.LayerNorm(4))
    module("conv_transpose2d", lambda: nn.ConvTranspose2d(4, 6, 3, groups=2), 6)
    module("group_norm", lambda: nn.GroupNorm(2, 4))
    module("lstm", lambda: nn.LSTM(3, 4, num_layers=2, batch_first=True, bidirectional=True), 8)
    module("gru", lambda: nn.GRU(3, 4, bias=False, batch_first=True), 9)
    module("attention", lambda: nn.MultiheadAttention(6, 2, batch_first=True), 10)
    module("transformer_layer", lambda: encoder_layer(), 12)
    module("sequential", lambda: nn.Sequential(nn.Linear(8, 6), nn.ReLU(), nn.Linear(6, 3)), 7)
    fill("he_normal", lambda t: nn.init.kaiming_normal_(t, nonlinearity="relu"), 6, 5)
    fill("he_normal_conv_fan_out", lambda t: nn.init.kaiming_normal_(t, mode="fan_out", nonlinearity="relu"), 4, 3, 2, 2)
    fill("he_uniform", lambda t: nn.init.kaiming_uniform_(t, nonlinearity="relu"), 6, 5)
    fill("he_uniform_leaky", lambda t: nn.init.kaiming_uniform_(t, a=0.2), 4, 3, 2, 2)
    fill("glorot_normal", nn.init.xavier_normal_, 6, 5)
    fill("glorot_uniform", nn.init.xavier_uniform_, 6, 5)
    fill("glorot_uniform_tanh_conv", lambda t: nn.init.xavier_uniform_(t, nn.init.calculate_gain("tanh")), 4, 3, 2, 2)
    fill("normal", lambda t: nn.init.normal_(t, 0.5, 2.0), 5, 3)
    fill("normal_small", lambda t: nn.init.normal_(t, 0.0, 1.0), 3)
    fill("uniform", lambda t: nn.init.uniform_(t, -0.3, 0.7), 5, 3)
    fill("constant", lambda t: nn.init.constant_(t, 0.25), 2, 3)
    fill("zeros", nn.init.zeros_, 2, 3)
    write("inits.json", cases)


class RMSpropUp(torch.optim.RMSprop):
    """RMSprop has no maximize in 1.13: its gradients are turned around instead."""

    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                p.grad.neg_()
        super().step()


def optimizers():
    torch.manual_seed(4)
    d = torch.float64
    shapes = [(2, 3), (3,)]
    start = [torch.randn(*s, dtype=d) for s in shapes]
    gradients = [[torch.randn(*s, dtype=d) * (1 + t % 5) for s in shapes] for t in range(20)]
    configurations = {
        "sgd": (torch.optim.SGD, dict(lr=0.1)),
        "sgd_momentum": (torch.optim.SGD, dict(lr=0.1, momentum=0.9)),
        "sgd_dampening": (torch.optim.SGD, dict(lr=0.1, momentum=0.9, dampening=0.3)),
        "sgd_nesterov_decay": (torch.optim.SGD, dict(lr=0.05, momentum=0.8, nesterov=True, weight_decay=0.1)),
        "sgd_decay": (torch.optim.SGD, dict(lr=0.1, weight_decay=0.2)),
        "sgd_maximize": (torch.optim.SGD, dict(lr=0.1, momentum=0.5, maximize=True, weight_decay=0.1)),
        "adam": (torch.optim.Adam, dict(lr=0.01)),
        "adam_options": (torch.optim.Adam, dict(lr=0.02, betas=(0.8, 0.9), eps=1e-4, weight_decay=0.1)),
        "adam_maximize": (torch.optim.Adam, dict(lr=0.02, maximize=True, weight_decay=0.1)),
        "adamw": (torch.optim.AdamW, dict(lr=0.01)),
        "adamw_options": (torch.optim.AdamW, dict(lr=0.02, betas=(0.8, 0.9), eps=1e-4, weight_decay=0.3)),
        "adamw_maximize": (torch.optim.AdamW, dict(lr=0.02, maximize=True, weight_decay=0.3)),
        "rmsprop_maximize": (RMSpropUp, dict(lr=0.01, momentum=0.5, centered=True, weight_decay=0.1)),
        "rmsprop": (torch.optim.RMSprop, dict(lr=0.01)),
        "rmsprop_momentum": (torch.optim.RMSprop, dict(lr=0.01, alpha=0.9, momentum=0.7, weight_decay=0.1)),
        "rmsprop_centered": (torch.optim.RMSprop, dict(lr=0.01, alpha=0.9, centered=True, eps=1e-4)),
        "rmsprop_all": (torch.optim.RMSprop, dict(lr=0.01, alpha=0.9, centered=True, momentum=0.7, weight_decay=0.1)),
    }
    cases = {"start": [pack(p) for p in start], "gradients": [[pack(g) for g in gs] for gs in gradients]}

    def run(name, kind, options, groups=False, skip=False):
        parameters = [p.clone().requires_grad_() for p in start]
        if groups:
            optimizer = kind([{"params": [parameters[0]]}, {"params": [parameters[1]], "lr": 0.5, "weight_decay": 0.25}], **options)
        else:
            optimizer = kind(parameters, **options)
        trajectory = []
        for t, gs in enumerate(gradients):
            for i, (p, g) in enumerate(zip(parameters, gs)):
                p.grad = None if skip and i == 1 and t % 3 == 0 else g.clone()
            optimizer.step()
            trajectory.append([x for p in parameters for x in p.detach().reshape(-1).tolist()])
        cases[name] = {"options": options, "trajectory": trajectory}

    for name, (kind, options) in configurations.items():
        run(name, kind, options)
    run("sgd_groups", torch.optim.SGD, dict(lr=0.1, momentum=0.9, weight_decay=0.1), groups=True)
    run("adam_groups", torch.optim.Adam, dict(lr=0.01), groups=True)
    run("adam_missing_gradients", torch.optim.Adam, dict(lr=0.01), skip=True)
    run("sgd_missing_gradients", torch.optim.SGD, dict(lr=0.1, momentum=0.9), skip=True)

    for name, function in {"clip_norm": lambda ps: nn.utils.clip_grad_norm_(ps, 1.5), "clip_norm_not_needed": lambda ps: nn.utils.clip_grad_norm_(ps, 1e3),
                           "clip_norm_inf": lambda ps: nn.utils.clip_grad_norm_(ps, 0.5, math.inf), "clip_norm_one": lambda ps: nn.utils.clip_grad_norm_(ps, 0.5, 1.0),
                           "clip_value": lambda ps: nn.utils.clip_grad_value_(ps, 0.4)}.items():
        parameters = [p.clone().requires_grad_() for p in start]
        for p, g in zip(parameters, gradients[1]):
            p.grad = g.clone()
        norm = function(parameters)
        cases[name] = {"norm": None if norm is None else norm.item(), "gradients": [pack(p.grad) for p in parameters]}
    write("optimizers.json", cases)


def schedules():
    S = torch.optim.lr_scheduler
    cases = {}

    def case(name, make, steps=30, kind=torch.optim.SGD, **options):
        parameters = [torch.zeros(1, requires_grad=True), torch.zeros(1, requires_grad=True)]
        optimizer = kind([{"params": parameters[:1]}, {"params": parameters[1:], "lr": 0.02}], lr=0.5, **options)
        schedule = make(optimizer)
        rates, momenta = [], []
        for _ in range(steps):
            rates.append([g["lr"] for g in optimizer.param_groups])
            group = optimizer.param_groups[0]
            momenta.append(group["betas"][0] if "betas" in group else group["momentum"])
            optimizer.step()
            schedule.step()
        cases[name] = {"rates": rates, "momenta": momenta}

    case("step", lambda o: S.StepLR(o, 7, gamma=0.3))
    case("multi_step", lambda o: S.MultiStepLR(o, [3, 10, 10, 20], gamma=0.5))
    case("exponential", lambda o: S.ExponentialLR(o, 0.9))
    case("cosine", lambda o: S.CosineAnnealingLR(o, 30, eta_min=0.001))
    case("cosine_past_the_end", lambda o: S.CosineAnnealingLR(o, 12))
    case("linear", lambda o: S.LinearLR(o, start_factor=0.1, total_iters=8))
    case("linear_to", lambda o: S.LinearLR(o, start_factor=1.0, end_factor=0.2, total_iters=20))
    case("constant", lambda o: S.ConstantLR(o, factor=0.25, total_iters=6))
    case("one_cycle", lambda o: S.OneCycleLR(o, [0.5, 0.02], total_steps=31), momentum=0.9)
    case("one_cycle_adam", lambda o: S.OneCycleLR(o, [0.5, 0.02], total_steps=31), kind=torch.optim.Adam)
    case("one_cycle_linear", lambda o: S.OneCycleLR(o, [0.5, 0.02], total_steps=31, pct_start=0.4, anneal_strategy="linear", div_factor=10, final_div_factor=100), momentum=0.9)
    case("one_cycle_three_phase", lambda o: S.OneCycleLR(o, [0.5, 0.02], total_steps=31, three_phase=True, cycle_momentum=False), momentum=0.9)
    case("warm_up_then_cosine", lambda o: S.SequentialLR(o, [S.LinearLR(o, 0.1, total_iters=5), S.CosineAnnealingLR(o, 25)], [5]))
    case("three_in_sequence", lambda o: S.SequentialLR(o, [S.ConstantLR(o, 0.1, total_iters=4), S.ExponentialLR(o, 0.9), S.StepLR(o, 3, gamma=0.5)], [4, 12]))
    case("chained", lambda o: S.ChainedScheduler([S.LinearLR(o, 0.1, total_iters=5), S.ExponentialLR(o, 0.9), S.StepLR(o, 10, gamma=0.5)]))
    write("schedules.json", cases)


def training():
    """The whole of it from one seed: init, data, dropout, batch norm, loss, optimizer and schedule, in float32."""
    cases = {}
    for name, kind, options in [("adam", torch.optim.Adam, dict(lr=0.01)), ("sgd", torch.optim.SGD, dict(lr=0.1, momentum=0.9, weight_decay=1e-3))]:
        torch.manual_seed(8)
        net = nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 8, 3), nn.ReLU(),
            nn.Flatten(), nn.Linear(8 * 4 * 4, 16), nn.Tanh(), nn.Dropout(0.2), nn.Linear(16, 5))
        x, y = torch.randn(20, 1, 12, 12), torch.randint(0, 5, (20,))
        optimizer = kind(net.parameters(), **options)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 20)
        losses = []
        for _ in range(20):
            loss = F.cross_entropy(net(x), y, label_smoothing=0.1)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        net.eval()
        cases[name] = {"losses": losses, "final": F.cross_entropy(net(x), y).item()}
    write("training.json", cases)


if __name__ == "__main__":
    torch.set_num_threads(1)
    layers()
    sequences()
    losses()
    inits()
    optimizers()
    schedules()
    training()
