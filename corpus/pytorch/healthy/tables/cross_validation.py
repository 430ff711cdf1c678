import numpy as np
import torch as th
import torch.nn as nn


def blobs(n_per_class=80, classes=3, dims=6, seed=0):
    rng = np.random.RandomState(seed)
    centres = rng.normal(0, 2.5, (classes, dims))
    x = np.concatenate([rng.normal(c, 1.0, (n_per_class, dims)) for c in centres])
    y = np.repeat(np.arange(classes), n_per_class)
    order = rng.permutation(len(y))
    return x[order], y[order]


def fit(x, y, epochs=40):
    net = nn.Sequential(nn.Linear(x.shape[1], 16), nn.ReLU(), nn.Linear(16, 3))
    opt = th.optim.Adam(net.parameters(), lr=1e-2)
    lossfn = nn.CrossEntropyLoss()
    for _ in range(epochs):
        for chunk in th.randperm(len(x)).split(24):
            opt.zero_grad()
            loss = lossfn(net(x[chunk]), y[chunk])
            loss.backward()
            opt.step()
    return net, loss.item()


def main():
    th.manual_seed(0)
    x, y = blobs()
    folds = np.array_split(np.arange(len(y)), 5)
    scores = []
    for k, test in enumerate(folds):
        train = np.setdiff1d(np.arange(len(y)), test)
        mean, std = x[train].mean(0), x[train].std(0)
        scale = lambda a: th.as_tensor((a - mean) / std, dtype=th.float32)
        net, loss = fit(scale(x[train]), th.as_tensor(y[train]))
        net.eval()
        with th.no_grad():
            acc = (net(scale(x[test])).argmax(1).numpy() == y[test]).mean()
        scores.append(acc)
        print("fold", k, "train loss %.3f" % loss, "accuracy %.3f" % acc)
    print("mean of 5 folds: %.3f" % np.mean(scores))


main()
