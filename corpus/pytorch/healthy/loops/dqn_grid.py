import random
from collections import deque, namedtuple

import torch
import torch.nn as nn

random.seed(1); torch.manual_seed(1)
Transition = namedtuple("Transition", "state action reward next_state done")
SIZE = 4
MOVES = [(-1, 0), (1, 0), (0, -1), (0, 1)]


def features(pos):
    v = torch.zeros(SIZE * SIZE)
    v[pos[0] * SIZE + pos[1]] = 1
    return v


def move(pos, a):
    new = (min(max(pos[0] + MOVES[a][0], 0), SIZE - 1), min(max(pos[1] + MOVES[a][1], 0), SIZE - 1))
    done = new == (SIZE - 1, SIZE - 1)
    return new, (1.0 if done else -0.05), done


def make_net():
    return nn.Sequential(nn.Linear(SIZE * SIZE, 32), nn.ReLU(), nn.Linear(32, 4))


policy_net, target_net = make_net(), make_net()
target_net.load_state_dict(policy_net.state_dict())
optimizer = torch.optim.AdamW(policy_net.parameters(), lr=3e-3)
memory = deque(maxlen=3000)
eps = 1.0


def optimize_model():
    if len(memory) < 64:
        return None
    batch = Transition(*zip(*random.sample(memory, 64)))
    q = policy_net(torch.stack(batch.state)).gather(1, torch.tensor(batch.action)[:, None]).squeeze(1)
    with torch.no_grad():
        future = target_net(torch.stack(batch.next_state)).max(1).values
        goal = torch.tensor(batch.reward) + 0.9 * future * (1 - torch.tensor(batch.done).float())
    loss = nn.functional.smooth_l1_loss(q, goal)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_value_(policy_net.parameters(), 100)
    optimizer.step()
    for t, p in zip(target_net.parameters(), policy_net.parameters()):
        t.data.mul_(0.98).add_(p.data, alpha=0.02)
    return loss.item()


for episode in range(1, 81):
    pos = (0, 0)
    for t in range(30):
        if random.random() < eps:
            a = random.randrange(4)
        else:
            with torch.no_grad():
                a = policy_net(features(pos)).argmax().item()
        new, r, done = move(pos, a)
        memory.append(Transition(features(pos), a, r, features(new), done))
        pos = new
        loss = optimize_model()
        if done:
            break
    eps = max(0.05, eps * 0.96)
    if episode % 20 == 0:
        pos, steps = (0, 0), 0
        while pos != (SIZE - 1, SIZE - 1) and steps < 50:
            with torch.no_grad():
                pos, _, _ = move(pos, policy_net(features(pos)).argmax().item())
            steps += 1
        print(f"episode {episode} eps {eps:.2f} loss {loss if loss is None else round(loss, 4)} greedy steps to goal: {steps}")
