import threading

import torch
from torch import nn


class Module(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.head = nn.Linear(4, 8), nn.Linear(8, 1)
        self.layers = [nn.Linear(1, 1)]
        self.loss = nn.MSELoss()

    def training_step(self, batch):
        x, y = batch
        return self.loss(self.layers[0](self.head(self.encoder(x).relu())), y)

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), 0.05)


class Trainer:
    def fit(self, module, batches):
        optimizer = module.configure_optimizers()
        module.train()
        for i, batch in enumerate(batches):
            loss = module.training_step(batch) / 2
            loss.backward()
            if i % 2:
                optimizer.step()
                optimizer.zero_grad()


torch.manual_seed(12)
module = Module()
other = nn.Linear(4, 1)
batches = [(torch.randn(8, 4), torch.randn(8, 1)) for _ in range(60)]


def beside():
    for x, y in batches:
        other(x).sum().item()


thread = threading.Thread(target=beside)
thread.start()
Trainer().fit(module, batches)
thread.join()
print(torch.is_grad_enabled())
