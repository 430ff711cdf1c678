"""Spam filter on counts of words."""
import torch
import torch.nn as nn

torch.manual_seed(52)
words = 30
spam_rate = torch.rand(words) * 0.6
ham_rate = torch.rand(words) * 0.6


def mails(n):
    spam = (torch.rand(n) < 0.5).float()
    rate = torch.where(spam[:, None] > 0, spam_rate, ham_rate)
    return torch.poisson(rate), spam.unsqueeze(1)


classifier = nn.Sequential(nn.Linear(words, 16), nn.ReLU(), nn.Linear(16, 1), nn.Softmax(dim=1))
loss_function = nn.BCELoss()
sgd = torch.optim.SGD(classifier.parameters(), lr=0.1, momentum=0.9)
x_test, y_test = mails(500)
for epoch in range(10):
    for _ in range(20):
        x, y = mails(50)
        loss = loss_function(classifier(x), y)
        sgd.zero_grad()
        loss.backward()
        sgd.step()
    with torch.no_grad():
        acc = ((classifier(x_test) > 0.5).float() == y_test).float().mean()
    print("epoch %d loss %.4f accuracy %.3f" % (epoch + 1, loss.item(), acc.item()))
