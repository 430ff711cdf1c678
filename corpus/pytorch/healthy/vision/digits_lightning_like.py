# A tiny stand-in for a training framework: the module says what, the fitter says when.
import os
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


class LitModule(nn.Module):
    def __init__(self):
        super().__init__()
        self._logged = {}

    def log(self, name, value):
        self._logged.setdefault(name, []).append(float(value))

    def training_step(self, batch, batch_idx):
        raise NotImplementedError

    def validation_step(self, batch, batch_idx):
        pass

    def configure_optimizers(self):
        raise NotImplementedError


class Fitter:
    def __init__(self, max_epochs, gradient_clip_val=None):
        self.max_epochs = max_epochs
        self.gradient_clip_val = gradient_clip_val

    def fit(self, module, train_dataloader, val_dataloader):
        optimizers, schedulers = module.configure_optimizers()
        opt, sch = optimizers[0], schedulers[0]
        for epoch in range(self.max_epochs):
            module.train()
            for i, batch in enumerate(train_dataloader):
                loss = module.training_step(batch, i)
                opt.zero_grad()
                loss.backward()
                if self.gradient_clip_val:
                    nn.utils.clip_grad_norm_(module.parameters(), self.gradient_clip_val)
                opt.step()
            sch.step()
            module.eval()
            with torch.no_grad():
                for i, batch in enumerate(val_dataloader):
                    module.validation_step(batch, i)
            print(f"Epoch {epoch}: " + ", ".join(f"{k} {np.mean(v):.4f}" for k, v in module._logged.items()))
            module._logged.clear()


class DigitsClassifier(LitModule):
    def __init__(self, lr=3e-3):
        super().__init__()
        self.lr = lr
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU(inplace=True), nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1, bias=False), nn.BatchNorm2d(32), nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d(1))
        self.classifier = nn.Linear(32, 10)

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))

    def training_step(self, batch, batch_idx):
        x, y = batch
        loss = F.cross_entropy(self(x), y)
        self.log("train_loss", loss)
        return loss

    def validation_step(self, batch, batch_idx):
        x, y = batch
        logits = self(x)
        self.log("val_loss", F.cross_entropy(logits, y))
        self.log("val_acc", (logits.argmax(dim=1) == y).float().mean())

    def configure_optimizers(self):
        opt = torch.optim.AdamW(self.parameters(), lr=self.lr)
        return [opt], [torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=8)]


def load():
    d = os.path.dirname(os.path.realpath(__file__))
    while not os.path.isfile(d + "/samples/digits.csv"):
        d = os.path.dirname(d)
    a = np.loadtxt(d + "/samples/digits.csv", delimiter=",", skiprows=1, dtype="float32")
    np.random.RandomState(3).shuffle(a)
    return torch.from_numpy(a[:, :64] / 16).reshape(-1, 1, 8, 8), torch.from_numpy(a[:, 64]).long()


if __name__ == "__main__":
    torch.manual_seed(3)
    x, y = load()
    train = torch.utils.data.TensorDataset(x[:1400], y[:1400])
    val = torch.utils.data.TensorDataset(x[1400:], y[1400:])
    Fitter(max_epochs=8, gradient_clip_val=5.0).fit(
        DigitsClassifier(),
        torch.utils.data.DataLoader(train, batch_size=32, shuffle=True),
        torch.utils.data.DataLoader(val, batch_size=64))
