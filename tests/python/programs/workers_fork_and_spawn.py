import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def main(context):
    global net
    torch.manual_seed(1)
    data = TensorDataset(torch.randn(40, 5), torch.randn(40, 1))
    net = nn.Linear(5, 1)
    optimizer = torch.optim.SGD(net.parameters(), 0.1, momentum=0.9, nesterov=True)
    loader = DataLoader(data, 10, shuffle=True, num_workers=1, multiprocessing_context=context)
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(net(x), y).backward()
        optimizer.step()
    print(context, net.weight.sum().item())


if __name__ == "__main__":
    main("fork")
    main("spawn")
