import copy
import io
import pickle

import torch
from torch import nn

torch.manual_seed(8)
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
average = copy.deepcopy(net)
optimizer = torch.optim.Adam(net.parameters(), 1e-2)
criterion = nn.CrossEntropyLoss()
for i in range(60):
    x = torch.randn(8, 4)
    loss = criterion(net(x), (x.sum(1) > 0).long())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        for a, p in zip(average.parameters(), net.parameters()):
            a.mul_(0.9).add_(p, alpha=0.1)
    if i == 30:
        buffer = io.BytesIO()
        torch.save({"net": net, "state": optimizer.state_dict(), "criterion": criterion}, buffer)
        print(len(buffer.getvalue()))
        buffer.seek(0)
        loaded = torch.load(buffer)
        net = loaded["net"]
        optimizer = torch.optim.Adam(net.parameters(), 1e-2)
        optimizer.load_state_dict(loaded["state"])
        criterion = pickle.loads(pickle.dumps(loaded["criterion"]))
        print(pickle.loads(pickle.dumps(nn.functional.cross_entropy)) is nn.functional.cross_entropy)
print(loss.item())
