using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Tables;

static class MovieFactors
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "movie-ratings-factorization",
        About = "ratings of 1 to 5 from embeddings of users and movies, their dot product and biases; inputs are pairs of ids",
        Half = Half.Tune,
        Run = Run,
    };

    const int Users = 120, Movies = 80;

    sealed class Factors : Module
    {
        public Factors()
        {
            Init.Normal(User.Weight, 0, 0.1);
            Init.Normal(Movie.Weight, 0, 0.1);
            Init.Zeros(UserBias.Weight);
            Init.Zeros(MovieBias.Weight);
        }

        public Embedding User { get; } = new(Users, 6);
        public Embedding Movie { get; } = new(Movies, 6);
        public Embedding UserBias { get; } = new(Users, 1);
        public Embedding MovieBias { get; } = new(Movies, 1);

        protected override Tensor Compute(Tensor pairs)
        {
            var (user, movie) = (pairs.Select(1, 0), pairs.Select(1, 1));
            var taste = (User.Forward(user) * Movie.Forward(movie)).Sum(1);
            return 3 + taste + (UserBias.Forward(user) + MovieBias.Forward(movie)).Squeeze(1); // [N]
        }
    }

    static void Run()
    {
        Rng.Seed(32);
        using var all = Scope.New();
        var (pairs, ratings) = Ratings(5000);
        using var model = new Factors();
        using var optimizer = new Adam(model.Parameters(), lr: 1e-2, weightDecay: 1e-4);
        for (var i = 0; i < 500; i++)
        {
            using var step = Scope.New();
            var rows = Tensor.RandInt(0, 4200, [128]);
            optimizer.ZeroGrad();
            Loss.Mse(model.Forward(pairs.IndexSelect(0, rows)), ratings.IndexSelect(0, rows)).Backward();
            optimizer.Step();
        }

        model.Eval();
        using var noGrad = Autograd.NoGrad();
        var held = ratings[4200..];
        var error = Loss.Mse(model.Forward(pairs[4200..]), held).Item<double>();
        Outcome.AtMost("error on held-out ratings, as a share of their variance", error / held.Var().Item<double>(), 0.5);
    }

    static (Tensor Pairs, Tensor Ratings) Ratings(int count)
    {
        var random = new Random(32);
        double[][] Vectors(int n) => [.. Enumerable.Range(0, n).Select(_ => new[] { random.Gaussian(), random.Gaussian(), random.Gaussian() })];
        var (users, movies) = (Vectors(Users), Vectors(Movies));
        var pairs = new long[count, 2];
        var ratings = new float[count];
        for (var i = 0; i < count; i++)
        {
            var (u, m) = (random.Next(Users), random.Next(Movies));
            (pairs[i, 0], pairs[i, 1]) = (u, m);
            var liking = 3.2 + 0.8 * (users[u][0] * movies[m][0] + users[u][1] * movies[m][1]) + 0.5 * movies[m][2] + 0.3 * users[u][2];
            ratings[i] = (float)Math.Clamp(Math.Round(liking + 0.3 * random.Gaussian()), 1, 5);
        }
        return (Tensor.From(pairs), Tensor.From(ratings));
    }
}
