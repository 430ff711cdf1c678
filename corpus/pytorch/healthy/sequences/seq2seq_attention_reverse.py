import random
import torch
import torch.nn as nn
import torch.nn.functional as F

random.seed(3); torch.manual_seed(3)
SOS, EOS, LETTERS = 0, 1, 7
MAX_LEN = 6


class EncoderRNN(nn.Module):
    def __init__(self, input_size, hidden_size):
        super(EncoderRNN, self).__init__()
        self.embedding = nn.Embedding(input_size, hidden_size)
        self.gru = nn.GRU(hidden_size, hidden_size, batch_first=True)

    def forward(self, input):
        return self.gru(self.embedding(input))


class BahdanauAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.Wa, self.Ua, self.Va = nn.Linear(hidden_size, hidden_size), nn.Linear(hidden_size, hidden_size), nn.Linear(hidden_size, 1)

    def forward(self, query, keys):
        scores = self.Va(torch.tanh(self.Wa(query) + self.Ua(keys))).squeeze(2).unsqueeze(1)
        weights = F.softmax(scores, dim=-1)
        return torch.bmm(weights, keys), weights


class AttnDecoderRNN(nn.Module):
    def __init__(self, hidden_size, output_size):
        super().__init__()
        self.embedding = nn.Embedding(output_size, hidden_size)
        self.attention = BahdanauAttention(hidden_size)
        self.gru = nn.GRU(2 * hidden_size, hidden_size, batch_first=True)
        self.out = nn.Linear(hidden_size, output_size)

    def forward(self, encoder_outputs, hidden, target=None, steps=MAX_LEN + 1):
        token = torch.full((encoder_outputs.size(0), 1), SOS, dtype=torch.long)
        outputs = []
        for i in range(steps):
            context, _ = self.attention(hidden.permute(1, 0, 2), encoder_outputs)
            output, hidden = self.gru(torch.cat((self.embedding(token), context), dim=2), hidden)
            output = self.out(output)
            outputs.append(output)
            token = target[:, i:i + 1] if target is not None else output.argmax(-1).detach()
        return F.log_softmax(torch.cat(outputs, dim=1), dim=-1)


def batch(n):
    length = MAX_LEN
    src = torch.randint(2, 2 + LETTERS, (n, length))
    dst = torch.cat([src.flip(1), torch.full((n, 1), EOS)], dim=1)
    return src, dst


encoder, decoder = EncoderRNN(2 + LETTERS, 48), AttnDecoderRNN(48, 2 + LETTERS)
encoder_optimizer = torch.optim.Adam(encoder.parameters(), lr=0.005)
decoder_optimizer = torch.optim.Adam(decoder.parameters(), lr=0.005)
criterion = nn.NLLLoss()
print_loss_total = 0
for n in range(1, 301):
    src, dst = batch(32)
    encoder_optimizer.zero_grad()
    decoder_optimizer.zero_grad()
    enc, h = encoder(src)
    out = decoder(enc, h, dst)
    loss = criterion(out.view(-1, out.size(-1)), dst.reshape(-1))
    loss.backward()
    encoder_optimizer.step()
    decoder_optimizer.step()
    print_loss_total += loss.item()
    if n % 60 == 0:
        encoder.eval(); decoder.eval()
        with torch.no_grad():
            src, dst = batch(100)
            exact = (decoder(*encoder(src)).argmax(-1) == dst).all(1).float().mean()
        encoder.train(); decoder.train()
        print("(%d %d%%) loss %.4f exact match %.3f" % (n, n / 300 * 100, print_loss_total / 60, exact))
        print_loss_total = 0
