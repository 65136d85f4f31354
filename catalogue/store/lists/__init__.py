"""The lists that the feed is read from, and what is made for them beforehand."""
