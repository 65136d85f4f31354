"""What is in the catalogue and how it is kept. Imports nothing else of ours."""
