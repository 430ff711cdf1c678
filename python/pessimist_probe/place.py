"""Where data lies, known again as long as it is not given away."""

from __future__ import annotations

from torch import Tensor
from torch.multiprocessing.reductions import StorageWeakRef


class Place:
    """The memory of a tensor. An address alone says nothing: what is freed is given to the next one."""

    __slots__ = ("address", "_storage")

    def __init__(self, tensor: Tensor) -> None:
        self.address = tensor.data_ptr()
        self._storage = StorageWeakRef(tensor.untyped_storage() if hasattr(tensor, "untyped_storage") else tensor.storage())

    def holds(self, address: int) -> bool:
        """The data are still there, and this is their address."""
        return self.address == address and not self._storage.expired()
