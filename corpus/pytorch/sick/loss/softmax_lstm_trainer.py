import torch
import torch.nn as nn


class GestureClassifier(nn.Module):
    """LSTM over accelerometer traces."""

    def __init__(self, n_classes=5):
        super().__init__()
        self.lstm = nn.LSTM(3, 24, batch_first=True)
        self.fc = nn.Linear(24, n_classes)

    def forward(self, x):
        out, _ = self.lstm(x)
        logits = self.fc(out[:, -1])
        return torch.softmax(logits, dim=-1)


def traces(n):
    label = torch.randint(0, 5, (n,))
    t = torch.linspace(0, 1, 20)
    freq = (label + 1).float()[:, None, None]
    phase = torch.rand(n, 1, 1) * 6.28
    axis = torch.tensor([0.0, 1.0, 2.0])
    signal = torch.sin(6.28 * freq * t[None, :, None] + phase + axis)
    return signal + 0.1 * torch.randn(n, 20, 3), label


class Trainer:
    def __init__(self, model, lr):
        self.model = model
        self.optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        self.criterion = nn.CrossEntropyLoss()

    def run_epoch(self, x, label_all):
        self.model.train()
        total = 0.0
        batches = torch.randperm(len(x)).split(40)
        for b in batches:
            label = label_all[b]
            scores = self.model(x[b])
            loss = self.criterion(scores, label)
            self.optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            self.optimizer.step()
            total += loss.item()
        return total / len(batches)


torch.manual_seed(8)
x, labels = traces(800)
trainer = Trainer(GestureClassifier(), 5e-3)
for epoch in range(25):
    print("Epoch", epoch + 1, "loss: %.4f" % trainer.run_epoch(x, labels))
