"""REINFORCE with a baseline; a corridor of eight cells with the goal at its right end."""
import torch
from torch import nn
from torch.distributions import Categorical


class Corridor:
    def __init__(self, cells=8):
        self.cells = cells

    def reset(self):
        self.at = 2
        return self.observe()

    def observe(self):
        return nn.functional.one_hot(torch.tensor(self.at), self.cells).float()

    def step(self, action):
        self.at = max(0, self.at + (1 if action == 1 else -1))
        done = self.at == self.cells - 1
        return self.observe(), (1.0 if done else -0.02), done


policy = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 2))
torch.manual_seed(3)
for layer in policy:
    if isinstance(layer, nn.Linear):
        layer.reset_parameters()
optimizer = torch.optim.Adam(policy.parameters(), lr=0.01)
env = Corridor()
gamma, baseline, mean_reward = 0.97, 0.0, 0.0
for episode in range(1, 251):
    obs, log_probs, rewards = env.reset(), [], []
    for _ in range(30):
        dist = Categorical(logits=policy(obs))
        action = dist.sample()
        log_probs.append(dist.log_prob(action))
        obs, reward, done = env.step(action.item())
        rewards.append(reward)
        if done:
            break
    returns, g = [], 0.0
    for r in reversed(rewards):
        g = r + gamma * g
        returns.insert(0, g)
    returns = torch.tensor(returns)
    loss = -(torch.stack(log_probs) * (returns - baseline)).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    baseline = 0.95 * baseline + 0.05 * returns.mean().item()
    mean_reward = 0.95 * mean_reward + 0.05 * sum(rewards)
    if episode % 50 == 0:
        print("Episode {}\taverage reward {:.3f}\tloss {:.3f}".format(episode, mean_reward, loss.item()))
