import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(6)
means = torch.randn(5, 12) * 2
labels = torch.randint(0, 5, (1000,))
features = means[labels] + torch.randn(1000, 12)
x_train, y_train, x_test, y_test = features[:800], labels[:800], features[800:], labels[800:]
train_loader = DataLoader(TensorDataset(x_train, y_train), batch_size=32, shuffle=True)
test_loader = DataLoader(TensorDataset(x_test, y_test), batch_size=32, shuffle=True)

model = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 5))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
criterion = nn.CrossEntropyLoss()


def test():
    model.eval()
    answers, losses = [], []
    with torch.no_grad():
        for x, y in test_loader:
            out = model(x)
            losses.append(criterion(out, y).item())
            answers.append(out.argmax(1))
    answers = torch.cat(answers)
    accuracy = (answers == y_test).float().mean().item()
    return sum(losses) / len(losses), accuracy


for epoch in range(8):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        criterion(model(x), y).backward()
        optimizer.step()
    loss, accuracy = test()
    print(f"epoch {epoch}: test loss {loss:.3f} accuracy {accuracy:.3f}")
