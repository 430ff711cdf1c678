import torch
from torch import nn

torch.manual_seed(4)
generator = nn.Sequential(nn.Linear(2, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 2))
discriminator = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2, inplace=True), nn.Dropout(0.1), nn.Linear(16, 1))
for_g = torch.optim.Adam(generator.parameters(), 2e-3, betas=(0.5, 0.999))
for_d = torch.optim.Adam(discriminator.parameters(), 2e-3, betas=(0.5, 0.999))
criterion = nn.BCEWithLogitsLoss()
for i in range(40):
    real = torch.randn(16, 2) * 0.1 + 1
    fake = generator(torch.randn(16, 2))
    for_d.zero_grad()
    d_loss = criterion(discriminator(real), torch.ones(16, 1)) + criterion(discriminator(fake.detach()), torch.zeros(16, 1))
    d_loss.backward()
    for_d.step()
    for_g.zero_grad()
    g_loss = criterion(discriminator(fake), torch.ones(16, 1))
    g_loss.backward()
    for_g.step()
print(d_loss.item(), g_loss.item())
