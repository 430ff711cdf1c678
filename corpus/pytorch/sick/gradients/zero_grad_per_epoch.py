import torch
import torch.nn as nn


class SurfaceFitter:
    """Learns z = f(x, y) of a wavy surface."""

    def __init__(self, hidden=48, lr=0.02):
        self.model = nn.Sequential(nn.Linear(2, hidden), nn.Tanh(), nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, 1))
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=lr, momentum=0.8)

    def fit_epoch(self, loader):
        total = 0.0
        self.optimizer.zero_grad()
        for xy, z in loader:
            loss = nn.functional.mse_loss(self.model(xy), z)
            loss.backward()
            self.optimizer.step()
            total += loss.item()
        return total / len(loader)


def main():
    torch.manual_seed(2)
    xy = torch.rand(2000, 2) * 4 - 2
    z = (torch.sin(1.5 * xy[:, :1]) * torch.cos(xy[:, 1:]))
    data = torch.utils.data.TensorDataset(xy, z)
    loader = torch.utils.data.DataLoader(data, batch_size=20, shuffle=True)
    fitter = SurfaceFitter()
    for epoch in range(15):
        print("epoch %d: mse %.5f" % (epoch, fitter.fit_epoch(loader)))


if __name__ == "__main__":
    main()
