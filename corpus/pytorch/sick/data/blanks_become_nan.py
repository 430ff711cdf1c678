import io
import random
import numpy as np
import torch
import torch.nn as nn

random.seed(1)
torch.manual_seed(1)

lines = ["age,income,visits,score,bought"]
for _ in range(600):
    age, income, visits, score = random.gauss(45, 12), random.gauss(40, 10), random.randint(0, 20), random.random()
    bought = int(0.05 * (age - 45) + 0.3 * (visits - 10) + 4 * (score - 0.5) > 0)
    # some people do not tell their income
    told = "" if random.random() < 0.02 else "%.1f" % income
    lines.append("%.1f,%s,%d,%.3f,%d" % (age, told, visits, score, bought))
CSV = "\n".join(lines)

table = np.genfromtxt(io.StringIO(CSV), delimiter=",", skip_header=1)
features = table[:, :4]
features = (features - np.nanmean(features, axis=0)) / np.nanstd(features, axis=0)
X = torch.tensor(features, dtype=torch.float32)
y = torch.tensor(table[:, 4:], dtype=torch.float32)

net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
criterion = nn.BCEWithLogitsLoss()
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(20):
    for idx in torch.randperm(len(X)).split(30):
        inputs, labels = X[idx], y[idx]
        opt.zero_grad()
        outputs = net(inputs)
        loss = criterion(outputs, labels)
        loss.backward()
        opt.step()
    print(f"epoch {epoch}: loss {loss.item():.4f}")
