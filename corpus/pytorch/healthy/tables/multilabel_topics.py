"""Multi-label classification of generated documents: each may have several of six topics."""
import numpy as np
import torch


class DocumentModel(torch.nn.Module):
    def __init__(self, n_features, n_topics):
        super().__init__()
        self.body = torch.nn.Sequential(
            torch.nn.Linear(n_features, 64),
            torch.nn.BatchNorm1d(64),
            torch.nn.ELU(),
            torch.nn.Dropout(0.3),
        )
        self.topics = torch.nn.Linear(64, n_topics)

    def forward(self, counts):
        return self.topics(self.body(torch.log1p(counts)))


def generate(n, seed):
    rng = np.random.default_rng(seed)
    shared = np.random.default_rng(0)
    profile = shared.gamma(0.3, 1.0, (6, 60))
    topics = (rng.random((n, 6)) < 0.3).astype(np.float32)
    rate = 0.2 + topics @ profile
    return torch.from_numpy(rng.poisson(rate).astype(np.float32)), torch.from_numpy(topics)


def micro_f1(logits, truth, threshold=0.5):
    guess = torch.sigmoid(logits) > threshold
    truth = truth.bool()
    tp = (guess & truth).sum().item()
    fp = (guess & ~truth).sum().item()
    fn = (~guess & truth).sum().item()
    return 2 * tp / max(2 * tp + fp + fn, 1)


def main(epochs=15, batch_size=64, lr=0.003):
    torch.manual_seed(21)
    x, y = generate(1500, 1)
    xv, yv = generate(400, 2)
    model = DocumentModel(60, 6)
    criterion = torch.nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in range(epochs):
        model.train()
        for idx in torch.randperm(len(x)).split(batch_size):
            optimizer.zero_grad()
            loss = criterion(model(x[idx]), y[idx])
            loss.backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            out = model(xv)
            print(f"{epoch + 1:>3}/{epochs}  train loss: {loss.item():.3f}  val loss: {criterion(out, yv).item():.3f}  micro-F1: {micro_f1(out, yv):.3f}")


if __name__ == "__main__":
    main()
