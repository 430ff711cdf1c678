import torch

torch.manual_seed(19)
# chemistry of four kinds of wine that have no order
centres = torch.randn(4, 9) * 1.2
kind = torch.randint(0, 4, (800,))
chem = centres[kind] + torch.randn(800, 9)


class KindModel(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.l1 = torch.nn.Linear(9, 40)
        self.l2 = torch.nn.Linear(40, 1)

    def forward(self, x):
        return self.l2(torch.relu(self.l1(x)))[:, 0]


def train(model, x, y, epochs):
    optimizer = torch.optim.Adam(model.parameters(), lr=0.004)
    for epoch in range(epochs):
        for idx in torch.randperm(len(x)).split(32):
            loss = (model(x[idx]) - y[idx]).abs().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


model = KindModel()
train(model, chem[:600], kind[:600], 25)
with torch.no_grad():
    guess = model(chem[600:]).round().clamp(0, 3).long()
print("accuracy", (guess == kind[600:]).float().mean().item())
