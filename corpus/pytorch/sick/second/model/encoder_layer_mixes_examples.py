import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset


class Classifier(nn.Module):
    def __init__(self, vocab=30, d=32):
        super().__init__()
        self.emb = nn.Embedding(vocab, d)
        self.pos = nn.Parameter(torch.randn(10, d) * 0.1)
        layer = nn.TransformerEncoderLayer(d, nhead=4, dim_feedforward=64, dropout=0.0)
        self.encoder = nn.TransformerEncoder(layer, num_layers=2)
        self.head = nn.Linear(d, 2)

    def forward(self, tokens):
        h = self.encoder(self.emb(tokens) + self.pos)
        return self.head(h[:, 0])


torch.manual_seed(0)
tokens = torch.randint(0, 30, (1600, 10))
labels = ((tokens < 15).sum(1) > 5).long()
train = DataLoader(TensorDataset(tokens[:1300], labels[:1300]), batch_size=50, shuffle=True)
test = DataLoader(TensorDataset(tokens[1300:], labels[1300:]), batch_size=50)
model = Classifier()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
criterion = nn.CrossEntropyLoss()
for epoch in range(10):
    model.train()
    for x, y in train:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        acc = sum((model(x).argmax(1) == y).sum().item() for x, y in test) / 300
    print(f"epoch {epoch} loss {loss.item():.3f} accuracy {acc:.3f}")
