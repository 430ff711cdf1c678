# segmentation of stripes
import torch
import torch.nn as nn
import torch.nn.functional as F


class SegNet(nn.Module):
    def __init__(self):
        super(SegNet, self).__init__()
        self.conv1 = nn.Conv2d(1, 12, 3, padding=1)
        self.conv2 = nn.Conv2d(12, 12, 3, padding=1)
        self.conv3 = nn.Conv2d(12, 1, 1)

    def forward(self, x):
        x = F.leaky_relu(self.conv1(x))
        x = F.leaky_relu(self.conv2(x))
        return F.sigmoid(self.conv3(x))


def make_batch(n=16, size=16):
    mask = torch.zeros(n, 1, size, size)
    for i in range(n):
        a = int(torch.randint(0, size - 5, (1,)))
        if torch.rand(1) < 0.5:
            mask[i, :, a:a + 4] = 1
        else:
            mask[i, :, :, a:a + 4] = 1
    return mask * 1.5 - 0.5 + torch.randn_like(mask) * 0.4, mask


torch.manual_seed(1)
model = SegNet()
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
for it in range(200):
    img, mask = make_batch()
    mask_hat = model(img)
    loss = F.binary_cross_entropy_with_logits(mask_hat, mask)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if (it + 1) % 40 == 0:
        print("it=%d bce=%.4f" % (it + 1, loss.item()))
