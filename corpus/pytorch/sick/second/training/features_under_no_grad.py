import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Siren(nn.Module):
    def __init__(self):
        super().__init__()
        self.lift = nn.Linear(2, 6)
        self.mix = nn.Linear(6, 6)
        self.top = nn.Linear(6, 1)

    @torch.no_grad()
    def features(self, x):
        return torch.sin(3 * self.mix(torch.sin(3 * self.lift(x))))

    def forward(self, x):
        return self.top(self.features(x))


def main():
    torch.manual_seed(22)
    xy = torch.rand(1500, 2) * 2 - 1
    height = torch.exp(-4 * (xy ** 2).sum(1, keepdim=True)) + 0.5 * torch.sin(4 * xy[:, :1])
    loader = DataLoader(TensorDataset(xy, height), batch_size=50, shuffle=True)
    model = Siren()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    for epoch in range(20):
        for x, y in loader:
            loss = nn.functional.mse_loss(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            print(f"epoch {epoch} mse {nn.functional.mse_loss(model(xy), height).item():.4f}")


if __name__ == "__main__":
    main()
