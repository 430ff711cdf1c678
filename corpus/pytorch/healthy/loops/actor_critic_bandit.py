# advantage actor-critic on a contextual bandit: shared trunk, two heads, entropy bonus
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(6)


class ActorCritic(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Linear(4, 32)
        self.policy = nn.Linear(32, 3)
        self.value = nn.Linear(32, 1)

    def forward(self, x):
        h = torch.tanh(self.trunk(x))
        return self.policy(h), self.value(h).squeeze(-1)


W = torch.randn(4, 3)
agent = ActorCritic()
optimizer = torch.optim.Adam(agent.parameters(), lr=7e-3)
running = 0.0
for step in range(1, 601):
    context = torch.randn(64, 4)
    best = (context @ W).argmax(1)
    logits, value = agent(context)
    dist = torch.distributions.Categorical(logits=logits)
    action = dist.sample()
    reward = (action == best).float()
    advantage = (reward - value).detach()
    loss = -(dist.log_prob(action) * advantage).mean() + 0.5 * F.mse_loss(value, reward) - 0.01 * dist.entropy().mean()
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(agent.parameters(), 0.5)
    optimizer.step()
    running = 0.98 * running + 0.02 * reward.mean().item()
    if step % 100 == 0:
        print("step %d loss %.4f mean reward %.3f" % (step, loss.item(), running))
