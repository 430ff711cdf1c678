import torch
import torch.nn as nn

torch.manual_seed(12)
VOCAB = 60


class WordModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCAB, 2)
        self.embedding.weight.requires_grad = False
        self.fc = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, VOCAB))

    def forward(self, word):
        return self.fc(self.embedding(word))


partner = torch.randperm(VOCAB)
model = WordModel()
optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=5e-3)
loss_fn = nn.CrossEntropyLoss()
for epoch in range(30):
    hits = 0
    for _ in range(15):
        words = torch.randint(0, VOCAB, (64,))
        logits = model(words)
        loss = loss_fn(logits, partner[words])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        hits += (logits.argmax(1) == partner[words]).sum().item()
    print(f"epoch {epoch} loss {loss.item():.3f} accuracy {hits / 960:.3f}")
