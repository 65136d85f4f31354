"""How this process and the harvests are doing, for machines that watch: /health, /ready and /metrics."""
