import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset


class Trainer:
    def __init__(self, model, lr=1e-2):
        self.model, self.opt = model, torch.optim.Adam(model.parameters(), lr=lr)
        self.loss = nn.BCEWithLogitsLoss()

    def run(self, loader, train=True):
        self.model.train(train)
        losses, preds, truths = [], [], []
        with torch.set_grad_enabled(train):
            for x, y in loader:
                out = self.model(x).squeeze(-1)
                loss = self.loss(out, y)
                if train:
                    self.opt.zero_grad()
                    loss.backward()
                    self.opt.step()
                losses.append(loss.detach().numpy())
                preds.append(out.detach().numpy() > 0)
                truths.append(y.numpy() > 0.5)
        preds, truths = np.concatenate(preds), np.concatenate(truths)
        tp = np.sum(preds & truths)
        f1 = 2 * tp / (2 * tp + np.sum(preds & ~truths) + np.sum(~preds & truths))
        return np.mean(losses), np.mean(preds == truths), f1


rng = np.random.default_rng(8)
torch.manual_seed(8)
x = rng.normal(size=(900, 7))
y = (x[:, 0] ** 2 + x[:, 1] > 0.8).astype("float32")
x = (x - x[:700].mean(0)) / x[:700].std(0)
x, y = torch.from_numpy(x).float(), torch.from_numpy(y)
train, test = DataLoader(TensorDataset(x[:700], y[:700]), 35, shuffle=True), DataLoader(TensorDataset(x[700:], y[700:]), 64)
trainer = Trainer(nn.Sequential(nn.Linear(7, 32), nn.ReLU(), nn.Linear(32, 1)))
for epoch in range(15):
    trainer.run(train)
    loss, accuracy, f1 = trainer.run(test, False)
    print(f"epoch {epoch} loss {loss:.3f} accuracy {accuracy:.3f} f1 {f1:.3f}")
