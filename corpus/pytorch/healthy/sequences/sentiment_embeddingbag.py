import random
import torch
from torch import nn
from torch.utils.data import DataLoader

good = "good great fine lovely superb charming moving brilliant fun clever".split()
bad = "bad awful dull poor boring clumsy weak silly tedious flat".split()
rest = "the a film plot actor scene with and music end of was story it director camera".split()


def make(n, rng):
    out = []
    for _ in range(n):
        label = rng.randint(0, 1)
        words = [rng.choice(rest) for _ in range(rng.randint(4, 12))]
        for _ in range(rng.randint(2, 4)):
            mood = (good if label else bad) if rng.random() < 0.9 else (bad if label else good)
            words.insert(rng.randint(0, len(words)), rng.choice(mood))
        out.append((label, " ".join(words)))
    return out


rng = random.Random(99)
torch.manual_seed(99)
train_data, valid_data = make(1500, rng), make(400, rng)

vocab = {"<unk>": 0}
for _, text in train_data:
    for tok in text.split():
        vocab.setdefault(tok, len(vocab))


def collate_batch(batch):
    labels, tokens, offsets = [], [], [0]
    for label, text in batch:
        labels.append(label)
        ids = torch.tensor([vocab.get(t, 0) for t in text.split()], dtype=torch.int64)
        tokens.append(ids)
        offsets.append(ids.size(0))
    return torch.tensor(labels, dtype=torch.int64), torch.cat(tokens), torch.tensor(offsets[:-1]).cumsum(dim=0)


class TextClassificationModel(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_class):
        super().__init__()
        self.embedding = nn.EmbeddingBag(vocab_size, embed_dim, mode="mean")
        self.fc = nn.Linear(embed_dim, num_class)

    def forward(self, text, offsets):
        return self.fc(self.embedding(text, offsets))


model = TextClassificationModel(len(vocab), 32, 2)
criterion = torch.nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=2.0)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1.0, gamma=0.8)


def train(dataloader, epoch):
    model.train()
    total_acc, total_count = 0, 0
    for idx, (label, text, offsets) in enumerate(dataloader):
        optimizer.zero_grad()
        predicted_label = model(text, offsets)
        loss = criterion(predicted_label, label)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        optimizer.step()
        total_acc += (predicted_label.argmax(1) == label).sum().item()
        total_count += label.size(0)
        if idx % 30 == 29:
            print("| epoch {:3d} | {:5d}/{:5d} batches | accuracy {:8.3f}".format(epoch, idx + 1, len(dataloader), total_acc / total_count))
            total_acc, total_count = 0, 0


def evaluate(dataloader):
    model.eval()
    total_acc, total_count = 0, 0
    with torch.no_grad():
        for label, text, offsets in dataloader:
            total_acc += (model(text, offsets).argmax(1) == label).sum().item()
            total_count += label.size(0)
    return total_acc / total_count


train_dataloader = DataLoader(train_data, batch_size=16, shuffle=True, collate_fn=collate_batch)
valid_dataloader = DataLoader(valid_data, batch_size=64, shuffle=False, collate_fn=collate_batch)
for epoch in range(1, 7):
    train(train_dataloader, epoch)
    print("-" * 59)
    print("| end of epoch {:3d} | valid accuracy {:8.3f} ".format(epoch, evaluate(valid_dataloader)))
    scheduler.step()
