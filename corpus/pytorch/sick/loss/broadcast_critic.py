"""Fits a state-value function to sampled returns of a fixed policy on a line of 20 cells."""
import torch
import torch.nn as nn

torch.manual_seed(14)


def rollout(episodes, cells=20, gamma=0.9):
    states, returns = [], []
    for _ in range(episodes):
        position = int(torch.randint(0, cells, (1,)))
        path, rewards = [], []
        for _ in range(15):
            path.append(position)
            position = max(0, min(cells - 1, position + (1 if torch.rand(1) < 0.7 else -1)))
            rewards.append(1.0 if position == cells - 1 else 0.0)
        g = 0.0
        for s, r in zip(reversed(path), reversed(rewards)):
            g = r + gamma * g
            states.append(s / (cells - 1) * 2 - 1)
            returns.append(g)
    return torch.tensor(states).unsqueeze(-1), torch.tensor(returns)


critic = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam(critic.parameters(), lr=5e-3)
for update in range(60):
    states, returns = rollout(20)
    for _ in range(5):
        values = critic(states)
        value_loss = (returns - values).pow(2).mean()
        opt.zero_grad()
        value_loss.backward()
        opt.step()
    if update % 10 == 9:
        with torch.no_grad():
            states, returns = rollout(20)
            error = (critic(states)[:, 0] - returns).pow(2).mean()
        print(f"update {update + 1} value loss {value_loss.item():.3f} value error {error.item():.3f}")
