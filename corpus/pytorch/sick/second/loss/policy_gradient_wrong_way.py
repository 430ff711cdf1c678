import torch
import torch.nn as nn
from torch.distributions import Categorical

# A contextual bandit: the better arm is told by the sign of two features.
torch.manual_seed(8)


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, 24), nn.Tanh(), nn.Linear(24, 4))

    def forward(self, state):
        return Categorical(logits=self.layers(state))


def best(state):
    return (state[:, 0] > 0).long() * 2 + (state[:, 1] > 0).long()


policy = Policy()
optimizer = torch.optim.Adam(policy.parameters(), lr=0.01)
baseline = 0.25
for step in range(400):
    state = torch.randn(64, 2)
    pi = policy(state)
    action = pi.sample()
    reward = (action == best(state)).float()
    baseline = 0.95 * baseline + 0.05 * reward.mean().item()
    loss = (pi.log_prob(action) * (reward - baseline)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 50 == 49:
        print("step", step + 1, "mean reward", round(reward.mean().item(), 3))
