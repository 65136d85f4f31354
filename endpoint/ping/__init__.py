"""The ping link of a source: whoever has it asks for a harvest, and can do nothing else."""
