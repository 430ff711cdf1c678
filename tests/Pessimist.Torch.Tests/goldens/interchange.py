"""Loads weights that C# wrote into the same network in PyTorch, strictly, and answers with weights of its own.

usage: interchange.py FOLDER    reads weights.safetensors, weights.npz, input.npy; writes output.npy, back.safetensors, back.npz, back_output.npy
"""
import json
import struct
import sys

import numpy as np
import torch
from torch import nn

DTYPES = {"F32": np.float32, "F64": np.float64, "I64": np.int64}
CODES = {np.dtype(v): k for k, v in DTYPES.items()}


def read_safetensors(path):
    with open(path, "rb") as f:
        (length,) = struct.unpack("<Q", f.read(8))
        header = json.loads(f.read(length))
        data = f.read()
    header.pop("__metadata__", None)
    return {k: np.frombuffer(data[slice(*v["data_offsets"])], DTYPES[v["dtype"]]).reshape(v["shape"]) for k, v in header.items()}


def write_safetensors(path, arrays):
    header, data = {}, b""
    for k, a in arrays.items():
        header[k] = {"dtype": CODES[a.dtype], "shape": list(a.shape), "data_offsets": [len(data), len(data) + a.nbytes]}
        data += a.tobytes()
    text = json.dumps(header).encode()
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)


folder = sys.argv[1] + "/"
net = nn.Sequential(nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.ReLU(), nn.Flatten(), nn.Linear(3 * 4 * 4, 5), nn.LayerNorm(5)).eval()
written = read_safetensors(folder + "weights.safetensors")
with np.load(folder + "weights.npz", allow_pickle=False) as npz:
    assert set(npz.files) == set(written), (npz.files, list(written))
    for name in npz.files:
        assert npz[name].dtype == written[name].dtype and np.array_equal(npz[name], written[name]), name
net.load_state_dict({k: torch.from_numpy(v.copy()) for k, v in written.items()}, strict=True)
x = torch.from_numpy(np.load(folder + "input.npy", allow_pickle=False))
with torch.no_grad():
    np.save(folder + "output.npy", net(x).numpy())
    torch.manual_seed(5)
    for t in net.state_dict().values():
        t.copy_(torch.rand(t.shape) + 0.5) if t.is_floating_point() else t.fill_(7)
    np.save(folder + "back_output.npy", net(x).numpy())
back = {k: v.numpy() for k, v in net.state_dict().items()}
write_safetensors(folder + "back.safetensors", back)
np.savez(folder + "back.npz", **back)
