import os
import tempfile
import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)


def export_images(target):
    """Writes each picture to a file of its own and the labels to labels.txt, as our camera does."""
    here = os.path.dirname(os.path.abspath(__file__))
    while not os.path.exists(os.path.join(here, "samples", "digits.csv")):
        here = os.path.dirname(here)
    rows = np.loadtxt(os.path.join(here, "samples", "digits.csv"), delimiter=",", skiprows=1, dtype=np.float32)[:800]
    os.mkdir(os.path.join(target, "images"))
    for k, row in enumerate(rows):
        np.save(os.path.join(target, "images", "img_%d.npy" % k), row[:64])
    np.savetxt(os.path.join(target, "labels.txt"), rows[:, 64], fmt="%d")


class ImageFolder(Dataset):
    def __init__(self, root):
        self.folder = folder = os.path.join(root, "images")
        files = sorted(os.listdir(folder))
        self.files = files
        self.labels = np.loadtxt(os.path.join(root, "labels.txt"), dtype=np.int64)

    def __len__(self):
        return len(self.files)

    def __getitem__(self, i):
        image = np.load(os.path.join(self.folder, self.files[i]))
        return torch.from_numpy(image) / 16, self.labels[i]


with tempfile.TemporaryDirectory() as root:
    export_images(root)
    loader = DataLoader(ImageFolder(root), batch_size=40, shuffle=True)
    net = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
    criterion = nn.CrossEntropyLoss()
    for epoch in range(12):
        correct = seen = 0
        for image, label in loader:
            optimizer.zero_grad()
            out = net(image)
            loss = criterion(out, label)
            loss.backward()
            optimizer.step()
            correct += (out.argmax(1) == label).sum().item()
            seen += len(label)
        print(f"epoch {epoch + 1} loss {loss.item():.3f} train acc {correct / seen:.3f}")
