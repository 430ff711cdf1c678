"""Watches a PyTorch program from inside, for `pessimist run`. Nothing in here changes what the program computes."""
