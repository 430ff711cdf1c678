import torch
import torch.nn as nn
from torch.distributions import Categorical

torch.manual_seed(6)
policy = nn.Sequential(nn.Linear(3, 24), nn.Tanh(), nn.Linear(24, 3))
opt = torch.optim.Adam(policy.parameters(), lr=0.01)
mean = 1 / 3
for step in range(300):
    state = torch.randn(64, 3)
    pi = Categorical(logits=policy(state))
    action = pi.sample()
    reward = (action == state.argmax(1)).float()
    mean = 0.95 * mean + 0.05 * reward.mean().item()
    objective = (pi.log_prob(action) * (reward - mean)).mean() + 0.01 * pi.entropy().mean()
    opt.zero_grad()
    (-objective).backward()
    opt.step()
    if step % 50 == 49:
        print("step", step + 1, "reward", round(reward.mean().item(), 3))
