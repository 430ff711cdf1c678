namespace Pessimist.Torch.Tests;

public sealed class ScopeTests
{
    [Fact]
    public void A_scope_disposes_of_what_was_made_in_it_except_what_left()
    {
        Tensor made, moved, kept, outside;
        using (Scope.New())
        {
            using (var inner = Scope.New())
            {
                made = Tensor.Zeros([1]);
                moved = inner.MoveOut(Tensor.Zeros([1]));
                kept = Tensor.Zeros([1]).Keep();
            }
            made.IsDisposed.ShouldBeTrue();
            moved.IsDisposed.ShouldBeFalse();
            outside = Tensor.Zeros([1]);
        }
        moved.IsDisposed.ShouldBeTrue();
        outside.IsDisposed.ShouldBeTrue();
        kept.IsDisposed.ShouldBeFalse();
        kept.Dispose();
    }

    [Fact]
    public void Closing_an_outer_scope_closes_the_inner_ones()
    {
        var outer = Scope.New();
        var inner = Scope.New();
        var x = Tensor.Zeros([1]);
        outer.Dispose();
        x.IsDisposed.ShouldBeTrue();
        using var free = Tensor.Zeros([1]);
        inner.Dispose();
        free.IsDisposed.ShouldBeFalse();
    }

    [Fact]
    public void A_scope_leaves_other_threads_alone()
    {
        Tensor? other = null;
        using (Scope.New())
        {
            var thread = new Thread(() => other = Tensor.Zeros([1]));
            thread.Start();
            thread.Join();
        }
        other!.IsDisposed.ShouldBeFalse();
        other.Dispose();
    }

    [Fact]
    public void A_disposed_tensor_is_named_in_the_error()
    {
        using var scope = Scope.New();
        var x = Tensor.Zeros([1]);
        var y = Tensor.Zeros([1]);
        x.Dispose();
        x.Dispose();
        Should.Throw<ObjectDisposedException>(() => y + x).Message.ShouldContain("aten::add.Tensor: argument 1 is a disposed tensor");
        Should.Throw<ObjectDisposedException>(() => x.Shape);
        Should.Throw<ObjectDisposedException>(() => x.Backward());
        Should.Throw<ObjectDisposedException>(() => Tensor.Cat([y, x]));
        x.ToString().ShouldBe("a disposed tensor");
        (y + y).Numel.ShouldBe(1);
    }
}
