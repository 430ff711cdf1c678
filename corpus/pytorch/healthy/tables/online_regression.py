# learns from a stream, one example at a time
import math
import random
import torch

random.seed(0)
torch.manual_seed(0)


def stream():
    while True:
        hour, wind = random.uniform(0, 24), random.uniform(0, 1)
        yield [math.sin(hour / 24 * 2 * math.pi), math.cos(hour / 24 * 2 * math.pi), wind], 0.5 * math.sin(hour / 12 * math.pi) + wind ** 2 + random.gauss(0, 0.05)


model = torch.nn.Sequential(torch.nn.Linear(3, 24), torch.nn.Tanh(), torch.nn.Linear(24, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
recent = 0.5
for n, (features, power) in enumerate(stream(), 1):
    guess = model(torch.tensor(features))
    loss = (guess - power).square().sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    recent += 0.01 * (abs(guess.item() - power) - recent)
    if n % 500 == 0:
        print(n, "examples, recent error %.4f" % recent)
    if n == 4000:
        break
