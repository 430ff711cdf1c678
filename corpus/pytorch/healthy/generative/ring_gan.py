# GAN on a ring of radius 1
import math
import torch
import torch.nn as nn

torch.manual_seed(999)
nz = 4


def real_batch(n):
    a = torch.rand(n, 1) * 2 * math.pi
    r = 1 + 0.05 * torch.randn(n, 1)
    return torch.cat([r * a.cos(), r * a.sin()], dim=1)


def weights_init(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_uniform_(m.weight)
        nn.init.zeros_(m.bias)


netG = nn.Sequential(nn.Linear(nz, 48), nn.LeakyReLU(0.2), nn.Linear(48, 48), nn.LeakyReLU(0.2), nn.Linear(48, 2))
netD = nn.Sequential(nn.Linear(2, 48), nn.LeakyReLU(0.2), nn.Linear(48, 48), nn.LeakyReLU(0.2), nn.Linear(48, 1))
netG.apply(weights_init)
netD.apply(weights_init)
criterion = nn.BCEWithLogitsLoss()
optimizerD = torch.optim.Adam(netD.parameters(), lr=1e-3, betas=(0.5, 0.999))
optimizerG = torch.optim.Adam(netG.parameters(), lr=1e-3, betas=(0.5, 0.999))
real_label, fake_label = torch.ones(64, 1), torch.zeros(64, 1)
for i in range(1, 1501):
    # (1) update D: maximize log(D(x)) + log(1 - D(G(z)))
    netD.zero_grad()
    errD_real = criterion(netD(real_batch(64)), real_label)
    errD_real.backward()
    fake = netG(torch.randn(64, nz))
    errD_fake = criterion(netD(fake.detach()), fake_label)
    errD_fake.backward()
    optimizerD.step()
    # (2) update G: maximize log(D(G(z)))
    netG.zero_grad()
    errG = criterion(netD(fake), real_label)
    errG.backward()
    optimizerG.step()
    if i % 150 == 0:
        with torch.no_grad():
            away = (netG(torch.randn(500, nz)).norm(dim=1) - 1).abs().mean()
        print("[%d/1500] Loss_D: %.4f Loss_G: %.4f distance to ring %.3f" % (i, (errD_real + errD_fake).item(), errG.item(), away))
