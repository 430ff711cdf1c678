"""Training with a Trainer class: dataclass configuration, early stopping, checkpoints."""
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List, Optional, Tuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, random_split


@dataclass
class Config:
    hidden: List[int] = field(default_factory=lambda: [96, 48])
    lr: float = 2e-3
    weight_decay: float = 1e-4
    batch_size: int = 40
    max_epochs: int = 25
    patience: int = 5
    seed: int = 7


class Digits(Dataset):
    def __init__(self, path: Path) -> None:
        table = np.loadtxt(path, delimiter=",", skiprows=1)
        self.images = table[:, :64]
        self.labels = table[:, 64].astype(int)

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> Tuple[Tensor, int]:
        image = torch.as_tensor(self.images[index], dtype=torch.float32)
        return (image - 8.0) / 6.0, int(self.labels[index])


class Mlp(nn.Module):
    def __init__(self, sizes: List[int]) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.Linear(a, b), nn.LayerNorm(b), nn.GELU()) for a, b in zip(sizes[:-1], sizes[1:]))
        self.head = nn.Linear(sizes[-1], 10)

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x)
        return self.head(x)


class Trainer:
    def __init__(self, model: nn.Module, config: Config, folder: Path) -> None:
        self.model = model
        self.config = config
        self.checkpoint = folder / "best.pt"
        self.optimizer = torch.optim.AdamW(model.parameters(), lr=config.lr, weight_decay=config.weight_decay)
        self.criterion = nn.CrossEntropyLoss()
        self.best: Optional[float] = None
        self.bad_epochs = 0

    def _epoch(self, loader: DataLoader, training: bool) -> Dict[str, float]:
        self.model.train(training)
        total_loss, right, seen = 0.0, 0, 0
        with torch.set_grad_enabled(training):
            for x, y in loader:
                logits = self.model(x)
                loss = self.criterion(logits, y)
                if training:
                    self.optimizer.zero_grad(set_to_none=True)
                    loss.backward()
                    self.optimizer.step()
                total_loss += loss.item() * len(y)
                right += int((logits.argmax(-1) == y).sum())
                seen += len(y)
        return {"loss": total_loss / seen, "accuracy": right / seen}

    def fit(self, train: DataLoader, valid: DataLoader) -> float:
        for epoch in range(self.config.max_epochs):
            t = self._epoch(train, True)
            v = self._epoch(valid, False)
            print(f"[{epoch:02d}] train {t['loss']:.3f}/{t['accuracy']:.3f}  valid {v['loss']:.3f}/{v['accuracy']:.3f}")
            if self.best is None or v["accuracy"] > self.best:
                self.best, self.bad_epochs = v["accuracy"], 0
                torch.save(self.model.state_dict(), self.checkpoint)
            else:
                self.bad_epochs += 1
                if self.bad_epochs >= self.config.patience:
                    print("early stop")
                    break
        self.model.load_state_dict(torch.load(self.checkpoint))
        return self.best


def main() -> None:
    config = Config()
    torch.manual_seed(config.seed)
    root = next(p for p in Path(__file__).resolve().parents if (p / "samples" / "digits.csv").exists())
    dataset = Digits(root / "samples" / "digits.csv")
    train, valid = random_split(dataset, [1400, len(dataset) - 1400], generator=torch.Generator().manual_seed(config.seed))
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(Mlp([64] + config.hidden), config, Path(folder))
        best = trainer.fit(DataLoader(train, config.batch_size, shuffle=True, drop_last=True), DataLoader(valid, 200))
    print(f"best validation accuracy: {best:.4f}")


if __name__ == "__main__":
    main()
